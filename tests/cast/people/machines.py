"""Those who are no people, and mail that is no request."""

from email.message import EmailMessage

from tests.cast.actor import Actor
from tests.cast.letters import DESK
from tests.cast.playbill import plays


@plays("Office Supplies", "deals@office-supplies.example", "en")
async def sells_office_chairs(me: Actor) -> None:
    """A vendor's newsletter, with its own way to unsubscribe at the bottom."""
    await me.writes(
        "Ergonomic chairs: 3 for 2 until Friday",
        "Dear customer,\n\nthis week every second-row chair comes with free castors. Browse the autumn range "
        "at our showroom.\n\nYou receive this because you are on our list. To unsubscribe or to delete your "
        "data from our system, click the link below.\n",
        headers={"List-Unsubscribe": "<https://office-supplies.example/u/81>", "Precedence": "bulk"},
    )
    me.leaves(cases=None, stages={"review"})


@plays("Accounts", "accounts@office-supplies.example", "en")
async def sends_an_invoice(me: Actor) -> None:
    """An invoice, with the invoice attached."""
    await me.writes(
        "Invoice 2026-11873",
        "Please find attached invoice 2026-11873 for two standing desks, payable within thirty days to the "
        "account stated on the invoice.\n\nOffice Supplies Ltd, Accounts",
        attachments=(("2026-11873.pdf", "application/pdf", b"%PDF-1.4\n% an invoice\n%%EOF\n"),),
    )
    me.leaves(cases=None, stages={"review"})


@plays("Rights Portal", "no-reply@rightsportal.example", "en")
async def asks_on_behalf_of_somebody(me: Actor) -> None:
    """A portal's automatic mail that holds a request: never answered, never lost (law.md 39)."""
    await me.writes(
        "Request 55-20931: erasure of personal data",
        "Lucy Hallam has sent you this request through our portal:\n\n"
        "Please delete all the personal data you hold about me and remove me from your database completely.",
        headers={"Auto-Submitted": "auto-generated"},
    )
    me.leaves(stages={"review"})


@plays("Lena", "lena@lists.example", "en")
async def discusses_the_law(me: Actor) -> None:
    """A post to a mailing list we happen to read: a talk about rights exercises none."""
    await me.writes(
        "[privacy-talk] Deadlines under Article 12",
        "Hi all,\n\nhas anybody compared how the authorities count the month? In our office we were told that the "
        "day of receipt does not count. Slides from the last meetup are in the usual place.\n\nLena",
        headers={"List-Id": "privacy-talk <privacy-talk.lists.example>", "Precedence": "list"},
    )
    me.leaves(cases=None)


@plays("Helpdesk", "helpdesk@office-supplies.example", "en")
async def answers_by_itself(me: Actor) -> None:
    """A robot that would answer anything: it gets nothing to answer."""
    await me.writes(
        "[Ticket 90417] We have received your message",
        "Thank you for contacting Office Supplies. A ticket has been created. Please do not reply to this mail.",
        headers={"Auto-Submitted": "auto-replied"},
    )
    me.leaves(cases=None, stages={"review"})


@plays("Aino Lehtonen", "aino.lehtonen@freemail.example", "en")
async def writes_in_finnish(me: Actor) -> None:
    """Not one of our languages: at most an answer in English; a person reads it."""
    await me.writes(
        "Henkilötietojeni poistaminen",
        "Hei,\n\npyydän teitä poistamaan kaikki minua koskevat henkilötiedot rekisteristänne ja vahvistamaan "
        "poiston kirjallisesti.\n\nYstävällisin terveisin\nAino Lehtonen",
    )
    me.may_get(1)
    me.leaves(cases=None)


@plays("Mallory", "mallory@freemail.example", "en")
async def sends_a_bomb(me: Actor) -> None:
    """A mail made to break its reader: parked with its raw bytes, and the queue flows."""
    await me.sends_raw(_bomb(), sender="mallory@freemail.example")
    me.leaves(cases=0)


def _bomb() -> bytes:
    """A thousand parts, each inside the other."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "mallory@freemail.example", DESK, "hello"
    depth = 1000
    opened = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (level, level + 1) for level in range(depth)
    )
    head = bytes(mail).replace(b"\n", b"\r\n").rstrip()
    return head + b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n" + opened
