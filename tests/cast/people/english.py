"""Those who write in English."""

from tests.cast.actor import Actor
from tests.cast.letters import DESK, bounce_of
from tests.cast.playbill import plays
from tests.cast.sorts import (
    A_CODE,
    A_CODE_IS_THERE,
    ACKNOWLEDGEMENT,
    ANY_MAIL,
    RIGHT_CODE,
    WAS_IT_YOU,
    WELCOME,
    WHICH_ADDRESS,
)


@plays("Priya Nair", "p.nair.1987@freemail.example", "en")
async def is_unknown_and_wants_erasure(me: Actor) -> None:
    """Nobody we know: the code proves her address, and that address only."""
    await me.writes(
        "Please delete my data",
        "Hi,\n\nplease remove my details from your database completely. I closed my account in spring.\n\nPriya Nair",
    )
    question = await me.gets(A_CODE, plainly="I want you to delete all my personal data.")
    await me.replies(question, f"{question.code}\n\nHope that's the right way of doing it!")
    await me.gets(RIGHT_CODE)
    me.leaves(rights={"erasure"}, stages={"review"}, identity={"proven"}, draft=True)


@plays(
    "Femi Okafor",
    "femi.okafor@inbox.example",
    "en",
    number="C-51806",
    phones="+44 20 7946 0118",
    address="Flat 3, 27 Tollgate Row, Leeds",
)
async def has_a_misspelt_name(me: Actor) -> None:
    """A wrong letter in a name: an address on record is proof enough to look into it."""
    await me.writes(
        "Wrong name on every label",
        "Dear team,\n\nmy surname is wrong in your records. Please change it from Okafar to Okafor.\n\nFemi Okafor",
    )
    await me.gets(ACKNOWLEDGEMENT, plainly="Please correct my surname in your records from Okafar to Okafor.")
    me.leaves(rights={"rectification"}, stages={"review"}, identity={"plausible"}, draft=True)


@plays(
    "Gareth Pugh",
    "gareth@inbox.example",
    "en",
    number="C-07733",
    phones="+44 29 2018 0455",
    address="2 Chapel Bank, Brecon",
)
async def wants_two_things(me: Actor) -> None:
    """Two requests in one mail: one is done at once, the other needs a proof, and one mail says both."""
    await me.writes(
        "Two things",
        "Hello,\n\nfirst, please unsubscribe me from your newsletter and stop sending me marketing e-mails.\n\n"
        "Second, please send me a copy of everything you have on file about me, orders and calls included.\n\n"
        "Gareth Pugh",
    )
    await me.gets(A_CODE, plainly="Unsubscribe me from the newsletter, and send me a copy of my personal data.")
    me.leaves(rights={"unsubscribe", "access"}, identity={"plausible"})
    me.is_left_in_peace()


@plays(
    "Moira Kilbride",
    "moira.kilbride@inbox.example",
    "en",
    number="C-61029",
    phones="+44 131 496 0871",
    address="The Old Smithy, Peebles",
)
async def has_a_full_mailbox(me: Actor) -> None:
    """Our answer comes back: a colleague hears of it, and it counts as not delivered."""
    await me.writes(
        "Wrong date of birth",
        "Dear Sir or Madam,\n\nmy date of birth is wrong in your records. Please change it from 4 March 1961 to "
        "14 March 1961.\n\nMoira Kilbride",
    )
    lost = await me.gets(ANY_MAIL)
    await me.sends_raw(bounce_of(lost, "inbox.example"), sender="", signed_by="inbox.example")
    me.leaves(rights={"rectification"}, stages={"review", "clarifying"})


@plays(
    "Dylan Marsh",
    "dylan.marsh@inbox.example",
    "en",
    chat=91_550,
    number="C-70264",
    phones="+44 161 496 0340",
    address="88 Canal Street, Stockport",
)
async def chats_and_proves_it_by_mail(me: Actor) -> None:
    """From the chat to the mailbox and back: the code went to the address, the platform learnt nothing."""
    await me.says("/start")
    await me.hears(WELCOME)
    await me.says("please remove my details from your database completely, I closed my account in spring")
    await me.hears(WHICH_ADDRESS, plainly="Delete my account and all my personal data.")
    await me.says("dylan.marsh@inbox.example")
    await me.hears(A_CODE_IS_THERE)
    letter = await me.gets(A_CODE)
    await me.says(letter.code.lower().replace("-", " - "))
    await me.hears(RIGHT_CODE)
    await me.gets(WAS_IT_YOU)  # what the platform may not hear, the address on record does
    me.leaves(
        sender="telegram:91550",
        rights={"erasure"},
        stages={"review"},
        identity={"proven"},
        draft=True,
        draft_to="email:dylan.marsh@inbox.example",
    )


@plays(
    "Rosalind Achterberg",
    "rosalind.a@inbox.example",
    "en",
    number="C-12875",
    phones="+44 117 496 0226",
    address="Harbour View 6, Portishead",
)
async def sends_only_a_letter(me: Actor) -> None:
    """All she has to say is in a scan: a person reads it, and nothing is sent before."""
    await me.writes("", "", attachments=(("letter.pdf", "application/pdf", b"%PDF-1.4\n% a scanned letter\n%%EOF\n"),))
    me.leaves(stages={"review"}, identity={"plausible"})


@plays(
    "Hugh Carberry",
    "hugh.carberry@inbox.example",
    "en",
    number="C-83310",
    phones="+44 28 9018 0617",
    address="14 Linen Yard, Lisburn",
)
async def only_says_thanks(me: Actor) -> None:
    """Ordinary company mail: no case, no answer."""
    await me.writes(
        "Delivery slot on Thursday",
        "Morning,\n\nthe driver can leave the sofa in the garage, the side door will be open from nine. "
        f"Please pass it on, {DESK} is the only address on the docket.\n\nCheers,\nHugh",
    )
    me.leaves(cases=None, stages={"review"})
