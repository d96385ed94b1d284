"""A corpus of a few dozen messages, and a pipeline trained on it in seconds."""

from pathlib import Path

import pytest

from classifiers import pipeline, training
from classifiers.network_training import Recipe
from classifiers.pipeline import PipelineReader

SAYINGS = {
    "fr": {
        "erasure": ["Supprimez mon compte", "Effacez toutes mes données", "Je veux que mes données soient effacées"],
        "access": ["Envoyez-moi une copie de mes données", "Je veux voir mon dossier", "Une copie de ma fiche svp"],
        "unsubscribe": ["Je ne veux plus recevoir la newsletter", "Désabonnez-moi", "Plus de mails, stop"],
        "other": ["Où est mon colis ?", "Merci pour la facture", "Quels sont vos horaires ?"],
    },
    "en": {
        "erasure": ["Delete my account", "Erase all my data please", "I want my data wiped"],
        "access": ["Send me a copy of my data", "I want to see my file", "A copy of my record please"],
        "unsubscribe": ["No more newsletters", "Unsubscribe me", "Take me off your mailing list"],
        "other": ["Where is my parcel?", "Thanks for the invoice", "What are your opening hours?"],
    },
    "nl": {
        "erasure": ["Verwijder mijn account", "Wis al mijn gegevens", "Ik wil dat mijn gegevens weg zijn"],
        "access": [
            "Stuur mij een kopie van mijn gegevens",
            "Ik wil mijn dossier inzien",
            "Graag een kopie van mijn fiche",
        ],
        "unsubscribe": ["Geen nieuwsbrief meer", "Schrijf mij uit", "Haal mij van de mailinglijst"],
        "other": ["Waar is mijn pakket?", "Bedankt voor de factuur", "Wat zijn de openingstijden?"],
    },
    "de": {
        "erasure": ["Löschen Sie mein Konto", "Bitte alle meine Daten löschen", "Ich will dass meine Daten weg sind"],
        "access": [
            "Schicken Sie mir eine Kopie meiner Daten",
            "Ich will meine Akte sehen",
            "Eine Kopie meiner Angaben",
        ],
        "unsubscribe": ["Keinen Newsletter mehr", "Melden Sie mich ab", "Nehmt mich aus dem Verteiler"],
        "other": ["Wo ist mein Paket?", "Danke für die Rechnung", "Wann haben Sie geöffnet?"],
    },
}
ENDINGS = ("", ".", " !", " asap", " 1")


def write_corpus(root: Path, endings: tuple[str, ...] = ENDINGS) -> Path:
    """Write one style a language and ending."""
    for language, labels in SAYINGS.items():
        folder = root / "messages" / language
        folder.mkdir(parents=True)
        for number, ending in enumerate(endings):
            style = f"{language}-voice{number}"
            lines = [f"# style: {style}", f"# lang: {language}", "# who: somebody who tests"]
            at = 0
            for label, texts in labels.items():
                for text in texts:
                    at += 1
                    scope = " | scope=email" if label == "unsubscribe" else ""
                    lines += ["", f"--- {at:03} | {label} | chat{scope}", text + ending]
            (folder / f"{style}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small corpus."""
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def tiny_model(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pipeline trained on the small corpus."""
    out = tmp_path_factory.mktemp("trained") / "model"
    training.train(tiny_corpus, out, progress=lambda _: None, recipe=Recipe(epochs=15))
    return out


@pytest.fixture(scope="session")
def reader(tiny_model: Path) -> PipelineReader:
    """A reader that knows four requests in four languages."""
    return pipeline.load(tiny_model)
