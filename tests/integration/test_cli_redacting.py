"""What goes into a copy and what stays out, as it is typed."""

import json
from pathlib import Path

import pytest

from tests.integration.test_cli import ACCESS, Invoke, config, fresh, run, write_mail

__all__ = ["config", "run"]
KIM = ("--as", "kim@nexioprojects.com")


@pytest.fixture
def case(run: Invoke, tmp_path: Path) -> str:
    customers = tmp_path / "customers.csv"
    customers.write_text("number,emails,name,notes\nC-1,ann@example.com,Ann Peeters,paid by Bert Janssens\n")
    run("customers", "import", str(customers))
    run("staff", "add", KIM[1], "--role", "dpo")
    run("ingest", str(write_mail(tmp_path, ACCESS, "one", fresh())))
    (found,) = json.loads(run("cases", "list", "--json"))
    return str(found["reference"])


def test_words_are_left_out_and_put_back(run: Invoke, case: str) -> None:
    assert "field:notes" in run("dossiers", "texts", case, *KIM)
    why = ("--reason", "he asked not to be shown", *KIM)
    assert "copy them from the text" in run("dossiers", "leave-out", case, "field:notes", "Berta", *why, code=1)
    assert "the person's own messages stay whole" in run("dossiers", "leave-out", case, "nowhere", "Bert", *why, code=1)
    told = run("dossiers", "leave-out", case, "field:notes", "Bert Janssens", *why)
    assert "“Bert Janssens” stays out. Let the answer end as partly" in told
    (text,) = [one for one in json.loads(run("dossiers", "texts", case, *KIM, "--json")) if one["name"] == "notes"]
    assert text["text"] == "paid by Bert Janssens"
    (mark,) = text["left_out"]
    assert "he asked not to be shown" in run("dossiers", "texts", case, *KIM)
    run("dossiers", "put-back", case, mark["id"], *KIM)
    assert "there is no mark" in run("dossiers", "put-back", case, mark["id"], *KIM, code=1)


def test_a_file_goes_along_once_and_a_program_never(run: Invoke, case: str, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("order\n7\n")
    assert json.loads(run("dossiers", "add", case, str(orders), *KIM, "--json"))["name"] == "orders.csv"
    assert "is there already" in run("dossiers", "add", case, str(orders), *KIM, code=1)
    program = tmp_path / "run.exe"
    program.write_bytes(b"MZ")
    assert "add one of these kinds: pdf" in run("dossiers", "add", case, str(program), *KIM, code=2)
    assert "there is no file" in run("dossiers", "add", case, str(tmp_path / "none.pdf"), *KIM, code=2)
    assert "file orders.csv, 8 bytes" in run("dossiers", "texts", case, *KIM)
    assert "orders.csv does not go along any more" in run("dossiers", "remove", case, "orders.csv", *KIM)
