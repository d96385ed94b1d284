"""From `[[social]]` entries to platforms: the part of the wiring that grows with every new channel."""

from bot.channels.bridge import Bridge, BridgeOptions
from bot.channels.chat.platform import Platform
from bot.core.ports import Clock
from bot.settings import BadSettings, Settings
from bot.social_settings import AccountSection, BridgeSection


def platforms_of(settings: Settings, clock: Clock) -> tuple[Platform, ...]:
    """Return every platform of the settings. Raises BadSettings for a secret that can't be used."""
    return tuple(platform_of(settings, section, clock) for section in settings.social)


def platform_of(settings: Settings, section: AccountSection, clock: Clock) -> Platform:
    """Return one entry's platform. Raises BadSettings, with the entry's name."""
    secrets = tuple(settings.secret(file).get_secret_value() for file in section.secret_files)
    try:
        match section:
            case BridgeSection():
                return Bridge(BridgeOptions(section.name, section.url, secrets), clock)
    except ValueError as wrong:
        raise BadSettings(f"[[social]] {section.name}: {wrong}") from None
    raise BadSettings(f"[[social]] {section.name}: nothing speaks to this kind of platform")
