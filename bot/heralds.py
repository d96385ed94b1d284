"""From `[[webhook]]` entries to what tells each of them."""

from bot.channels.herald import WebhookHerald, WebhookOptions
from bot.core.announcing import Subscribers
from bot.core.ports import Clock
from bot.settings import BadSettings, Settings
from bot.webhook_settings import WebhookSection


def subscribers_of(settings: Settings) -> Subscribers:
    """Return what each system wants to hear of."""
    return {section.name: section.events for section in settings.webhook}


def herald_of(settings: Settings, section: WebhookSection, clock: Clock) -> WebhookHerald:
    """Return what tells one system. Raises BadSettings, with the entry's name."""
    secrets = tuple(settings.secret(file).get_secret_value() for file in section.secret_files)
    try:
        return WebhookHerald(WebhookOptions(section.name, section.url, secrets), clock)
    except ValueError as wrong:
        raise BadSettings(f"[[webhook]] {section.name}: {wrong}") from None


async def checked(herald: WebhookHerald) -> str:
    """Return what is right with a system. Raises NotReady, or as a line does."""
    async with herald:
        return await herald.check()
