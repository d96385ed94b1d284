"""What a measurement counts, with a reader whose answers are known."""

from xml.etree import ElementTree as ET

import pytest

from bot.core.errors import BadInput
from bot.core.rights import DataCategory, Evidence, Reading, RequestType
from classifiers.evaluation import evaluate
from classifiers.scoring import judge

ERASURE, ACCESS, OTHER = RequestType.ERASURE, RequestType.ACCESS, RequestType.OTHER


class Parrot:
    """Reads the labels, the confidence, the language and the categories of data that stand in the text."""

    def read(self, subject: str, text: str, channel: str) -> Reading:
        del subject, channel
        rights, confidence, any_right, language, *categories = text.split()
        return Reading(
            rights=frozenset(map(RequestType, rights.split(","))),
            confidence=float(confidence),
            abstain=float(confidence) < 0.9,
            any_right=float(any_right),
            language=language,
            categories=frozenset(map(DataCategory, categories)),
            evidence=(Evidence(rights, "these words", 0, 11),),
        )


def row(labels: list[str], text: str, **more: object) -> dict[str, object]:
    return {"id": text, "lang": "fr", "channel": "email", "labels": labels, "text": text, **more}


def test_an_accepted_second_stands_in_for_one_missed_label() -> None:
    assert judge({ACCESS}, {ERASURE}, {ACCESS}).exact
    assert judge({ERASURE, ACCESS}, {ERASURE}, {ACCESS}).exact
    assert not judge({ACCESS}, {ERASURE}, frozenset()).exact
    assert not judge({ERASURE}, {ERASURE, ACCESS}, frozenset()).exact


def test_figures_count_what_they_say() -> None:
    rows = [
        row(["erasure"], "erasure 0.99 0.99 fr"),
        row(["other"], "other 0.99 0.01 fr"),
        row(["other"], "erasure 0.95 0.99 fr"),  # opened wrongly
        row(["other"], "access 0.30 0.50 fr"),  # handed to a person
        row(["access"], "other 0.50 0.01 en"),  # lost
        row(["access"], "access 0.80 0.99 und", lang="es"),
    ]
    figures = evaluate(Parrot(), rows).as_dict()
    assert figures["messages"] == 5
    assert figures["exact"] == 0.4
    assert figures["requests_lost"] == 0.5
    assert figures["other_opened"] == 0.3333
    assert figures["other_handed"] == 0.3333
    assert figures["language_right"] == 0.8333
    assert figures["strangers_lost"] == 0.0
    assert figures["coverage"] == {"0.95": 0.4, "0.99": 0.4}
    assert figures["worst"][0]["said"] == ["erasure"]
    assert figures["worst"][0]["evidence"] == ["erasure: these words"]


def test_categories_of_data_are_counted_where_somebody_said_which_are_named() -> None:
    rows = [
        row(["access"], "access 0.99 0.99 fr orders", data=["orders"]),
        row(["access"], "access 0.99 0.99 fr usage", data=["orders"]),
        row(["access"], "access 0.99 0.99 fr", data=[]),
        row(["access"], "access 0.99 0.99 fr usage"),
    ]
    report = evaluate(Parrot(), rows)
    assert report.as_dict()["categories"] == {
        "usage": {"found": None, "precise": 0.0, "messages": 0},
        "orders": {"found": 0.5, "precise": 1.0, "messages": 2},
    }
    assert "orders             2 messages   found 0.50   precise 1.00" in report.as_text()
    assert "found –" in report.as_text()


def test_a_category_that_is_none_of_the_policys_is_refused_by_row() -> None:
    with pytest.raises(BadInput, match="row 1: photos is no category of data"):
        evaluate(Parrot(), [row(["access"], "access 0.99 0.99 fr", data=["photos"])])


def test_the_report_reads_and_draws() -> None:
    report = evaluate(Parrot(), [row(["erasure"], "erasure 0.99 0.99 fr"), row(["other"], "access 0.30 0.50 fr")])
    assert "worst errors" in report.as_text()
    assert ET.fromstring(report.reliability_svg()).tag.endswith("svg")


def test_no_rows_give_an_empty_report() -> None:
    report = evaluate(Parrot(), [])
    assert report.as_dict()["messages"] == 0
    assert report.as_text()
