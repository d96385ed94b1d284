"""Those who write in Dutch, and one who forwards."""

from tests.cast.actor import Actor
from tests.cast.playbill import plays
from tests.cast.sorts import A_CODE, ACKNOWLEDGEMENT, OPT_OUT, RIGHT_CODE

HANNEKE = "hanneke.dijkstra@polderpost.example"


@plays("Hanneke Dijkstra", HANNEKE, "nl", number="C-20045", phones="+31 58 700 1188", address="Turfschip 12, Drachten")
async def never_comes_back_to_it(me: Actor) -> None:
    """Asks for her data and forgets about it; others try to finish it for her (see strangers)."""
    await me.writes(
        "Inzage in mijn gegevens",
        "Beste mensen,\n\nik wil graag inzage in alle persoonsgegevens die jullie van mij bewaren. Stuur mij daar "
        "een kopie van, zoals de AVG voorschrijft.\n\nMet vriendelijke groet,\nHanneke Dijkstra",
    )
    await me.gets(A_CODE, plainly="Ik wil een kopie van al mijn persoonsgegevens ontvangen.")
    me.leaves(rights={"access"}, identity={"plausible"}, stages={"verifying"})


@plays(
    "Sjoerd Wiersma",
    "sjoerd@polderpost.example",
    "nl",
    number="C-20519",
    phones="+31 50 700 4471",
    address="Zuiderweg 88, Groningen",
)
async def takes_his_data_along(me: Actor) -> None:
    """Moves to another shop; a bare code above the quotation is enough."""
    await me.writes(
        "Gegevens meenemen naar een andere winkel",
        "Hallo,\n\nik stap over naar een andere aanbieder en maak gebruik van mijn recht op "
        "gegevensoverdraagbaarheid. Wilt u mijn gegevens aanleveren in een gangbaar, machineleesbaar formaat "
        "(CSV of JSON)?\n\nSjoerd Wiersma",
    )
    question = await me.gets(A_CODE, plainly="Ik wil mijn gegevens meenemen in een machineleesbaar bestand.")
    await me.replies(question, question.code)
    await me.gets(RIGHT_CODE)
    me.leaves(rights={"portability"}, stages={"review"}, identity={"proven"}, draft=True)


@plays(
    "Maaike van Rooij",
    "maaike@polderpost.example",
    "nl",
    number="C-20733",
    phones="+31 13 700 9002",
    address="Lindeplein 4, Oisterwijk",
)
async def takes_her_consent_back(me: Actor) -> None:
    """A consent is withdrawn as easily as it was given."""
    await me.writes(
        "Toestemming intrekken",
        "Geachte heer, mevrouw,\n\nmet deze mail trek ik de toestemming in om foto's van mij op jullie website te "
        "gebruiken. Ik gaf die toestemming in mei op de beurs.\n\nMaaike van Rooij",
    )
    await me.gets(ACKNOWLEDGEMENT, plainly="Ik trek mijn toestemming voor het gebruik van mijn foto's in.")
    me.leaves(rights={"consent_withdrawal"}, stages={"review"}, identity={"plausible"}, draft=True)


@plays(
    "Joost",
    "joost.terpstra@polderpost.example",
    "nl",
    number="C-20810",
    phones="+31 515 700 233",
    address="Kade 31, Sneek",
)
async def wants_no_calls(me: Actor) -> None:
    """No more calls: done at once, nothing asked."""
    await me.writes(
        "Bel mij niet meer",
        "Goedemiddag, graag meld ik mij af voor jullie verkooptelefoontjes. Bel mij niet meer.",
    )
    await me.gets(OPT_OUT, plainly="Ik wil niet meer door jullie gebeld worden voor verkoop.")
    me.leaves(stages={"answered"}, draft=False)
    me.is_left_in_peace()


@plays("Bram Visser", "bram.visser@nexioprojects.com", "nl")
async def forwards_a_request(me: Actor) -> None:
    """A colleague passes on what reached him: the case is the person's, and a colleague confirms it."""
    await me.writes(
        "Fwd: verwijderen",
        "Kwam bij mij binnen, is voor jullie. Groet, Bram\n\n"
        "---------- Forwarded message ---------\n"
        "Van: Truus Hoekstra <truus.hoekstra@polderpost.example>\n"
        "Date: vr 20 nov 2026 om 16:40\n"
        "Subject: verwijderen\n"
        "To: <bram.visser@nexioprojects.com>\n\n"
        "Dag Bram,\n\njij hielp mij vorige maand zo goed met de bank. Ik wil graag dat jullie mijn account "
        "verwijderen en al mijn persoonsgegevens wissen.\n\nTruus Hoekstra\n",
    )
    me.leaves(cases=0)
    me.leaves(sender="email:truus.hoekstra@polderpost.example", rights={"erasure"}, stages={"review"})


@plays(
    "Truus Hoekstra",
    "truus.hoekstra@polderpost.example",
    "nl",
    number="C-20112",
    phones="+31 38 700 6150",
    address="Hanzelaan 7, Zwolle",
)
async def wrote_to_a_colleague(me: Actor) -> None:
    """Gets nothing by itself: the colleague who forwarded her mail confirms it first."""
    await me.pause()
