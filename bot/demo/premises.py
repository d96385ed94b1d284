"""Where the demo lives: its folder, its loopback ports, and the settings file that other terminals use too."""

import json
import secrets
import socket
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
CONTACT: Final = "info@nexioprojects.com"
APPROVERS: Final = ("anna@nexioprojects.com", "joris@nexioprojects.com")
"""Two colleagues: a disclosure, an erasure and a refusal need both."""

_SETTINGS: Final = """\
# Written by `nexio-intake demo`. Everything here is on this machine and gone when you delete the folder.
[company]
name = "Nexio Projects"
contact = "{contact}"
country = "NL"
timezone = "Europe/Amsterdam"
domains = ["nexioprojects.com"]
data_dir = "data"
public_url = "http://{host}:{console}"

[storage]
url = "sqlite:///data/intake.db"

[smtp_in]
listen = "{host}:{mail_in}"

[smtp_out]
host = "{host}"
port = {mail_out}
tls = "none"

[telegram]
token_file = "secrets/telegram"
base_url = "http://{host}:{chat}/bot"

[console]
listen = "{host}:{console}"

[staff]
notify = ["privacy@nexioprojects.com"]

[reading]
quiet_seconds = 2
"""


PASSWORD: Final = Path("secrets", "console")
"""Where the two colleagues' password to the console lies, made anew for each folder."""


@dataclass(frozen=True, slots=True)
class Ports:
    """One loopback port for each door."""

    mail_in: int
    mail_out: int
    mailboxes: int
    chat: int
    console: int


def free_ports() -> Ports:
    """Return ports nobody listens on now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(5)]
        for one in sockets:
            one.bind((HOST, 0))
        return Ports(*(one.getsockname()[1] for one in sockets))


def furnish(directory: Path, ports: Ports) -> Path:
    """Write the settings and a made-up bot token into the folder and return the settings file."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    token = directory / "secrets" / "telegram"
    token.parent.mkdir(exist_ok=True, mode=0o700)
    if not token.exists():
        token.touch(mode=0o600)
        token.write_text(f"{secrets.randbelow(10**9)}:{secrets.token_hex(16)}\n", encoding="ascii")
    password = directory / PASSWORD
    if not password.exists():
        password.touch(mode=0o600)
        password.write_text(f"{secrets.token_hex(8)}\n", encoding="ascii")
    config = directory / "intake.toml"
    config.write_text(_SETTINGS.format(contact=CONTACT, host=HOST, **asdict(ports)), encoding="utf-8")
    return config


def announce(directory: Path, ports: Ports) -> None:
    """Tell whoever plays along that all doors are open, and where they are; the file is there whole or not at all."""
    addresses = {
        "mail": [HOST, ports.mail_in],
        "page": f"http://{HOST}:{ports.mailboxes}",
        "chat": f"http://{HOST}:{ports.chat}",
    }
    written = directory / "doors.json.new"
    written.write_text(json.dumps(addresses), encoding="utf-8")
    written.replace(directory / "doors.json")


def withdraw(directory: Path) -> None:
    """Take the announcement back: the doors are closed, or not open yet."""
    (directory / "doors.json").unlink(missing_ok=True)
