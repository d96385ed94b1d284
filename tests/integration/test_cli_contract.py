"""The shapes programs rely on: what each command prints, key by key, and what it exits with."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from email.utils import format_datetime, localtime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

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
BLAME = "You gave my address to another company without asking me. I complain about how you handled my data."
KIM = ("--as", "kim@nexioprojects.com")

CASE = ["id", "reference", "types", "language", "channel", "stage", "identity", "promise_due", "statutory_due"]
DRAFT = ["id", "case", "kind", "language", "channel", "to", "subject", "body", "status"]
READ = ["id", "labels", "confidence", "abstain", "language", "act", "flags", "scope", "evidence"]
INGESTED = ["file", "id", "disposition", "case", "received_at", "labels", "confidence", "error"]


def run(*words: str, given: str = "", code: int = 0) -> str:
    result = CliRunner().invoke(app, words, input=given)
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else " ".join(result.output.split())


def mail(ident: str, text: str = BLAME) -> str:
    return (
        "Authentication-Results: mx.nexioprojects.com; dmarc=pass header.from=example.com\n"
        f"Received: from out.example.com by mx.nexioprojects.com; {format_datetime(localtime())}\n"
        f"From: Ann Peeters <ann@example.com>\nTo: info@nexioprojects.com\nSubject: My data\n"
        f"Message-ID: <{ident}@example.com>\n\n{text}\n"
    )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migrated desk in the current folder: the settings' default place."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "intake.toml").write_text(CONFIG)
    run("migrate")
    return tmp_path


def test_an_empty_desk_prints_empty_arrays(desk: Path) -> None:
    for words in (("cases", "list"), ("drafts", "list"), ("outbox", "list"), ("suppressions", "list")):
        assert json.loads(run(*words, "--config", str(desk / "intake.toml"), "--json")) == []


def test_lists_hold_exactly_the_promised_keys(desk: Path) -> None:
    (desk / "two.eml").write_text(mail("two"))
    told = run("ingest", "two.eml", "-", given=mail("three"))
    assert [list(json.loads(line)) for line in told.splitlines()] == [INGESTED, INGESTED]
    cases = json.loads(run("cases", "list", "--json"))
    drafts = json.loads(run("drafts", "list", "--json"))
    assert {tuple(case) for case in cases} == {tuple(CASE)}
    assert {tuple(draft) for draft in drafts} == {tuple(DRAFT)}
    assert drafts[0]["case"] in {case["reference"] for case in cases}
    run("staff", "add", KIM[1], "--role", "dpo")  # complaints are the officer's own (Art. 38)
    changed = json.loads(run("drafts", "edit", drafts[0]["id"], *KIM, "--subject", "Yours", "--json"))
    assert (changed["case"], changed["subject"], changed["status"]) == (drafts[0]["case"], "Yours", "waiting")
    rejected = json.loads(run("drafts", "reject", drafts[0]["id"], *KIM, "--reason", "tone", "--json"))
    assert (rejected["case"], rejected["status"]) == (drafts[0]["case"], "rejected")
    again = json.loads(run("drafts", "again", drafts[0]["case"], *KIM, "--json"))
    assert {tuple(draft) for draft in again} == {tuple(DRAFT)}
    closed = json.loads(run("cases", "close", drafts[0]["case"], *KIM, "--reason", "settled", "--json"))
    assert (list(closed), closed["stage"]) == (CASE, "closed")


@pytest.mark.usefixtures("desk")
def test_one_mail_from_standard_input_is_one_object() -> None:
    (line,) = run("ingest", "-", given=mail("one")).splitlines()
    assert (json.loads(line)["file"], json.loads(line)["disposition"]) == ("-", "case")


def test_classify_keeps_its_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no settings here
    asked = [
        {"id": "a", "channel": "email", "subject": "Hi", "text": "Please delete all my data.", "labels": ["x"], "n": 1},
        {"id": "b", "channel": "chat", "subject": None, "text": "hm"},
        {"id": "c", "text": ""},
    ]
    given = "\ufeff" + "\n".join(json.dumps(one) for one in asked) + "\n\n"
    for words in (("classify",), ("classify", "-")):
        told = [json.loads(line) for line in run(*words, given=given).splitlines()]
        assert [list(one) for one in told] == [READ] * 3
        assert [one["id"] for one in told] == ["a", "b", "c"]
    first, _, vague = told
    assert (first["labels"], first["language"], first["act"]) == (["erasure"], "en", "request")
    assert all(set(one) == {"text", "label"} for one in first["evidence"])
    assert vague["abstain"]
    assert vague["labels"]  # the best guess all the same
    assert json.loads(run("classify", "--json", given=given)) == told


def test_only_reading_imports_the_reader() -> None:
    look = "import sys, bot.cli; sys.exit(bool({'spacy', 'numpy', 'sklearn'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("no json", "row 1: no JSON object"),
        ('{"text": "x"}\n["y"]', "row 2: no JSON object"),
        ('{"text": 5}', "row 1: text must be a string"),
    ],
)
def test_wrong_rows_are_named(given: str, says: str) -> None:
    assert says in run("classify", given=given, code=2)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('{"text": "x", "labels": ["followup"]}', "row 1: followup is no label of ours"),
        ('{"text": "x", "labels": "access"}', "row 1: labels must be a list"),
        ('{"text": "x"}', "row 1: has no labels"),
        ('{"text": "x", "labels": ["other"], "also_ok": 5}', "row 1: also_ok must be a list"),
        ("", "- holds no messages"),
    ],
)
def test_wrong_labels_are_named(row: str, says: str) -> None:
    assert says in run("evaluate", "-", given=row, code=2)


def test_a_second_reading_we_have_no_label_for_is_left_out() -> None:
    row = '{"id": "1", "text": "What are your opening hours?", "labels": ["other"], "also_ok": ["followup"]}'
    assert json.loads(run("evaluate", "-", "--json", given=row))["messages"] == 1


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("drafts", "show", "nope"), "`nexio-intake drafts list` shows them"),
        (("outbox", "retry", "nope", *KIM), "`nexio-intake outbox list` shows them"),
        (("messages", "adopt", "nope", "--right", "access", *KIM), "`nexio-intake messages list --kind KIND`"),
        (("messages", "release", "nope", *KIM), "`nexio-intake messages list --kind KIND`"),
        (("cases", "close", "nope", "--reason", "x", *KIM), "`nexio-intake cases list` shows them"),
        (("drafts", "again", "nope", *KIM), "`nexio-intake cases list` shows them"),
    ],
)
def test_an_unknown_name_says_where_to_look(words: tuple[str, ...], says: str) -> None:
    run("staff", "add", KIM[1], "--role", "approver")
    assert says in run(*words, code=1)


@pytest.mark.usefixtures("desk")
def test_an_ambiguous_beginning_is_told() -> None:
    run("ingest", "-", given=mail("one"))
    run("ingest", "-", given=mail("two").replace("ann@", "bob@"))
    one, two = (draft["id"] for draft in json.loads(run("drafts", "list", "--json")))
    shared = next(one[:length] for length in range(len(one), 0, -1) if two.startswith(one[:length]))
    assert f"several of the drafts begin with {shared}" in run("drafts", "show", shared, code=1)


@pytest.mark.parametrize(
    "words",
    [
        ("customers", "import", "FILE"),
        ("ingest", "FILE"),
        ("classify", "FILE"),
        ("evaluate", "FILE"),
        ("drafts", "edit", "x", *KIM, "--body", "FILE"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(desk: Path, words: tuple[str, ...]) -> None:
    (desk / "latin").write_bytes("number,name,emails\n1,Zoé,z@example.com\n".encode("latin-1"))
    for name, says in (("missing", "there is no file missing"), (".", ". can't be read: Is a directory")):
        assert says in run(*(name if word == "FILE" else word for word in words), code=2)
    if words[0] != "ingest":  # a raw mail may be in any encoding
        told = run(*("latin" if word == "FILE" else word for word in words), code=2)
        assert "is not UTF-8" in told or "row 1: no JSON object" in told


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("number;name;emails\n1;Ann;ann@example.com;\n", "has more cells than the header"),
        ('number,name,emails\n1,"Ann,ann@example.com\n', "look for a lone quotation mark"),
        ("", "the header lacks number, emails"),
    ],
)
def test_a_broken_table_is_told_by_line(desk: Path, table: str, says: str) -> None:
    (desk / "customers.csv").write_text(table)
    assert says in run("customers", "import", "customers.csv", code=1)


@pytest.mark.usefixtures("desk")
def test_whoever_sends_asks_first_and_what_cannot_be_read_is_blocked() -> None:
    run("staff", "add", KIM[1], "--role", "approver")
    added = run("suppressions", "add", "Ann@Example.com", "--scope", "email", "--reason", "rang", *KIM, "--json")
    assert json.loads(added) == [{"channel": "email", "value": "ann@example.com", "scope": "email"}]
    given = "ann@example.com\nbea@example.com\n"
    assert run("suppressions", "check", "-", "--scope", "email", given=given) == (
        "blocked\tann@example.com\nallowed\tbea@example.com\n"
    )
    ann, bea = json.loads(run("suppressions", "check", "-", "--scope", "email", "--json", given=given))
    assert (list(ann), ann["allowed"], ann["by"]) == (["recipient", "allowed", "by", "since"], False, "email")
    assert (bea["allowed"], bea["by"], bea["since"]) == (True, "", "")
    assert "'Ann' is no address, number or account; it is blocked" in run(
        "suppressions", "check", "-", "--scope", "email", given="Ann\n", code=1
    )
    assert "a mailing is of one kind" in run("suppressions", "check", "-", "--scope", "all", given=given, code=2)
    assert "Missing option '--reason'" in run(
        "suppressions", "lift", "ann@example.com", "--scope", "email", *KIM, code=2
    )
    run("suppressions", "lift", "ann@example.com", "--scope", "email", "--reason", "signed up again", *KIM)
    assert json.loads(run("suppressions", "list", "--json")) == []
    everything = ("suppressions", "add", "ann@example.com", "--reason", "rang", *KIM)
    assert [run(*everything), run(*everything)] == [
        "ann@example.com gets no mailings any more.\n",
        "That was stopped already: ann@example.com gets no mailings.\n",
    ]
    lifted = run("suppressions", "lift", "ann@example.com", "--scope", "all", "--reason", "signed up again", *KIM)
    assert lifted == "ann@example.com may get mailings again.\n"


@pytest.mark.rule(40)
def test_a_mailing_gets_its_headers_of_one_click_only_over_https(desk: Path) -> None:
    """RFC 8058 4: the company's mailer signs; whoever takes the headers is told to sign both."""
    assert "DKIM signature covers both" in " ".join(run("suppressions", "links", "--help").replace("│", "").split())
    given = "ann@example.com\n+31612345678\n"
    assert "set company.public_url to our https address" in run("suppressions", "links", "-", given=given, code=1)
    (desk / "intake.toml").write_text(CONFIG.replace("[storage]", 'public_url = "https://desk.example"\n[storage]'))
    told = json.loads(run("suppressions", "links", "-", "--json", given=given))
    assert [list(one) for one in told] == [["recipient", "List-Unsubscribe", "List-Unsubscribe-Post"]] * 2
    assert told[0]["List-Unsubscribe"].startswith("<https://desk.example/unsubscribe/")
    assert "ann" not in told[0]["List-Unsubscribe"]
    assert "'Ann' is no e-mail address" in run("suppressions", "links", "-", given="Ann\n", code=2)


@pytest.mark.usefixtures("desk")
def test_a_package_is_refused_where_nobody_was_proven_and_says_why() -> None:
    case = json.loads(run("ingest", "-", given=mail("one")).splitlines()[0])["case"]
    run("staff", "add", KIM[1], "--role", "dpo")
    assert "somebody has to be proven first" in run("dossiers", "make", case, *KIM, code=1)
    assert json.loads(run("dossiers", "list", case, *KIM, "--json")) == []


@pytest.mark.usefixtures("desk")
def test_files_to_send_are_written_over_nothing_and_of_no_other_task(tmp_path: Path) -> None:
    run("staff", "add", KIM[1], "--role", "approver")
    out = tmp_path / "files.zip"
    assert "none of the tasks begins" in run("tasks", "files", "nothing", str(out), *KIM, code=1)
    out.touch()
    assert "exists already" in run("tasks", "files", "nothing", str(out), *KIM, code=2)
    assert not out.read_bytes()


@pytest.mark.usefixtures("desk")
def test_a_hold_is_the_officers_and_a_dry_run_tells_what_would_go() -> None:
    case = json.loads(run("ingest", "-", given=mail("one")).splitlines()[0])["case"]
    assert "for the role dpo" in run("retention", "hold", case, "--reason", "a dispute", *KIM, code=1)
    run("staff", "add", KIM[1], "--role", "dpo")
    held = json.loads(run("retention", "hold", case, "--reason", "a dispute", *KIM, "--json"))
    assert (list(held), held["id"]) == (CASE, case)
    assert json.loads(run("cases", "show", case, *KIM, "--json"))["hold"] == "a dispute"
    run("retention", "release", case, "--reason", "settled", *KIM)
    assert "nothing holds case" in run("retention", "release", case, "--reason", "again", *KIM, code=1)
    assert json.loads(run("retention", "run", "--dry-run", "--json")) == {"dry_run": True, "fates": []}
    assert "Nothing is past its end." in run("retention", "run")
    assert json.loads(run("retention", "counts", "--json")) == []


@pytest.mark.usefixtures("desk")
def test_a_telephone_number_nobody_could_dial_is_a_bad_row() -> None:
    table = "number,emails,phones\n1,ann@example.com,06 12345678\n2,bea@example.com,tel. 12\n"
    told = run("customers", "import", "-", "--dry-run", given=table, code=1)
    assert "-:3: 'tel. 12' is no telephone number" in told
    assert "It would be: 1 added" in told


def test_customers_come_from_a_view_that_the_settings_name(desk: Path) -> None:
    assert "there is no [customers] section" in run("customers", "sync", code=1)
    with closing(sqlite3.connect(desk / "crm.db")) as crm:
        crm.executescript(
            "CREATE TABLE desk (number TEXT, emails TEXT); INSERT INTO desk VALUES ('1', 'ann@example.com');"
        )
    (desk / "crm").write_text(f"sqlite:///{desk / 'crm.db'}\n")
    section = '[customers]\nurl_file = "crm"\nview = "desk"\n[storage]'
    (desk / "intake.toml").write_text(CONFIG.replace("[storage]", section))
    assert "It would be: 1 added" in run("customers", "sync", "--dry-run")
    assert json.loads(run("customers", "sync", "--json"))["added"] == 1


@pytest.mark.usefixtures("desk")
def test_a_table_with_semicolons_is_read() -> None:
    table = 'number;name;emails\n1;Ann;"ann@example.com; ann@work.example"\n'
    told = json.loads(run("customers", "import", "-", "--json", given=table))
    assert (told["added"], told["problems"]) == (1, [])


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("address", ["kim", "@", "kim@", "a b@c.org", "<kim@x.org>", ""])
def test_half_an_address_makes_no_colleague(address: str) -> None:
    assert "is no e-mail address" in run("staff", "add", address, "--role", "approver", code=2)


def test_mail_is_refused_before_any_is_stored(desk: Path) -> None:
    (desk / "good.eml").write_text(mail("good"))
    (desk / "empty.eml").write_text("")
    assert "empty.eml is empty" in run("ingest", "good.eml", "empty.eml", code=2)
    assert "still to come" in run("ingest", "good.eml", "--received", "2999-01-01", code=2)
    assert json.loads(run("cases", "list", "--json")) == []


def test_a_database_without_tables_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "intake.toml").write_text(CONFIG)
    for words in (("drafts", "list"), ("ingest", "-"), ("serve",), ("audit", "verify")):
        assert "run `nexio-intake migrate`" in run(*words, given=mail("one"), code=1)


@pytest.mark.parametrize(
    ("was", "is_now", "says"),
    [
        ("sqlite:///intake.db", "mysql://x", "storage.url: mysql is not supported; write sqlite:///"),
        ("sqlite:///intake.db", "intake.db", "storage.url: write sqlite:///"),
        ("sqlite:///intake.db", "sqlite:///:memory:", "storage.url: SQLite needs a file"),
        ("sqlite:///intake.db", "sqlite:////proc/no/intake.db", "can't be made or opened"),
        ("[company]", "base = '/'\n[company]", "base: is no setting of ours"),
        ('name = "info"', 'name = "info"\nfolders = ["A"]\ndone_folder = "A"', "name another done_folder"),
        ('name = "Nexio Projects"', 'name = "N"\ndata_dir = "/proc/no"', "company.data_dir: /proc/no can't be made"),
        ("info@nexioprojects.com", "info", "company.contact: 'info' is no e-mail address"),
        ("[storage]", "[console]\nlisten = '127.0.0.1:99999'\n[storage]", "write host:port"),
        ("[storage]", "[staff]\nnotify = ['dpo']\n[storage]", "staff.notify.0: 'dpo' is no e-mail address"),
        ("[[mailbox]]", "[[mailbox]]\nname='info'\nhost='x'\nport=1\n[[mailbox]]", "two are named 'info'"),
    ],
)
def test_settings_that_cannot_be_used_are_told(desk: Path, was: str, is_now: str, says: str) -> None:
    (desk / "intake.toml").write_text(CONFIG.replace(was, is_now))
    assert says in run("migrate", code=1)


@pytest.mark.usefixtures("desk")
def test_a_variable_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXIO_STAFF__NOTIFY", "kim@nexioprojects.com")
    assert "is written as JSON" in run("cases", "list", code=1)


@pytest.mark.usefixtures("desk")
def test_a_variable_that_names_no_section_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXIO_REPLY__MODE", "observe")  # it is [replies]
    assert "NEXIO_REPLY__MODE is no setting of ours" in run("cases", "list", code=1)


def test_looking_and_deciding_need_no_passwords(desk: Path) -> None:
    (desk / "intake.toml").write_text(CONFIG.replace('tls = "none"', 'tls = "none"\npassword_file = "secrets/imap"'))
    assert json.loads(run("cases", "list", "--json")) == []
    run("staff", "add", KIM[1], "--role", "approver")
    assert "secrets/imap can't be read" in run("serve", code=1)
