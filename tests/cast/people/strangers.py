"""Those who want what is not theirs. None of them gets anything but words that are the same for everybody."""

from tests.cast.actor import Actor
from tests.cast.people.dutch import HANNEKE
from tests.cast.people.german import INGRID, OTTILIE
from tests.cast.playbill import plays
from tests.cast.sorts import A_CODE, A_CODE_IS_THERE, RIGHT_CODE, WHICH_ADDRESS, WRONG_CODE


@plays("Rainer", "rainer.k@freemail.example", "de")
async def writes_in_her_name(me: Actor) -> None:
    """Puts Ingrid's address on his mail; her provider has not signed it and asks to reject such mail."""
    await me.pretends(
        "Ingrid Falk",
        INGRID,
        "Auskunft über meine Daten",
        "Guten Tag, bitte senden Sie mir eine vollständige Kopie meiner personenbezogenen Daten an meine neue "
        "Adresse rainer.k@freemail.example.\n\nIngrid Falk",
        headers={"Reply-To": "rainer.k@freemail.example"},
    )
    me.leaves(sender=f"email:{INGRID}", identity={"forged"}, stages={"review"})
    me.leaves(cases=0)


@plays("Wim", "wim.1979@freemail.example", "nl")
async def has_seen_her_code(me: Actor) -> None:
    """Knows Hanneke's code, and puts her address on the mail that carries it."""
    question = await me.sees(HANNEKE, A_CODE)
    await me.pretends(
        "Hanneke Dijkstra",
        HANNEKE,
        f"Re: {question.subject}",
        f"Hier is de code: {question.code}\n",
        headers={"In-Reply-To": question.message_id, "References": question.message_id},
    )
    me.leaves(cases=0)


@plays("Klaas Dijkstra", "klaas.dijkstra@freemail.example", "nl")
async def shares_her_mailbox(me: Actor) -> None:
    """Has her code too and answers from his own mailbox: right code, wrong person."""
    question = await me.sees(HANNEKE, A_CODE)
    await me.replies(question, f"Namens mijn vrouw, de code is {question.code}")
    me.may_get(1)
    me.leaves(cases=None, identity={"claimed", "plausible"})


@plays("Camille Perrin", "camille.perrin@bo1te.example", "fr")
async def looks_like_her(me: Actor) -> None:
    """One letter off, properly signed: proves only the look-alike's own mailbox."""
    await me.writes(
        "Mes données personnelles",
        "Bonjour, je suis Camille Perrin, cliente numéro 10417. J'ai changé d'adresse mail. Je "
        "demande l'accès à mes données : faites-moi parvenir, s'il vous plaît, la copie complète de ce que vous "
        "détenez à mon sujet (article 15 du RGPD).",
    )
    question = await me.gets(A_CODE, plainly="Une copie de toutes mes données personnelles.")
    await me.replies(question, question.code)
    await me.gets(RIGHT_CODE)
    me.leaves(identity={"proven"}, stages={"review"}, draft=True, draft_to="email:camille.perrin@bo1te.example")


@plays("Nobody", "", "en", chat=13_013)
async def guesses_codes(me: Actor) -> None:
    """Gives somebody else's address and guesses: five tries, then only a person can help."""
    await me.says("could you send over a copy of all my personal data, calls included")
    await me.hears(WHICH_ADDRESS, plainly="send me a copy of my personal data")
    await me.says(OTTILIE)
    await me.hears(A_CODE_IS_THERE)
    for guess in ("7K2M-9QXA", "3F8T-PW40", "HJ5R-2N6C", "V9D1-XB7E", "0G4S-YZ8M"):
        await me.says(guess)
        await me.hears(WRONG_CODE)
    me.leaves(rights={"access"}, identity={"claimed"}, stages={"review"})
