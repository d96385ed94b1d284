"""The commands a colleague and an installer type: what they print, and what they say when something is wrong."""

import json
import re
from collections.abc import Callable
from email.utils import format_datetime, localtime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

Invoke = Callable[..., str]

CONFIG = """
[company]
name = "Nexio Projects"
contact = "info@nexioprojects.com"
country = "NL"
timezone = "Europe/Amsterdam"
domains = ["nexioprojects.com"]

[storage]
url = "sqlite:///intake.db"

[[mailbox]]
name = "info"
host = "127.0.0.1"
port = 1
tls = "none"
authserv_id = "mx.nexioprojects.com"
"""

MAIL = """\
Authentication-Results: mx.nexioprojects.com; dmarc=pass header.from=example.com
Received: from out.example.com by mx.nexioprojects.com; {date}
From: Ann Peeters <ann@example.com>
To: info@nexioprojects.com
Subject: My data
Message-ID: <{ident}@example.com>

{text}
"""

ACCESS = "Hello, please send me a copy of all the personal data you hold about me. Ann Peeters"
COMPLAINT = "You gave my address to another company without asking me. I complain about how you handled my data."
STOP = "Please unsubscribe me from your newsletter, I do not want these e-mails any more."


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "intake.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def run(config: Path) -> Invoke:
    runner = CliRunner()

    def invoke(*words: str, code: int = 0, settings: bool = True) -> str:
        options = ["--config", str(config)] if settings else []
        result = runner.invoke(app, [*words, *options])
        assert result.exit_code == code, result.output + result.stderr
        return result.stdout if code == 0 else result.output

    invoke("migrate")
    return invoke


def write_mail(folder: Path, text: str, ident: str, date: str) -> Path:
    path = folder / f"{ident}.eml"
    path.write_text(MAIL.format(text=text, ident=ident, date=date))
    return path


def fresh() -> str:

    return format_datetime(localtime())


def test_a_mail_becomes_a_case_a_question_and_a_row(run: Invoke, tmp_path: Path) -> None:
    told = json.loads(run("ingest", str(write_mail(tmp_path, ACCESS, "one", fresh()))))
    assert (told["disposition"], told["labels"]) == ("case", ["access"])
    (case,) = json.loads(run("cases", "list", "--json"))
    assert (case["types"], case["language"], case["channel"], case["stage"]) == (["access"], "en", "email", "verifying")
    (outgoing,) = json.loads(run("outbox", "list", "--json"))
    assert (outgoing["kind"], outgoing["to"], outgoing["state"]) == ("identity_question", "ann@example.com", "queued")
    shown = json.loads(run("cases", "show", case["reference"], "--json"))
    assert shown["messages"][0]["text"].startswith("Hello")
    assert "ann@example.com" in run("cases", "show", case["reference"].lower())


def test_the_same_file_twice_is_one_message(run: Invoke, tmp_path: Path) -> None:
    path = write_mail(tmp_path, ACCESS, "one", fresh())
    first, second = (json.loads(run("ingest", str(path))) for _ in range(2))
    assert first["id"] == second["id"]
    assert len(json.loads(run("cases", "list", "--json"))) == 1


def test_old_mail_is_read_and_never_answered_by_itself(run: Invoke, tmp_path: Path) -> None:
    run("ingest", str(write_mail(tmp_path, ACCESS, "old", "Mon, 5 Jan 2026 09:00:00 +0100")))
    (case,) = json.loads(run("cases", "list", "--json"))
    assert (case["stage"], case["statutory_due"]) == ("review", "2026-02-05")
    assert json.loads(run("outbox", "list", "--json")) == []


def test_mail_before_a_date_can_be_left_out(run: Invoke, tmp_path: Path) -> None:
    path = write_mail(tmp_path, ACCESS, "old", "Mon, 5 Jan 2026 09:00:00 +0100")
    assert json.loads(run("ingest", "--since", "2026-02-01", str(path)))["disposition"] == "skipped"
    assert json.loads(run("cases", "list", "--json")) == []


def test_a_colleague_takes_more_time_and_starts_and_ends_the_72_hours(run: Invoke, tmp_path: Path) -> None:
    """Art. 12(3) and 33: the commands draft and record; nothing leaves by them."""
    run("ingest", str(write_mail(tmp_path, ACCESS, "one", fresh())))
    run("staff", "add", "kim@nexioprojects.com", "--role", "approver")
    (case,) = json.loads(run("cases", "list", "--json"))
    told = ("--as", "kim@nexioprojects.com")
    extend = ("cases", "extend", case["reference"], "--item", "access", "--reason")
    drafted = json.loads(run(*extend, "redaction", *told, "--json"))
    assert "We need more time" in drafted["body"]
    assert "no open erasure" in run(*extend[:4], "erasure", *extend[5:], "volume", *told, code=1)
    assert "busy" in run(*extend, "busy", *told, code=2)
    breach = ("cases", "breach", case["reference"], "--reason", "sent to another Ann")
    assert "The 72 hours run since" in run(*breach, *told)
    assert "No alarm rings any more" in run(*breach, "--assessed", *told)
    shown = json.loads(run("cases", "show", case["reference"], "--json"))
    (item,) = shown["items"]
    assert item["promise_to_keep_by"] <= item["promise_due"] < item["statutory_due"]
    assert item["extended_until"] is None
    assert {"extension_drafted", "breach_seen", "breach_assessed"} <= {link["event"] for link in shown["history"]}


def test_a_colleague_chooses_how_an_item_ends(run: Invoke, tmp_path: Path) -> None:
    """`drafts outcome` redrafts with the right words; what it can't read, it explains."""
    run("ingest", str(write_mail(tmp_path, COMPLAINT, "one", fresh())))
    run("staff", "add", "kim@nexioprojects.com", "--role", "dpo")
    (draft,) = json.loads(run("drafts", "list", "--as", "kim@nexioprojects.com", "--json"))
    choose = ("drafts", "outcome", draft["id"])
    told = ("--as", "kim@nexioprojects.com")
    (anew,) = json.loads(run(*choose, "complaint=refused", *told, "--json"))
    assert anew["case"] == draft["case"]
    assert "did not find that your data was handled wrongly" in anew["body"]
    assert "complaint can't be fee" in run("drafts", "outcome", anew["id"], "complaint=fee", *told, code=1)
    assert "cases extend" in run("drafts", "outcome", anew["id"], "complaint=extended", *told, code=2)
    assert "ITEM=OUTCOME" in run("drafts", "outcome", anew["id"], "no", *told, code=2)


def test_the_record_of_processing_goes_out_is_completed_and_comes_back(run: Invoke, tmp_path: Path) -> None:
    """Art. 30 and law.md rule 21: what the policy does not say is to confirm, and doctor says so."""
    assert "to confirm: basis, kept, recipients, transfers, automated of usage, orders" in run("doctor", code=1)
    file = tmp_path / "record.csv"
    header, *rows = run("register", "export").splitlines()
    file.write_text("\n".join([header, rows[0].replace("usage,", "Usage,", 1)]))
    assert "needs a category" in run("register", "import", str(file), code=1)
    confirmed = "category,name_en,basis_en,kept_en,recipients,transfers_en,automated_en,confirmed_by,confirmed_on\n"
    file.write_text(confirmed + "orders,Orders,contract,ten years,Post Ltd,none,none,dpo@example.org,2026-03-01\n")
    assert "1 would be added" in run("register", "import", "--dry-run", str(file))
    assert len(json.loads(run("register", "show", "--json"))) == 13
    assert "1 added, 0 changed, 0 removed" in run("register", "import", str(file))
    row, *ours = json.loads(run("register", "show", "--json"))
    assert [(one["category"], "kept" in one["to_confirm"]) for one in ours] == [("opt_outs", True), ("requests", True)]
    assert "of opt_outs, requests" in run("doctor", code=1)  # what this desk keeps itself is to confirm too
    assert row == {"category": "orders", "confirmed_by": "dpo@example.org", "sensitive": False, "to_confirm": []}
    rest = "none,none,none,dpo@example.org,2026-03-01\n"
    with file.open("a") as record:
        record.write(f"opt_outs,Opt-outs,duty,until you take them back,{rest}requests,Requests,duty,five years,{rest}")
    assert "2 added, 0 changed, 0 removed" in run("register", "import", str(file))
    assert "all confirmed (3 entries)" in run("doctor", code=1)


def test_an_opt_out_can_be_exported(run: Invoke, tmp_path: Path) -> None:
    run("ingest", str(write_mail(tmp_path, STOP, "stop", fresh())))
    listed = json.loads(run("suppressions", "list", "--json"))
    assert [(one["value"], one["scope"]) for one in listed] == [("ann@example.com", "email")]
    assert '"email","ann@example.com","email"' in run("suppressions", "export")


def test_a_draft_is_edited_and_approved_by_colleagues_only(run: Invoke, tmp_path: Path) -> None:
    run("ingest", str(write_mail(tmp_path, COMPLAINT, "blame", fresh())))
    (draft,) = json.loads(run("drafts", "list", "--json"))
    assert "ask an administrator" in run("drafts", "approve", draft["id"], "--as", "kim@nexioprojects.com", code=1)
    assert "is no e-mail address" in " ".join(run("staff", "add", "kim", "--role", "approver", code=2).split())
    run("staff", "add", "kim@nexioprojects.com", "--role", "dpo")
    (draft,) = json.loads(run("drafts", "list", "--json", "--as", "kim@nexioprojects.com"))
    assert "fill" in run("drafts", "approve", draft["id"], "--as", "kim@nexioprojects.com", code=1)
    text = tmp_path / "answer.txt"
    text.write_text(draft["body"][: draft["body"].index("⟦")] + "we stopped it.\n")
    run("drafts", "edit", draft["id"][:14], "--as", "kim@nexioprojects.com", "--body", str(text))
    told = run("drafts", "show", draft["id"], "--as", "kim@nexioprojects.com")
    assert "we stopped it." in told
    assert "nobody yet" in told


def test_what_keeps_a_draft_back_is_shown_before_anybody_tries(run: Invoke, tmp_path: Path) -> None:
    """What only the case tells, too: nobody has proven to be whom the letter names."""
    customers, letter, kim = tmp_path / "customers.csv", tmp_path / "answer.txt", ("--as", "kim@nexioprojects.com")
    customers.write_text("number,name,emails,street\nC-7,Ann Peeters,ann@example.com,Canary Lane 7\n")
    run("customers", "import", str(customers))
    run("staff", "add", "kim@nexioprojects.com", "--role", "dpo")
    run("ingest", str(write_mail(tmp_path, COMPLAINT, "blame", fresh())))
    (draft,) = json.loads(run("drafts", "list", "--json", *kim))
    letter.write_text(draft["body"][: draft["body"].index("⟦")] + "we deliver to Canary Lane 7.\n")
    run("drafts", "edit", draft["id"], "--body", str(letter), *kim)
    assert "in the way: something we hold on record stands in this letter" in run("drafts", "show", draft["id"], *kim)
    assert "ask for a proof first" in run("drafts", "approve", draft["id"], *kim, code=1)


def test_the_officers_lane_is_closed_to_others_and_says_why(run: Invoke, tmp_path: Path) -> None:
    run("staff", "add", "kim@nexioprojects.com", "--role", "dpo")
    run("staff", "add", "max@nexioprojects.com", "--role", "approver")
    run("ingest", str(write_mail(tmp_path, COMPLAINT, "blame", fresh())))
    (draft,) = json.loads(run("drafts", "list", "--json"))
    assert (draft["to"], draft["body"]) == ("", "")
    assert "ann@example.com" not in run("outbox", "list", "--json")
    for colleague, sees in (("kim@nexioprojects.com", True), ("max@nexioprojects.com", False)):
        listed = run("outbox", "list", "--json", "--as", colleague)
        assert ("ann@example.com" in listed) is sees
    reference = draft["case"]
    assert "--as EMAIL" in run("cases", "show", reference, code=1)
    assert "--as EMAIL" in run("drafts", "show", draft["id"], code=1)
    assert "lies in the dpo lane" in run("cases", "show", reference, "--as", "max@nexioprojects.com", code=1)
    assert "lies in the dpo lane" in run("drafts", "edit", draft["id"], "--as", "max@nexioprojects.com", code=1)
    assert json.loads(run("drafts", "list", "--json", "--as", "max@nexioprojects.com")) == []
    assert json.loads(run("cases", "list", "--json", "--as", "max@nexioprojects.com")) == []
    assert "ann@example.com" in run("cases", "show", reference, "--as", "kim@nexioprojects.com")
    run("staff", "add", "lee@nexioprojects.com", "--role", "dpo")
    run("cases", "conflict", reference, "--colleague", "kim@nexioprojects.com", "--as", "lee@nexioprojects.com")
    told = run("cases", "show", reference, "--as", "kim@nexioprojects.com", code=1)
    assert "is about kim@nexioprojects.com" in told
    assert "kept from: kim@nexioprojects.com" in run("cases", "show", reference, "--as", "lee@nexioprojects.com")


def test_a_colleague_corrects_a_reading_and_exports_what_was_learnt(run: Invoke, tmp_path: Path) -> None:
    run("staff", "add", "kim@nexioprojects.com", "--role", "approver")
    run("ingest", str(write_mail(tmp_path, ACCESS, "one", fresh())))
    (case,) = json.loads(run("cases", "list", "--json"))
    told = run("cases", "classify", case["reference"], "erasure", "objection", "--as", "kim@nexioprojects.com")
    assert f"Case {case['reference']} is about erasure, objection now." in told
    (case,) = json.loads(run("cases", "list", "--json"))
    assert case["types"] == ["erasure", "objection"]
    assert "access: merged" in run("cases", "show", case["reference"])
    learnt = json.loads(run("corrections", "export", "--as", "kim@nexioprojects.com"))
    assert (learnt["read"], learnt["labels"]) == (["access"], ["erasure", "objection"])
    assert learnt["text"].startswith("Hello")
    assert run("corrections", "export", "--as", "eve@example.net") == ""


def test_a_rejected_draft_can_be_drafted_again(run: Invoke, tmp_path: Path) -> None:
    run("staff", "add", "kim@nexioprojects.com", "--role", "dpo")
    run("ingest", str(write_mail(tmp_path, COMPLAINT, "blame", fresh())))
    (draft,) = json.loads(run("drafts", "list", "--json"))
    run("drafts", "reject", draft["id"], "--as", "kim@nexioprojects.com", "--reason", "wrong tone")
    assert json.loads(run("drafts", "list", "--json")) == []
    run("drafts", "again", draft["case"], "--as", "kim@nexioprojects.com")
    assert len(json.loads(run("drafts", "list", "--json"))) == 1


def test_the_outbox_says_what_can_be_done(run: Invoke, config: Path, tmp_path: Path) -> None:
    run("ingest", str(write_mail(tmp_path, ACCESS, "one", fresh())))
    (question,) = json.loads(run("outbox", "list", "--json"))
    who = ("--as", "kim@nexioprojects.com")
    assert "role approver or dpo" in run("outbox", "retry", question["id"], *who, code=1)
    run("staff", "add", "kim@nexioprojects.com", "--role", "approver")
    assert "Queued" in run("outbox", "retry", question["id"], *who)
    assert "only an uncertain one can be settled" in run("outbox", "settle", question["id"], "--arrived", *who, code=1)
    assert "--arrived" in run("outbox", "settle", question["id"], *who, code=2)
    config.write_text(CONFIG + '[replies]\nmode = "observe"\n')
    assert "only observes" in " ".join(run("outbox", "retry", question["id"], *who, code=1).split())
    (case,) = json.loads(run("cases", "list", "--json"))
    assert "waits for approval" in run("cases", "ask", case["reference"], *who)
    assert [draft["kind"] for draft in json.loads(run("drafts", "list", "--json"))] == ["identity_question"]


def test_customers_are_imported_and_bad_rows_named(run: Invoke, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(
        "number,name,emails,language,city\n1,Ann,ann@example.com,en,Ghent\n2,Bob,not-an-address,,\n1,X,x@example.com,,\n"
    )
    told = run("customers", "import", str(path), "--dry-run", code=1)
    assert "It would be: 1 added, 0 changed, 0 as before" in told
    assert f"{path}:3: 'not-an-address' is no e-mail address" in told
    assert f"{path}:4: repeats the number 1" in told
    assert "1 added, 0 changed" in run("customers", "import", str(path), code=1)
    path.write_text("number,name,emails\n1,Ann,ann@example.com\n")
    assert "0 added, 1 changed, 0 as before" in run("customers", "import", str(path))
    assert "0 added, 0 changed, 1 as before" in run("customers", "import", str(path))
    path.write_text("number,name,emails\n" + "".join(f"{n},Ann,ann{n}@example.com\n" for n in range(10, 35)))
    run("customers", "import", str(path))
    path.write_text("number,name,emails\n10,Ann,ann10@example.com\n")
    told = " ".join(run("customers", "import", str(path)).split())
    assert "kept until you erase them (`customers erase`): 1, 11, 12," in told
    assert "29 and 5 more." in told
    assert json.loads(run("customers", "import", str(path), "--dry-run", "--json"))["absent"] == 25
    path.write_bytes("number,name,emails\n1,Zoé,z@example.com\n".encode("latin-1"))
    assert 'as "CSV UTF-8"' in " ".join(run("customers", "import", str(path), code=2).split())
    path.write_text("name\nAnn\n")
    assert "the header lacks number, emails" in run("customers", "import", str(path), code=1)


def test_the_doctor_says_what_to_do(run: Invoke) -> None:
    told = run("doctor", code=1)
    assert "MEND  smtp_out: no way out for mail: add [smtp_out]" in told
    assert "mailbox info: nobody answers on this host and port" in told
    assert "look  staff.notify" in told
    assert "nexio-intake staff add EMAIL --role approver" in told


def test_the_history_is_verified(run: Invoke, tmp_path: Path) -> None:
    run("ingest", str(write_mail(tmp_path, ACCESS, "one", fresh())))
    assert "The history is whole." in run("audit", "verify")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("[company]", "[compani]"), "company: is missing"),
        (('country = "NL"', 'country = "XX"'), "no public holidays are known for XX"),
        (('timezone = "Europe/Amsterdam"', 'timezone = "Mars"'), "write one such as Europe/Amsterdam"),
        (('name = "info"', 'name = "info"\nfoo = 1'), "is no setting of ours; check the spelling"),
        (('host = "127.0.0.1"', 'host = "imap.example.com"'), 'needs "tls" or "starttls"'),
        (("[storage]", '[replies]\nauto_send = ["answer"]\n[storage]'), "may never leave without a colleague"),
        (
            ("[storage]", '[replies]\nauto_send = ["remindr"]\n[storage]'),
            "no message called remindr; there are acknowledgement, clarification, holding, identity_question",
        ),
        (("[company]", "company]"), "can't be read"),
    ],
)
def test_bad_settings_are_told_in_words(run: Invoke, config: Path, change: tuple[str, str], says: str) -> None:
    config.write_text(CONFIG.replace(*change))
    told = run("cases", "list", code=1)
    assert says in " ".join(told.split())
    assert "Traceback" not in told


def test_missing_things_are_told_in_words(run: Invoke, config: Path) -> None:
    assert "cases list` shows them" in run("cases", "show", "NX-0000-0000", code=1)
    config.unlink()
    assert "copy docs/intake.example.toml" in run("cases", "list", code=1)


def test_a_database_of_another_version_is_told(config: Path) -> None:
    result = CliRunner().invoke(app, ["cases", "list", "--config", str(config)])
    assert result.exit_code == 1
    assert "run `nexio-intake migrate`" in " ".join(result.output.split())


def test_classify_needs_no_settings(run: Invoke, tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(json.dumps({"id": "a", "channel": "email", "subject": "", "text": ACCESS, "extra": 1}) + "\n")
    told = json.loads(run("classify", str(path), settings=False))
    assert (told["id"], told["labels"], told["language"], told["act"]) == ("a", ["access"], "en", "request")


def test_the_letters_keep_the_rules(run: Invoke) -> None:
    assert "Every letter keeps the rules." in run("templates", "check", settings=False)


def test_a_colleague_is_invited_by_a_link(run: Invoke) -> None:
    told = run("staff", "invite", "kim@nexioprojects.com", "--role", "dpo", "--role", "hr")
    assert "it works once" in told
    link = told.split()[-1]
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/welcome/[\w-]{43}", link), link
    assert "write the whole one, such as kim@example.com" in run("staff", "invite", "kim", "--role", "dpo", code=2)


def test_colleagues_are_listed_and_lose_their_roles(run: Invoke) -> None:
    assert "kim@nexioprojects.com has no role here" in run("staff", "remove", "kim@nexioprojects.com", code=1)
    for role in ("dpo", "hr"):
        run("staff", "add", "kim@nexioprojects.com", "--role", role)
    assert run("staff", "list").split() == ["kim@nexioprojects.com", "dpo,", "hr", "(no", "account)"]
    assert "is dpo." in run("staff", "remove", "kim@nexioprojects.com", "--role", "hr")
    told = json.loads(run("staff", "remove", "kim@nexioprojects.com", "--json"))
    assert told == {"email": "kim@nexioprojects.com", "roles": []}
    assert json.loads(run("staff", "list", "--json")) == []
    run("staff", "add", "ada@nexioprojects.com", "--role", "administrator")
    assert "Somebody has to stay administrator" in run("staff", "remove", "ada@nexioprojects.com", code=1)
