"""What the doctor asks Telegram: whose token it is, and whether messages can reach us."""

from urllib.parse import urlsplit

from telegram import User, WebhookInfo
from telegram.error import TelegramError

from bot.channels.chat.line import NotReady
from bot.channels.telegram.client import open_bot
from bot.channels.telegram.failures import describe
from bot.channels.telegram.options import TelegramOptions


async def checked(options: TelegramOptions) -> str:
    """Return what is right with a bot. Raises NotReady with what to do."""
    try:
        async with open_bot(options) as bot:
            me, hook = await bot.get_me(), await bot.get_webhook_info()
    except TelegramError as failure:
        raise NotReady(describe(failure)) from None
    _require_way_in(me, hook, options)
    if options.username and options.username.lower() != str(me.username).lower():
        raise NotReady(f"links would lead to @{options.username}, but the bot is @{me.username}: write that as `bot`")
    told = f"the bot is @{me.username}"
    if me.can_join_groups:
        return f"{told}; it leaves groups at once, and BotFather → /setjoingroups → Disable keeps it out of them"
    return told


def _require_way_in(me: User, hook: WebhookInfo, options: TelegramOptions) -> None:
    """Raise NotReady when another address is called than ours, or ours can't be reached."""
    if hook.url and hook.url != options.webhook_url:
        raise NotReady(
            f"@{me.username} hands its messages to {urlsplit(hook.url).hostname}: stop what runs there, or make a bot "
            "for this desk alone (BotFather → /newbot) and put its token into token_file"
        )
    if hook.pending_update_count and hook.last_error_message:
        raise NotReady(
            f"Telegram can't hand over {hook.pending_update_count} messages ({hook.last_error_message}): "
            f"{options.webhook_url} must be reachable from outside, under a certificate that everybody trusts"
        )
