"""What has to be done before a letter may say so, as it is typed."""

import json
from pathlib import Path

import pytest

from tests.integration.test_cli import CONFIG, Invoke, config, fresh, run, write_mail

__all__ = ["config", "run"]
KIM = ("--as", "kim@nexioprojects.com")
ERASE = "Please erase all my personal data."
OTHERS = """
[[system]]
name = "shop"
owner = "it@nexioprojects.com"
keeps = "invoices, 7 years"

[[recipient]]
name = "Brevo SAS"
contact = "privacy@brevo.example"
language = "fr"
"""


@pytest.fixture
def case(run: Invoke, config: Path, tmp_path: Path) -> str:
    """Let somebody ask for an erasure where a system and a recipient are named."""
    config.write_text(CONFIG + OTHERS)
    customers = tmp_path / "customers.csv"
    customers.write_text("number,emails,name\nC-1,ann@example.com,Ann Peeters\n")
    run("customers", "import", str(customers))
    run("staff", "add", KIM[1], "--role", "dpo")
    run("ingest", str(write_mail(tmp_path, ERASE, "one", fresh())))
    (found,) = json.loads(run("cases", "list", "--json"))
    (question,) = json.loads(run("outbox", "list", "--json"))
    assert question["kind"] == "identity_question"
    return str(found["reference"])


def test_what_an_erasure_would_do_is_told_before_anybody_does_it(run: Invoke, case: str) -> None:
    told = run("tasks", "rehearse", case, *KIM)
    assert "goes  shop: a colleague erases it there and marks the task (it@nexioprojects.com)" in told
    assert "stays  shop: the settings say what is kept there and why (invoices, 7 years)" in told
    shown = json.loads(run("tasks", "rehearse", case, *KIM, "--json"))
    assert {line["fate"] for line in shown["foreseen"]} == {"goes", "stays"}
    assert shown["tasks"] == []  # nobody has proven to be the person yet


def test_nothing_is_left_to_do_before_somebody_was_proven(run: Invoke, case: str) -> None:
    assert case.startswith("NX-")
    assert json.loads(run("tasks", "list", *KIM, "--json")) == []
    assert "Nothing is left to do" in run("tasks", "list", "--mine", *KIM)
    assert "`nexio-intake tasks list` shows them" in run("tasks", "done", "0123", *KIM, code=1)
    assert "Missing option '--reason'" in run("tasks", "except", "0123", *KIM, code=2)


def test_a_task_is_marked_and_its_notice_waits_for_a_yes(run: Invoke, case: str) -> None:
    run("cases", "classify", case, "rectification", *KIM)
    shop, brevo = json.loads(run("tasks", "list", *KIM, "--json"))
    assert (shop["name"], shop["owner"], brevo["name"]) == ("shop", "it@nexioprojects.com", "Brevo SAS")
    assert "Nothing is left" in run("tasks", "list", "--mine", *KIM)
    (answer,) = json.loads(run("drafts", "list", "--json"))
    shown = run("drafts", "approve", answer["id"], *KIM, code=1)
    assert "not done yet, and not excepted either: shop, Brevo SAS" in shown
    assert "rectification, shop: done by kim@nexioprojects.com: her name" in run(
        "tasks", "done", shop["id"], "--note", "her name", *KIM
    )
    drafts = {draft["kind"]: draft["to"] for draft in json.loads(run("drafts", "list", "--json"))}
    assert drafts["recipient_notice"] == "privacy@brevo.example"
    left = run("tasks", "except", brevo["id"], "--reason", "never had her name", *KIM)
    assert "rectification, tell Brevo SAS: left out by kim@nexioprojects.com: never had her name" in left
    assert "recipient_notice" not in {draft["kind"] for draft in json.loads(run("drafts", "list", "--json"))}
    run("tasks", "undo", shop["id"], *KIM)
    assert [task["name"] for task in json.loads(run("tasks", "list", *KIM, "--json"))] == ["shop"]


def test_two_systems_of_one_name_are_refused(run: Invoke, config: Path) -> None:
    config.write_text(CONFIG + OTHERS + OTHERS)
    assert "two are named 'shop'" in run("tasks", "list", *KIM, code=1)
    config.write_text(CONFIG + OTHERS.replace("privacy@brevo.example", "brevo"))
    assert "is no e-mail address" in run("tasks", "list", *KIM, code=1)
