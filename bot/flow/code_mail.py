"""A mail with a code for a page: it belongs to no case, so that nothing there moves when it bounces."""

from datetime import datetime

from bot.core.delivery import Outgoing
from bot.core.drafts import DraftKind
from bot.core.messages import Handle
from bot.core.pages import Page
from bot.core.references import ID_BYTES, TOKEN_BYTES, message_id, write_id, write_token
from bot.flow.posting import Post


def code_mail(post: Post, page: Page, about: str, recipient: Handle, code: str, now: datetime) -> Outgoing:
    """Return the mail that a page's words make, with the code sealed for the moment of sending.

    `about` is the id of the case it was asked for: whoever may not see that one sees no mail of it.
    """
    words = post.writer.page(page)
    body = "\n\n".join(words.text)
    ident = write_id(now, post.entropy.draw(ID_BYTES))
    return Outgoing(
        id=ident,
        draft_id="",
        case_id="",
        kind=DraftKind.NOTICE,
        recipient=recipient,
        subject=words.title,
        body=body,
        html=post.writer.dress(body, page.language),
        language=page.language,
        message_id=message_id(write_token(post.entropy.draw(TOKEN_BYTES)), ident[-12:], post.house.mail_domain),
        created_at=now,
        secret=code,
        about=about,
    )
