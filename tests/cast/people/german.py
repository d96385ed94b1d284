"""Those who write in German."""

from tests.cast.actor import Actor
from tests.cast.playbill import plays
from tests.cast.sorts import A_CODE, ACKNOWLEDGEMENT, OPT_OUT, RIGHT_CODE

OTTILIE = "ottilie.brandt@brief.example"
INGRID = "ingrid.falk@brief.example"


@plays(
    "Jürgen Albrecht",
    "juergen.albrecht@brief.example",
    "de",
    number="C-34411",
    phones="+49 30 2312 5087",
    address="Uferstraße 12, Cottbus",
)
async def asks_where_it_comes_from(me: Actor) -> None:
    """Wants to know the source; types the code as people do, in small letters and without the dash."""
    await me.writes(
        "Herkunft meiner Daten",
        "Sehr geehrte Damen und Herren,\n\nbitte teilen Sie mir nach Art. 15 DSGVO mit, welche personenbezogenen "
        "Daten Sie über mich gespeichert haben, woher diese stammen und an wen Sie sie weitergegeben haben.\n\n"
        "Mit freundlichen Grüßen\nJürgen Albrecht",
    )
    question = await me.gets(
        A_CODE, plainly="Ich möchte wissen, welche Daten Sie über mich haben und woher sie stammen."
    )
    await me.replies(question, f"der Code ist {question.code.lower().replace('-', ' - ')}")
    await me.gets(RIGHT_CODE)
    me.leaves(stages={"review"}, identity={"proven"}, draft=True)


@plays(
    "Frauke Petersen",
    "frauke@brief.example",
    "de",
    number="C-34902",
    phones="+49 40 6696 3014",
    address="Deichweg 3, Husum",
)
async def wants_a_pause(me: Actor) -> None:
    """Nothing deleted, nothing used: stopped on her word, weighed by a person."""
    await me.writes(
        "Einschränkung der Verarbeitung",
        "Guten Tag,\n\nich bestreite die Richtigkeit meiner bei Ihnen gespeicherten Daten. Bitte löschen Sie "
        "nichts, sondern schränken Sie die Verarbeitung meiner Daten nach Art. 18 DSGVO ein, bis das geklärt ist."
        "\n\nFrauke Petersen",
    )
    await me.gets(ACKNOWLEDGEMENT, plainly="Bitte schränken Sie die Verarbeitung meiner Daten ein.")
    me.leaves(rights={"restriction"}, stages={"review"}, identity={"plausible"}, draft=True)


@plays(
    "Wolfgang Ziegler",
    "w.ziegler@brief.example",
    "de",
    number="C-35170",
    phones="+49 89 1208 4466",
    address="Am Brunnen 19, Freising",
)
async def objects_and_asks_again(me: Actor) -> None:
    """Objects to being profiled, then asks how far we are: one case, one answer."""
    await me.writes(
        "Widerspruch gegen Profilbildung",
        "Sehr geehrte Damen und Herren,\n\nhiermit lege ich nach Art. 21 DSGVO Widerspruch gegen die "
        "Verarbeitung meiner personenbezogenen Daten zur Profilbildung ein. Werten Sie mein Kaufverhalten nicht "
        "länger aus.\n\nWolfgang Ziegler",
    )
    receipt = await me.gets(
        ACKNOWLEDGEMENT, plainly="Ich widerspreche der Verarbeitung meiner Daten zur Profilbildung."
    )
    await me.replies(receipt, "Gibt es schon etwas Neues zu meinem Anliegen? Wann darf ich mit einer Antwort rechnen?")
    me.may_get(1)
    me.leaves(rights={"objection"}, stages={"review"}, draft=True)


@plays(
    "Sabine Kühn",
    "sabine.kuehn@brief.example",
    "de",
    number="C-35588",
    phones="+49 351 2093 118",
    address="Elbhang 27, Pirna",
)
async def wants_no_catalogues(me: Actor) -> None:
    """No more advertising by post."""
    await me.writes(
        "Keine Kataloge mehr",
        "Hallo, bitte keine Kataloge mehr schicken, bei mir landen sie nur im Altpapier. Sabine Kühn",
    )
    await me.gets(OPT_OUT, plainly="Bitte melden Sie mich von der Werbung per Post ab.")
    me.leaves(stages={"answered"}, draft=False)
    me.is_left_in_peace()


@plays("Ottilie Brandt", OTTILIE, "de", number="C-36001", phones="+49 221 4710 552", address="Rheingasse 1, Bonn")
async def is_played_by_a_stranger(me: Actor) -> None:
    """A stranger in a chat gave her address: she gets one code, does nothing, and nothing happens."""
    await me.gets(A_CODE)


@plays("Ingrid Falk", INGRID, "de", number="C-36244", phones="+49 7071 4960 83", address="Neckarhalde 40, Tübingen")
async def knows_of_nothing(me: Actor) -> None:
    """Somebody writes in her name: she gets nothing, and neither does he."""
    await me.pause()
