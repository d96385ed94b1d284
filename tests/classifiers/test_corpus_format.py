"""The corpus format is read strictly, and says where it is broken."""

from pathlib import Path

import pytest

import classifiers
from bot.core.rights import Act, Correction, Flag, RequestType, Scope
from classifiers.corpus import CorpusError, load_corpus, parse

HEAD = "# style: xx\n# lang: nl\n# who: a test\n"
PATH = Path("nl/xx.txt")


def test_a_message_is_read_with_all_its_keys() -> None:
    text = HEAD + (
        "# register: young\n\n--- 003 | unsubscribe, erasure | email | scope=email,phone | act=reminder"
        " | also=objection | flags=minor | traps=negation | data=marketing | fix=name: Jan -> Jans\n"
        "Subject: Re: acties\nregel een\n\nregel drie\n\n"
    )
    (example,) = parse(text, PATH)
    assert example.id == "xx/003"
    assert example.labels == {RequestType.UNSUBSCRIBE, RequestType.ERASURE}
    assert example.also == {RequestType.OBJECTION}
    assert example.scope == {Scope.EMAIL, Scope.PHONE}
    assert example.act is Act.REMINDER
    assert example.flags == {Flag.MINOR}
    assert example.fix == Correction("name", "Jan", "Jans")
    assert (example.subject, example.text) == ("Re: acties", "regel een\n\nregel drie")
    assert example.register == "young"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("--- 001 | erase | chat\nx", "xx.txt:4: 'erase'"),
        ("--- 001 | other, erasure | chat\nx", "other` stands alone"),
        ("--- 001 | erasure | phone\nx", "xx.txt:4: the second field"),
        ("--- 001 | unsubscribe | chat\nx", "needs a scope"),
        ("--- 001 | erasure | chat | mood=bad\nx", "'mood=bad'"),
        ("--- 001 | erasure | chat | traps=bear\nx", "bear"),
        ("--- 001 | erasure | chat | fix=name Jan\nx", "fix is"),
        ("--- 001 | erasure | chat\n\n--- 001 | erasure | chat\nx", "empty"),
        ("--- 001 | erasure | chat\ny\n--- 001 | erasure | chat\nx", "stands twice"),
        ("--- 001 | erasure | chat\ny\n---2 | erasure | chat\nx", "xx.txt:6: looks like a header"),
        ("hello\n--- 001 | erasure | chat\nx", "xx.txt:4: text before"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(body: str, complaint: str) -> None:
    with pytest.raises(CorpusError, match=complaint.replace("(", r"\(")):
        parse(HEAD + body, PATH)


def test_a_style_must_be_named_like_its_file() -> None:
    with pytest.raises(CorpusError, match="the file 'yy'"):
        parse(HEAD, Path("nl/yy.txt"))


def test_an_empty_folder_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no messages"):
        load_corpus(tmp_path)


def test_the_projects_own_corpus_reads() -> None:
    assert len(load_corpus(classifiers.DATA_DIR)) > 1000
