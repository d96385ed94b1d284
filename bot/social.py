"""From `[[social]]` entries to platforms: the part of the wiring that grows with every new channel."""

from collections.abc import Iterator, Mapping, Sequence

import replies
from bot.channels.bridge import Bridge, BridgeOptions
from bot.channels.chat.asking import Memory
from bot.channels.chat.platform import Platform
from bot.channels.chat.source import ChatSource, webhook_path
from bot.channels.chatwoot import Chatwoot, ChatwootOptions, ChatwootSource
from bot.channels.meta import Messenger, MetaOptions, WhatsApp
from bot.channels.meta.messenger import INSTAGRAM
from bot.channels.x import Keys, X, XOptions, XSource
from bot.core.ports import Clock, Courier, FileKeeper, Source
from bot.settings import BadSettings, Settings
from bot.social_settings import (
    AccountSection,
    BridgeSection,
    ChannelSection,
    ChatwootSection,
    InstagramSection,
    MessengerSection,
    MetaSection,
    WhatsappSection,
    XSection,
)


def platforms_of(settings: Settings, clock: Clock) -> tuple[Platform, ...]:
    """Return every platform of the settings that is on. Raises BadSettings for a secret that can't be used."""
    return tuple(platform_of(settings, section, clock) for section in settings.social if is_on(section))


def is_on(section: ChannelSection) -> bool:
    """Say whether an entry is connected: what costs money only once somebody said that they pay."""
    return not isinstance(section, XSection) or section.paid


def sources_of(settings: Settings, platforms: Sequence[Platform], memory: Memory, clock: Clock) -> Iterator[Source]:
    """Yield the way in of each platform: most call us, one is asked, one calls only once and is asked too."""
    seconds = {section.name: section.poll_seconds for section in settings.social if isinstance(section, XSection)}
    for platform in platforms:
        match platform:
            case X():
                yield XSource(platform, memory, clock, seconds[platform.channel])
            case Chatwoot():
                yield ChatwootSource(platform, memory, clock)
            case _:
                yield ChatSource(platform, clock)


def platform_of(settings: Settings, section: ChannelSection, clock: Clock) -> Platform:
    """Return one entry's platform. Raises BadSettings, with the entry's name."""
    files = section.secret_files if isinstance(section, AccountSection) else ()
    secrets = tuple(settings.secret(file).get_secret_value() for file in files)
    try:
        match section:
            case XSection():
                keys = Keys.read(settings.secret(section.keys_file).get_secret_value())
                return X(XOptions(section.name, section.account, keys, section.base_url))
            case BridgeSection():
                return Bridge(BridgeOptions(section.name, section.url, secrets), clock)
            case ChatwootSection():
                return Chatwoot(
                    ChatwootOptions(
                        channel=section.name,
                        base_url=section.url,
                        account=section.account,
                        token=settings.secret(section.token_file).get_secret_value(),
                        secrets=secrets,
                        hook_url=_hook_url(settings, section),
                        signed=section.signed,
                        answers=replies.chat_answers(),
                    )
                )
            case MessengerSection():
                return Messenger(_meta(settings, section, secrets), clock)
            case InstagramSection():
                return Messenger(_meta(settings, section, secrets), clock, INSTAGRAM)
            case WhatsappSection():
                return WhatsApp(_meta(settings, section, secrets, section.template), clock)
    except ValueError as wrong:
        raise BadSettings(f"[[social]] {section.name}: {wrong}") from None
    raise BadSettings(f"[[social]] {section.name}: nothing speaks to this kind of platform")


def _meta(settings: Settings, section: MetaSection, secrets: tuple[str, ...], template: str = "") -> MetaOptions:
    return MetaOptions(
        channel=section.name,
        account=section.account,
        token=settings.secret(section.token_file).get_secret_value(),
        app_secrets=secrets,
        verify_token=settings.secret(section.verify_file).get_secret_value(),
        hook_url=_hook_url(settings, section),
        base_url=section.base_url,
        template=template,
        openers=replies.list_openers(),
    )


def _hook_url(settings: Settings, section: AccountSection) -> str:
    return settings.company.public_url.rstrip("/") + webhook_path(section.name)


def file_keepers(couriers: Mapping[str, Courier]) -> dict[str, FileKeeper]:
    """Return the ways out whose platforms keep files, by channel."""
    return {channel: way for channel, way in couriers.items() if isinstance(way, FileKeeper)}
