"""Entering by hand as it is typed: what is kept, what is asked, what is refused."""

import json
from pathlib import Path

import pytest

from tests.integration.test_cli import ACCESS, COMPLAINT, Invoke, config, run

__all__ = ["config", "run"]
KIM = "kim@nexioprojects.com"


@pytest.fixture
def enter(run: Invoke, tmp_path: Path) -> Invoke:
    """Enter a letter as Kim, who may; what a test says comes last and wins."""
    run("staff", "add", KIM, "--role", "drafter")

    def typed(*words: str, text: str = ACCESS, code: int = 0) -> str:
        (tmp_path / "letter.txt").write_text(text)
        common = (
            "--by",
            "letter",
            "--name",
            "Ann Peeters",
            "--reason",
            "came by post",
            "--text",
            "letter.txt",
            "--json",
        )
        return run("cases", "enter", *common, "--as", KIM, *words, code=code)

    return typed


@pytest.mark.rule(1)
def test_a_letter_with_an_address_is_asked_there_and_its_clock_runs_since_it_came(enter: Invoke, run: Invoke) -> None:
    told = json.loads(enter("--received", "2026-01-05", "--email", "Ann@Example.com"))
    (case,) = json.loads(run("cases", "list", "--json"))
    assert (told["reference"], told["disposition"]) == (case["reference"], "case")
    assert (case["channel"], case["statutory_due"], case["stage"]) == ("email", "2026-02-05", "review")
    assert json.loads(run("outbox", "list", "--json")) == []  # older than three days: a person answers
    shown = json.loads(run("cases", "show", case["reference"], "--json"))
    assert shown["requester"] == "email:ann@example.com"
    assert ACCESS in shown["messages"][0]["text"]


def test_a_letter_without_one_is_for_a_person_and_entered_once(enter: Invoke, run: Invoke, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7 a scan")
    words = ("--received", "2026-01-05T14:30", "--reach", "Kerkstraat 1, 9000 Gent", "--file", "scan.pdf")
    first, second = (json.loads(enter(*words, text=COMPLAINT)) for _ in range(2))
    assert first["id"] == second["id"]
    assert first["received_at"] == "2026-01-05T13:30:00+00:00"
    (case,) = json.loads(run("cases", "list", "--json"))
    assert (case["channel"], case["types"]) == ("letter", ["complaint"])


@pytest.mark.rule(1, refused=True)
def test_what_can_not_be_is_refused_and_nothing_kept(enter: Invoke, run: Invoke) -> None:
    at = ("--received", "2026-01-05")
    assert "still ahead" in enter("--received", "2999-01-05", "--email", "ann@example.com", code=1)
    assert "either --email, or --reach" in enter(*at, code=2)
    assert "either --email, or --reach" in enter(*at, "--email", "ann@example.com", "--reach", "Gent", code=2)
    assert "no e-mail address" in enter(*at, "--email", "Ann", code=2)
    assert "nothing was said" in enter(*at, "--email", "ann@example.com", text=" ", code=1)
    assert "say why" in enter(*at, "--email", "ann@example.com", "--reason", " ", code=1)
    assert "role approver, dpo or drafter" in enter(*at, "--reach", "Gent", "--as", "ria@x.example", code=1)
    assert "no file" in enter(*at, "--reach", "Gent", "--file", "gone.pdf", code=2)
    assert json.loads(run("cases", "list", "--json")) == []


@pytest.mark.rule(10, refused=True)
def test_a_doubt_about_a_letter_s_writer_is_kept_though_nothing_can_be_asked(enter: Invoke, run: Invoke) -> None:
    told = json.loads(enter("--received", "2026-01-05", "--reach", "Kerkstraat 1, 9000 Gent", text=COMPLAINT))
    run("staff", "add", KIM, "--role", "dpo")
    doubt = ("cases", "ask", told["reference"], "--reason", "Not her hand.", "--as", KIM)
    assert "The doubt is on file; the desk can't write there: ask the person yourself" in run(*doubt)
    assert "a colleague doubts who writes" in run("cases", "show", told["reference"], "--as", KIM)
    assert json.loads(run("drafts", "list", "--json", "--as", KIM)) == []
