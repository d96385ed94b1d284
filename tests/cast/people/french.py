"""Those who write in French."""

from tests.cast.actor import Actor
from tests.cast.letters import DESK
from tests.cast.playbill import plays
from tests.cast.sorts import A_CODE, ACKNOWLEDGEMENT, OPT_OUT, RIGHT_CODE


@plays(
    "Camille Perrin",
    "camille.perrin@boite.example",
    "fr",
    number="C-10417",
    phones="+33 4 93 11 02 77",
    address="18 quai des Tanneurs, Annecy",
)
async def wants_a_copy(me: Actor) -> None:
    """Wants a copy of everything and gives the code back above a quoted mail."""
    await me.writes(
        "Accès à mes données personnelles",
        "Bonjour,\n\nje suis cliente chez vous depuis le printemps 2023. Merci de m'envoyer une copie de toutes les "
        "données que vous conservez à mon sujet, factures et échanges compris.\n\n"
        "Bien à vous,\nCamille Perrin",
    )
    question = await me.gets(A_CODE, plainly="Je veux recevoir une copie de mes données personnelles.")
    await me.replies(question, f"C'est bien moi, voici le code : {question.code}")
    await me.gets(RIGHT_CODE)
    me.leaves(rights={"access"}, stages={"review"}, identity={"proven"}, draft=True)


@plays(
    "Yanis Roche",
    "yanis@boite.example",
    "fr",
    number="C-20988",
    phones="+33 6 41 77 20 19",
    address="5 rue du Four à chaux, Nevers",
)
async def has_enough_of_the_newsletter(me: Actor) -> None:
    """Answers a newsletter; what it says below is not what he says."""
    await me.writes(
        "Re: Vos envies d'octobre : -15 % sur les plaids",
        "Stop. Retirez-moi de votre liste de diffusion, s'il vous plaît.\n\n"
        f"Le jeu. 1 oct. 2026 à 07:02, Nexio Projects <{DESK}> a écrit :\n\n"
        "> Vos envies d'octobre : jusqu'à dimanche, tous les plaids à -15 %.\n"
        "> Vous voulez voir ou corriger vos données ? Tout se règle dans « Mon espace ».\n",
    )
    await me.gets(OPT_OUT, plainly="Désinscrivez-moi de votre newsletter, c'est tout.")
    me.leaves(rights={"unsubscribe"}, stages={"answered"}, draft=False)
    me.is_left_in_peace()


@plays(
    "Odile Marchetti",
    "odile.marchetti@boite.example",
    "fr",
    number="C-00731",
    phones="+33 1 73 20 55 48",
    address="Impasse des Lilas 2, Melun",
)
async def complains(me: Actor) -> None:
    """Blames the company for what it did with her number: the officer's lane, and a reply that only acknowledges."""
    await me.writes(
        "Réclamation : mon numéro transmis à un tiers",
        "Madame, Monsieur,\n\ndepuis que j'ai commandé chez vous, un vendeur de fenêtres m'appelle en citant ma "
        "commande. Vous avez donc transmis mes coordonnées sans mon accord. C'est inadmissible : je porte "
        "réclamation auprès de votre délégué à la protection des données pour la façon dont vous traitez mes "
        "données personnelles, et je saisis la CNIL.\n\nOdile Marchetti",
    )
    await me.gets(ACKNOWLEDGEMENT, plainly="C'est une réclamation sur le traitement de mes données personnelles.")
    me.leaves(rights={"complaint"}, stages={"review"}, draft=True, lane="dpo")


@plays(
    "Baptiste Lenoir",
    "baptiste.lenoir@boite.example",
    "fr",
    number="C-31540",
    phones="+33 2 40 66 18 03",
    address="41 rue de la Corderie, Vannes",
)
async def is_out_of_office(me: Actor) -> None:
    """His holiday answer quotes our code back: that proves nothing, and is not answered."""
    await me.writes(
        "Données me concernant",
        "Bonjour, merci de me faire parvenir une copie des données que vous conservez à mon sujet, commandes et "
        "appels compris. B. Lenoir",
    )
    question = await me.gets(A_CODE, plainly="Une copie de mes données personnelles, s'il vous plaît.")
    quoted = "\n".join(f"> {line}" for line in question.text.splitlines())
    await me.replies(
        question,
        "Je suis absent jusqu'au lundi 30. Votre message sera lu à mon retour.\n"
        f"Code reçu : {question.code}\n\n{quoted}",
        headers={"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Precedence": "bulk"},
    )
    me.leaves(rights={"access"}, identity={"plausible"}, stages={"verifying", "review"})


@plays("Loane", "", "fr", chat=60_417)
async def writes_as_she_speaks(me: Actor) -> None:
    """Phonetic French in a chat: whatever is understood, the platform learns nothing."""
    await me.says("bjr c pr savoir kel info perso vs gardé sur moi jveu tt voir svp")
    me.may_get(2)
    me.leaves(cases=None)


@plays("Timéo", "timeo.2013@freemail.example", "fr")
async def is_thirteen(me: Actor) -> None:
    """A child: acknowledged at most, decided by a person, and no parent is told."""
    await me.writes(
        "supprimer mon compte",
        "Bonjour, j'ai 13 ans et j'ai créé un compte sur votre site. Je veux que vous supprimiez mon compte et "
        "toutes mes données. Merci, Timéo",
    )
    me.may_get(1)
    me.leaves(rights={"erasure"}, flags={"minor"}, stages={"review", "verifying"}, lane="dpo")


@plays(
    "Aurélie",
    "aurelie.v@boite.example",
    "fr",
    number="C-44102",
    phones="+33 6 08 15 47 92",
    address="9 allée du Lavoir, Dole",
)
async def is_not_safe(me: Actor) -> None:
    """Somebody reads her mailbox: silence, and a colleague at once."""
    await me.writes(
        "Urgent, ne pas répondre",
        "Mon ex-conjoint lit mes mails. Surtout ne me répondez pas à cette adresse, je suis en danger s'il "
        "l'apprend. Effacez mes données et ma nouvelle adresse de votre fichier, il ne doit pas la trouver.",
    )
    me.leaves(flags={"unsafe"}, stages={"review"}, lane="dpo")
