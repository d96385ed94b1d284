"""The reader answers for every text, in bounded time, and what doesn't change a request doesn't change its reading."""

import time

import pytest
from hypothesis import given as from_any
from hypothesis import settings
from hypothesis import strategies as st

from bot.core.ports import Reader
from bot.core.rights import Act, RequestType, Scope
from classifiers.pipeline import PipelineReader


@pytest.mark.parametrize(
    ("text", "language", "right"),
    [
        ("Supprimez mon compte svp", "fr", RequestType.ERASURE),
        ("Send me a copy of my data", "en", RequestType.ACCESS),
        ("Schrijf mij uit van de nieuwsbrief", "nl", RequestType.UNSUBSCRIBE),
        ("Wo ist mein Paket geblieben?", "de", RequestType.OTHER),
    ],
)
def test_it_reads_four_languages(reader: PipelineReader, text: str, language: str, right: RequestType) -> None:
    reading = reader.read("", text, "chat")
    assert reading.language == language
    assert reading.rights == {right}
    assert reading.act is Act.REQUEST
    assert bool(reading.scopes) == (right is RequestType.UNSUBSCRIBE)
    assert reading.model


def test_it_is_a_reader_of_the_core(reader: PipelineReader) -> None:
    port: Reader = reader
    assert port.read("Newsletter", "Unsubscribe me", "email").scopes == {Scope.EMAIL}


@pytest.mark.parametrize("channel", ["telegram", "facebook", "whatsapp", "sms"])
def test_every_channel_but_mail_is_read_as_the_chat_it_is(reader: PipelineReader, channel: str) -> None:
    text = "can u tell me what u know abt me"
    assert reader.read("", text, channel).scores == reader.read("", text, "chat").scores
    assert reader.read("", text, channel).scores != reader.read("", text, "email").scores


@pytest.mark.parametrize("subject", ["", "Mon compte"])
def test_evidence_is_quoted_from_what_was_given(reader: PipelineReader, subject: str) -> None:
    text = "Bonjour Madame.\n\nEffacez toutes mes données. Merci !"
    reading = reader.read(subject, text, "email")
    whole = f"{subject}\n{text}" if subject else text
    assert reading.evidence
    for evidence in reading.evidence:
        assert whole[evidence.start : evidence.end] == evidence.text
        assert evidence.label in {right.value for right in reading.rights}


@pytest.mark.parametrize(
    "added",
    [
        "{}\n\nLe 3 mai 2024 à 10:00, Nexio a écrit :\n> Pour vous désabonner de la newsletter, cliquez ici",
        "{}\n\n-- \nAnne Le Goff\nnewsletter@example.org",
        "{}\n\nEnvoyé de mon iPhone",
    ],
)
def test_quotes_and_signatures_change_nothing(reader: PipelineReader, added: str) -> None:
    plain = reader.read("", "Effacez toutes mes données", "email")
    assert reader.read("", added.format("Effacez toutes mes données"), "email").rights == plain.rights


@pytest.mark.parametrize(
    "written", ["EFFACEZ TOUTES MES DONNÉES", "effacez toutes mes donnees", "Effac\u200bez toutes mes données"]
)
def test_casing_accents_and_invisible_marks_change_nothing(reader: PipelineReader, written: str) -> None:
    plain = reader.read("", "Effacez toutes mes données", "chat")
    other = reader.read("", written, "chat")
    assert (other.rights, other.language) == (plain.rights, plain.language)


@pytest.mark.parametrize("text", ["", " ", "\0\0", "😀😀", "?!", "\u202e\u200f", "\ud800"])
def test_nothing_said_is_nothing_asked(reader: PipelineReader, text: str) -> None:
    reading = reader.read("", text, "chat")
    assert reading.rights == {RequestType.OTHER}
    assert reading.language == "und"
    assert not reading.flags


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "a " * 500_000, "(" * 100_000, "ne " * 100_000, "> q\n" * 200_000, "\n" * 1_000_000]
)
def test_enormous_texts_are_read_in_bounded_time(reader: PipelineReader, text: str) -> None:
    start = time.process_time()
    reader.read(text, text, "email")
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    "text", ["Quiero que borren todos mis datos personales, por favor", "Proszę o usunięcie moich danych osobowych"]
)
def test_other_languages_are_not_taken_for_ours(reader: PipelineReader, text: str) -> None:
    assert reader.read("", text, "email").language == "und"


@settings(max_examples=60, deadline=None)
@from_any(st.text(max_size=300), st.text(max_size=1500), st.sampled_from(["email", "chat", ""]))
def test_any_text_gets_a_sound_reading(reader: PipelineReader, subject: str, text: str, channel: str) -> None:
    reading = reader.read(subject, text, channel)
    assert reading.rights
    assert RequestType.OTHER not in reading.rights or len(reading.rights) == 1
    assert 0 <= reading.confidence <= 1
    assert 0 <= reading.any_right <= 1
    assert all(0 <= score <= 1 for score in reading.scores.values())


def test_reading_twice_says_the_same(reader: PipelineReader) -> None:
    first = reader.read("Sub", "Delete my account, please", "email")
    assert reader.read("Sub", "Delete my account, please", "email") == first
