"""The service's settings: one TOML file, overridden by `NEXIO_…` variables, built once; secrets come from files."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from bot.auto_send import AutoSend
from bot.core.drafts import MAY_SEND_ALONE, Role
from bot.core.errors import RightsDeskError
from bot.core.loopback import LOOPBACK
from bot.core.tokens import UNSEEN_OWNER
from bot.customer_settings import CustomersSection, FieldSection
from bot.identity_settings import IdentitySection
from bot.section import EmailAddress, Entries, ForLawyers, Listen, SafeUrl, Section
from bot.social_settings import SocialSection
from bot.task_settings import RecipientSection, SystemSection
from bot.webhook_settings import WebhookSection


class BadSettings(RightsDeskError):
    """Settings that can't be used; the text names each one and what to write."""


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{value!r} is no time zone; write one such as Europe/Amsterdam") from None
    return value


Tls = Literal["tls", "starttls", "none"]


class CompanySection(Section):
    """Who runs the desk and where it acts. `country` and `subdivision` (ISO 3166) choose the public holidays.

    `authority` is the lead authority by its code in `replies/policy/authorities.toml` (NL, DE-BY), or by name and site.
    """

    name: str
    contact: EmailAddress
    address: Annotated[str, ForLawyers("where letters on paper say that post reaches the company")] = ""
    country: str = Field(min_length=2, max_length=2)
    subdivision: Annotated[str | None, ForLawyers("which regional holidays move the end of the legal month")] = None
    timezone: Annotated[str, AfterValidator(_zone)]
    domains: tuple[str, ...] = Field(min_length=1)
    data_dir: Path = Path("var")
    public_url: str = "http://127.0.0.1:8000"
    dpo_contact: Annotated[str, ForLawyers("the officer's address in the notice of Art. 13")] = Field(
        default="", pattern=r"^([^@\s]+@[^@\s]+)?$"
    )
    policy_url: Annotated[str, ForLawyers("where that notice says the policy can be read")] = ""
    authority: str = ""
    authority_site: str = ""


class StorageSection(Section):
    """Where everything is kept; the keys lie beside the data unless `keys_file` says otherwise."""

    url: str = "sqlite:///var/intake.db"
    keys_file: Path | None = None


class ServerSection(Section):
    """A server to log in to; plain text only on loopback, and never as a fallback."""

    host: str
    port: int = Field(gt=0, lt=65536)
    tls: Tls = "tls"
    user: str = ""
    password_file: Path | None = None

    @model_validator(mode="after")
    def _no_plain_text_over_a_network(self) -> Self:
        if self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError(f'tls = "none" is for loopback only; {self.host} needs "tls" or "starttls"')
        return self


class MailboxSection(ServerSection):
    """A mailbox to read."""

    name: str
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1)
    done_folder: str = ""
    sent_folder: str = ""
    authserv_id: str = ""
    poll_seconds: int = Field(default=60, ge=1)

    @model_validator(mode="after")
    def _done_is_elsewhere(self) -> Self:
        if self.done_folder and self.done_folder in {*self.folders, self.sent_folder}:
            raise ValueError(f"{self.done_folder} can't be both read and the done folder; name another done_folder")
        return self


class SmtpInSection(Section):
    """A listener of ours."""

    listen: Listen = "127.0.0.1:8025"
    protocol: Literal["smtp", "lmtp"] = "smtp"
    authserv_id: str = ""


class SmtpOutSection(ServerSection):
    """The way out for mail."""

    port: int = Field(default=587, gt=0, lt=65536)
    tls: Tls = "starttls"


class TelegramSection(Section):
    """A bot of ours; its user name `bot` lets the code's mail hold a link back into the chat."""

    token_file: Path
    bot: str = Field(default="", pattern=r"^(@?[A-Za-z0-9_]{5,32})?$")
    base_url: str = "https://api.telegram.org/bot"
    mode: Literal["polling", "webhook"] = "polling"
    secret_file: Path | None = None

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> Self:
        if self.mode == "webhook" and self.secret_file is None:
            raise ValueError('mode = "webhook" needs secret_file: a file with a long random word')
        return self


def _clamd(value: str) -> str:
    if not value.startswith("/"):
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal():
            raise ValueError(f"{value!r} is no place of clamd; write host:port, or the path of its socket")
    return value


Clamd = Annotated[str, AfterValidator(_clamd)]


class ConsoleSection(Section):
    """The pages for colleagues.

    Where ClamAV's daemon is named, what strangers sent is handed out once it found nothing.
    """

    listen: Listen = "127.0.0.1:8000"
    clamd: Clamd | None = None


class SignInSection(Section):
    """The company's own sign-in (OpenID Connect); `groups` says which of its groups stand for which roles here.

    `program_days` after somebody signed in there last, the tokens of their programs rest until they do again.
    """

    issuer: SafeUrl
    client_id: str = Field(min_length=1)
    client_secret_file: Path | None = None
    name: str = Field(default="", max_length=60)
    groups_claim: str = "groups"
    groups: Mapping[str, frozenset[Role]] = Field(default_factory=dict)
    program_days: int = Field(default=UNSEEN_OWNER.days, ge=1, le=90)


class StaffSection(Section):
    """Who hears of deadlines and alarms."""

    notify: tuple[EmailAddress, ...] = ()


class RepliesSection(Section):
    """What may leave by itself; `observe` reads and drafts, and nothing leaves for a customer.

    An approved answer waits for `undo_seconds`, so that its approval can be taken back.
    """

    mode: Literal["live", "observe"] = "live"
    undo_seconds: int = Field(default=15, ge=0, le=3600)
    lift_notice_days: Annotated[int, ForLawyers("how long before it ends the end of a restriction is announced")] = (
        Field(default=7, ge=1, le=90)
    )
    auto_send: Annotated[AutoSend, ForLawyers("what may leave without a colleague")] = MAY_SEND_ALONE


class ReadingSection(Section):
    """How sure the reader must be, how long a chat must be quiet, and for how long other mail is kept."""

    likely: float = Field(default=0.95, gt=0, lt=1)
    look: float = Field(default=0.05, gt=0, lt=1)
    quiet_seconds: int = Field(default=60, ge=0, le=600)
    keep_other_mail_days: Annotated[int, ForLawyers("for how many days mail that is no request is kept")] = Field(
        default=30, ge=1
    )
    model: Path | None = None


class RetentionSection(Section):
    """How long cases and packages are kept (law.md rule 44); other mail has its own setting under `reading`."""

    evidence_days: Annotated[
        int, ForLawyers("for how many days after a case is closed what was asked to be sure of the person is kept")
    ] = Field(default=7, ge=2)
    package_days: Annotated[int, ForLawyers("for how many days a person can open the data we prepared")] = Field(
        default=30, ge=1, le=90
    )
    closed_cases_years: Annotated[
        int, ForLawyers("after how many years claims about a case are over and its archive is destroyed")
    ] = Field(default=5, ge=1, le=100)


class Settings(BaseSettings):
    """Everything the service can be told. Every section but `company` and `storage` is optional."""

    model_config = SettingsConfigDict(
        env_prefix="NEXIO_", env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    company: CompanySection
    storage: StorageSection
    mailbox: Entries[MailboxSection] = ()
    smtp_in: SmtpInSection | None = None
    smtp_out: SmtpOutSection | None = None
    telegram: TelegramSection | None = None
    social: Entries[SocialSection] = ()
    webhook: Entries[WebhookSection] = ()
    console: ConsoleSection | None = None
    sign_in: SignInSection | None = None
    staff: StaffSection = StaffSection()
    replies: RepliesSection = RepliesSection()
    reading: ReadingSection = ReadingSection()
    identity: IdentitySection = IdentitySection()
    customers: CustomersSection | None = None
    fields: dict[str, FieldSection] = {}
    system: Entries[SystemSection] = ()
    recipient: Entries[RecipientSection] = ()
    retention: RetentionSection = RetentionSection()
    _base: Path = PrivateAttr(default=Path())

    def within(self, folder: Path) -> Self:
        """Take relative paths from a folder: the settings file's own."""
        self._base = folder
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings

    def path(self, written: Path) -> Path:
        """Return a path as the file means it: relative to the file."""
        return written if written.is_absolute() else self._base / written

    @property
    def data_dir(self) -> Path:
        """Where the service keeps its own files."""
        return self.path(self.company.data_dir)

    def make_data_dir(self) -> None:
        """Make that folder, for its owner alone. Raises BadSettings when it can't be made."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as failure:
            raise BadSettings(
                f"company.data_dir: {self.data_dir} can't be made ({failure.strerror}); name a folder of your own"
            ) from None

    @property
    def keys_path(self) -> Path:
        """Where the keys are."""
        return self.path(self.storage.keys_file) if self.storage.keys_file else self.data_dir / "keys.json"

    @property
    def erasures_path(self) -> Path:
        """Where erasures are written down, apart from the database."""
        return self.data_dir / "erasures.jsonl"

    @property
    def database_url(self) -> str:
        """The storage URL with a relative SQLite path taken from the file's folder."""
        prefix, _, written = self.storage.url.partition("sqlite:///")
        if prefix or not written or written == ":memory:":
            return self.storage.url
        return "sqlite:///" + str(self.path(Path(written)))

    @property
    def public_pages(self) -> str:
        """Where people outside reach our pages, or nothing: a letter names no address without TLS."""
        reached = self.console is not None and self.company.public_url.startswith("https://")
        return self.company.public_url.rstrip("/") if reached else ""

    def sections(self) -> Iterator[tuple[str, Section]]:
        """Yield every section there is with its name in the file."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            for section in value if isinstance(value, tuple) else (value,):
                if isinstance(section, Section):
                    yield name, section

    def unconfirmed(self) -> Iterator[tuple[str, object, str]]:
        """Yield name, value and meaning of each setting for the lawyers that nobody wrote down."""
        for name, section in self.sections():
            for key, field in type(section).model_fields.items():
                marks = [mark for mark in field.metadata if isinstance(mark, ForLawyers)]
                if marks and key not in section.model_fields_set:
                    yield f"{name}.{key}", getattr(section, key), marks[0].decides

    def secret_files(self) -> Iterator[Path]:
        """Yield where each password, token or key lies."""
        yield self.keys_path
        for _, section in self.sections():
            for key in type(section).model_fields:
                written = getattr(section, key)
                if key.endswith(("_file", "_files")) and key != "keys_file" and written is not None:
                    yield from map(self.path, written if isinstance(written, tuple) else (written,))

    def secret(self, written: Path | None) -> SecretStr:
        """Read a secret's file, without its last line break. Raises BadSettings when it can't be read."""
        if written is None:
            return SecretStr("")
        path = self.path(written)
        try:
            return SecretStr(path.read_text(encoding="utf-8").rstrip("\r\n"))
        except OSError as failure:
            raise BadSettings(
                f"the secret {path} can't be read ({failure.strerror}); create it with mode 600"
            ) from None
        except UnicodeDecodeError:
            raise BadSettings(f"the secret {path} is no text: write the password or token into it") from None


def load_settings(file: Path) -> Settings:
    """Read the settings. Raises BadSettings, which names every key that is wrong and why."""
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadSettings(f"there is no {file}; copy docs/intake.example.toml and edit it") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as failure:
        raise BadSettings(f"{file} can't be read: {failure}") from None
    return settings_from(written, base=file.resolve().parent, named=str(file))


def settings_from(written: dict[str, Any], *, base: Path, named: str = "the settings") -> Settings:
    """Build settings from a parsed file. Raises BadSettings."""
    if unknown := sorted(name for name in os.environ if _is_stray(name)):
        raise BadSettings(f"{unknown[0]} is no setting of ours; name a section after NEXIO_, as in NEXIO_COMPANY__NAME")
    try:
        return Settings(**written).within(base)
    except ValidationError as invalid:
        lines = [f"  {_place(error['loc'])}: {_advice(error)}" for error in invalid.errors()]
        raise BadSettings("\n".join([f"{named} can't be used:", *lines])) from None
    except SettingsError as unreadable:
        raise BadSettings(f"{unreadable}: a list or section in a NEXIO_… variable is written as JSON") from None


def _is_stray(variable: str) -> bool:
    """Say whether an environment variable means us and names no section: it would be ignored."""
    prefix, _, rest = variable.upper().partition("_")
    return prefix == "NEXIO" and rest.partition("__")[0].lower() not in Settings.model_fields


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc) or "(file)"


def _advice(error: Any) -> str:
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "extra_forbidden":
        return "is no setting of ours; check the spelling"
    return str(error["msg"]).removeprefix("Value error, ")
