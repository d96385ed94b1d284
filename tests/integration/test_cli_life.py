"""The life of a case as it is typed: two become one, one is told and taken out whole."""

import hashlib
import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.integration.test_cli import ACCESS, Invoke, config, fresh, run, write_mail

__all__ = ["config", "run"]
DPO = "dee@nexioprojects.com"


@pytest.fixture
def two_cases(run: Invoke, tmp_path: Path) -> tuple[str, str]:
    """Make Dee the officer, and two cases of two senders for the same copy."""
    run("staff", "add", DPO, "--role", "dpo")
    for ident, sender in (("one", "ann@example.com"), ("two", "ann@work.example")):
        mail = write_mail(tmp_path, ACCESS, ident, fresh())
        unproven = mail.read_text().replace("dmarc=pass", "dmarc=none").replace("ann@example.com", sender)
        mail.write_text(unproven)
        run("ingest", str(mail))
    first, second = sorted(json.loads(run("cases", "list", "--json")), key=lambda case: str(case["id"]))
    return first["reference"], second["reference"]


def test_a_case_waits_for_its_code_before_it_is_merged_and_is_closed_and_taken_up(
    run: Invoke, two_cases: tuple[str, str]
) -> None:
    first, second = two_cases
    why = ("--reason", "one person", "--as", DPO)
    assert f"a code for {second} is on its way" in run("cases", "merge", second, first, *why, code=1)
    assert "into itself" in run("cases", "merge", first, first, *why, code=1)
    assert "leave some" in run("cases", "split", first, "--item", "access", *why, code=1)
    run("cases", "close", second, "--reason", "spam", "--as", DPO)
    assert f"Case {second} is open again" in run("cases", "reopen", second, *why)
    assert f"{second} is carried on in {first}" in run("cases", "merge", second, first, *why)
    shown = json.loads(run("cases", "show", first, "--as", DPO, "--json"))
    assert shown["joined_by"] == [second]
    assert [message["from"] for message in shown["messages"]] == ["email:ann@example.com", "email:ann@work.example"]
    assert f"carried on in {first}" in run("cases", "show", second, "--as", DPO)


@pytest.mark.rule(31, refused=True)
def test_a_case_names_none_that_is_kept_from_whoever_looks_at_it(run: Invoke, two_cases: tuple[str, str]) -> None:
    first, _ = two_cases
    run("staff", "add", "ria@nexioprojects.com", "--role", "dpo")
    run("cases", "classify", first, "access", "complaint", "--as", DPO)
    run("cases", "split", first, "--item", "complaint", "--reason", "apart", "--as", DPO)
    parted = max(json.loads(run("cases", "list", "--json")), key=lambda case: str(case["id"]))["reference"]
    run("cases", "conflict", parted, "--colleague", "ria@nexioprojects.com", "--as", DPO)
    assert parted in run("cases", "show", first, "--as", DPO, "--json")
    assert parted not in run("cases", "show", first, "--as", "ria@nexioprojects.com", "--json")


def test_the_history_names_who_did_what(run: Invoke, two_cases: tuple[str, str]) -> None:
    run("cases", "close", two_cases[0], "--reason", "spam", "--as", DPO)
    told = json.loads(run("cases", "history", two_cases[0], "--as", DPO, "--json"))
    assert [(one["who"], one["what"]) for one in told if one["what"] in {"wrote", "opened", "closed"}] == [
        ("email:ann@example.com", "wrote"),
        ("desk", "opened"),
        (DPO, "closed"),
    ]
    assert f"{DPO}: closed" in run("cases", "history", two_cases[0], "--as", DPO)


def test_a_case_is_taken_out_whole_into_one_private_file(
    run: Invoke, two_cases: tuple[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "case.zip"
    told = json.loads(run("cases", "pack", two_cases[0], str(out), "--as", DPO, "--json"))
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert out.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(out) as pack:
        assert sorted(pack.namelist()) == told["files"]
        listed = [line.partition("  ") for line in pack.read("SHA256SUMS").decode().splitlines()]
        sums = {name: digest for digest, _, name in listed}
        assert sums == {name: hashlib.sha256(pack.read(name)).hexdigest() for name in sums}
        assert set(sums) == set(told["files"]) - {"SHA256SUMS"}
        pages = PdfReader(BytesIO(pack.read("case.pdf"))).pages
        assert ACCESS in " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "exists already" in run("cases", "pack", two_cases[0], str(out), "--as", DPO, code=2)
    assert "role dpo" in run("cases", "pack", two_cases[0], str(tmp_path / "no.zip"), "--as", "ria@x.example", code=1)
    assert not (tmp_path / "no.zip").exists()


@pytest.mark.rule(10)
def test_a_doubt_and_its_end_stand_in_the_history_and_the_pack_with_their_reasons(run: Invoke, tmp_path: Path) -> None:
    run("staff", "add", DPO, "--role", "dpo")
    mail = write_mail(tmp_path, "You told everybody where I live. I file a complaint with you.", "blame", fresh())
    run("ingest", str(mail))
    (case,) = json.loads(run("cases", "list", "--json"))
    reference, who = case["reference"], ("--as", DPO)
    assert "say why you doubt who writes" in " ".join(run("cases", "ask", reference, *who, code=1).split())
    run("cases", "ask", reference, "--reason", "The tone is not hers.", *who)
    assert "a colleague doubts who writes" in run("cases", "show", reference, *who)
    assert "asks only the usual proof" in run("cases", "undoubt", reference, "--reason", "She rang us.", *who)
    assert "a colleague doubts who writes" not in run("cases", "show", reference, *who)
    told = json.loads(run("cases", "history", reference, *who, "--json"))
    assert [(one["who"], one["what"]) for one in told if "doubt" in one["what"]] == [
        (DPO, "doubted"),
        (DPO, "doubt_withdrawn"),
    ]
    history = run("cases", "history", reference, *who)
    out = tmp_path / "case.zip"
    run("cases", "pack", reference, str(out), *who)
    with zipfile.ZipFile(out) as pack:
        pages = PdfReader(BytesIO(pack.read("case.pdf"))).pages
        packed = " ".join(" ".join(page.extract_text() for page in pages).split())
    for why in ("The tone is not hers.", "She rang us."):
        assert why in history
        assert why in packed
