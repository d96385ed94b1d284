"""A Dovecot 2.3 with IMAP and LMTP, for any number of users who all have the same password."""

import grp
import shutil
import smtplib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final
from uuid import uuid4

from tests.servers.process import HOST, NotInstalledError, OwnServer

PROGRAM: Final = Path("/usr/sbin/dovecot")
PASSWORD: Final = "secret"

# Every child runs as ourselves: no chroot, no setuid. Wrong passwords are answered at once: tests have no time
# for the pauses that keep guessers out. A user is a whole address; the home of a user appears when first used.
CONFIGURATION: Final = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
listen = {host}
hostname = mx.dovecot.test
postmaster_address = postmaster@dovecot.test

ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
auth_cache_size = 0

default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {uid}
first_valid_gid = {gid}

service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service imap {{
  process_limit = 256
}}
service lmtp {{
  user = {user}
  process_min_avail = 1
  inet_listener lmtp {{
    address = {host}
    port = {lmtp}
  }}
}}

passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}

mail_location = maildir:~/Maildir
mail_fsync = {fsync}
recipient_delimiter = +
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
protocol imap {{
  mail_max_userip_connections = 64
}}
"""


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox of its own for one test."""

    user: str
    password: str = PASSWORD


class Dovecot(OwnServer):
    """IMAP on `imap_port`, LMTP on `lmtp_port`, both plain and on loopback only.

    Any user name with `PASSWORD` logs in, and LMTP takes mail for any user, with or without a `+detail`.
    Mail is kept as Maildir; each user has INBOX, Junk and Sent. Durable means fsync, for tests that kill.
    """

    def __init__(self, *, durable: bool = False) -> None:
        version()
        super().__init__()
        self._fsync = "always" if durable else "never"
        self._names = count(1)

    @property
    def host(self) -> str:
        return HOST

    @property
    def imap_port(self) -> int:
        return self.ports[0]

    @property
    def lmtp_port(self) -> int:
        return self.ports[1]

    def account(self, domain: str = "company.test") -> Account:
        """Name a mailbox that nobody used before."""
        return Account(f"info-{next(self._names)}-{uuid4().hex[:8]}@{domain}")

    def deliver(self, user: str, *messages: bytes, sender: str = "") -> None:
        """Put messages into the user's mailbox by LMTP, as the company's own mail server would."""
        with smtplib.LMTP(HOST, self.lmtp_port, local_hostname="localhost") as lmtp:
            for message in messages:
                lmtp.sendmail(sender, [user], message)

    def prepare(self) -> None:
        text = CONFIGURATION.format(
            folder=self.folder,
            host=HOST,
            imap=self.imap_port,
            lmtp=self.lmtp_port,
            user=self.owner.pw_name,
            group=grp.getgrgid(self.owner.pw_gid).gr_name,
            uid=self.owner.pw_uid,
            gid=self.owner.pw_gid,
            password=PASSWORD,
            fsync=self._fsync,
        )
        (self.folder / "dovecot.conf").write_text(text)

    def command(self) -> Sequence[str | Path]:
        return (PROGRAM, "-F", "-c", self.folder / "dovecot.conf")

    def ready(self) -> bool:
        """Dovecot says that it starts only after it has all its ports."""
        return "starting up" in self.log


def version() -> str:
    """Name the version installed here, or tell what is missing."""
    if not shutil.which(PROGRAM) or not all(Path("/usr/lib/dovecot", part).exists() for part in ("imap", "lmtp")):
        raise NotInstalledError("no Dovecot on this machine: apt-get install dovecot-imapd dovecot-lmtpd")
    found = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if not found.startswith("2.3."):
        raise NotInstalledError(f"the configuration in {__name__} is for Dovecot 2.3; this is {found}")
    return found
