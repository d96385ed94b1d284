"""What a newcomer reads: lists on a narrow screen, help of every command, and a README that tells the program's own."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.common import print_table

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "docs" / "intake.example.toml"]
MAIN: Any = typer.main.get_command(app)
OWN_FORMAT = {("corrections", "export"), ("register", "export")}

CONFIG = """
[company]
name = "Nexio Projects"
contact = "info@nexioprojects.com"
country = "NL"
timezone = "Europe/Amsterdam"
domains = ["nexioprojects.com"]

[storage]
url = "sqlite:///intake.db"
"""


def leaves(command: Any = MAIN, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command that does something, with the words it is called by."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, one in inner.items():
        yield from leaves(one, (*path, name))


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "intake.toml").write_text(CONFIG)
    run("migrate")


def test_every_command_explains_itself() -> None:
    assert "Exit codes: 0 done; 1" in run("--help")
    for words, _ in leaves():
        told = run(*words, "--help")
        assert "--config" in told or words[0] in {"train", "demo", "templates"}, words
        assert "--json" in told or words in OWN_FORMAT or words[0] in {"serve", "demo"}, words


def test_the_readme_lists_every_command_and_no_other() -> None:
    table = (ROOT / "README.md").read_text().partition("| command |")[2].partition("\n\n")[0]
    groups = {words[0] for words, _ in leaves() if len(words) > 1}
    listed: list[tuple[str, ...]] = []
    for cell in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE):
        first, *names = re.findall(r"[a-z-]+", cell)
        listed += [(first, name) for name in names] if first in groups else [(name,) for name in (first, *names)]
    assert sorted(listed) == sorted(words for words, _ in leaves())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_tells_to_type_can_be_typed(page: Path) -> None:
    known = dict(leaves())
    told = re.findall(r"nexio-intake ((?:[^`#\n]|\n(?=[^`\n]*`))+)", page.read_text())
    for line in told:
        words = shlex.split(line.replace("'", ""), comments=True)
        called = next((tuple(words[:length]) for length in (1, 2) if tuple(words[:length]) in known), None)
        assert called, f"{page.name} tells to type {line!r}"
        options = {
            option for parameter in known[called].params for option in [*parameter.opts, *parameter.secondary_opts]
        }
        written = {word.partition("|")[0] for word in words if word.startswith("--")} - {"--help"}
        assert written <= options, f"{page.name}: {line!r}"


def test_a_list_too_wide_for_the_screen_breaks_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    columns = ("id", "kind", "to", "subject", "last_error")
    row = ("01a21c243c188ec9f7aedf7a2995463f", "unsubscribe_confirmation", "greta@example.de", "Re: Keine Werbung", "")
    print_table("Drafts", columns, [row], "No drafts.")
    told = capsys.readouterr().out
    assert max(map(len, told.splitlines())) <= 80
    assert [cell for cell in row if cell not in " ".join(told.split())] == []
    assert "last_error" not in told


def test_a_list_that_fits_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("Record", ("category", "confirmed by"), [("usage", "–")], "Empty.")
    assert "│ usage    │ –            │" in capsys.readouterr().out


@pytest.mark.usefixtures("desk")
def test_a_slip_in_a_colleagues_address_is_no_empty_list() -> None:
    run("staff", "add", "kim@nexioprojects.com", "--role", "approver")
    for words in (("cases", "list"), ("drafts", "list")):
        assert "kin@nexioprojects.com is no colleague here" in run(*words, "--as", "kin@nexioprojects.com", code=1)
        assert run(*words, "--as", "Kim@NexioProjects.com").startswith("No ")


@pytest.mark.usefixtures("desk")
def test_the_doctor_ends_with_what_there_is_to_do() -> None:
    told = run("doctor", code=1)
    assert re.search(r"2 to mend \(MEND\), \d+ to look at and decide \(look\), the rest is well \(ok\)\.$", told)
    assert told.count("basis, kept, recipients, transfers, automated of usage, orders,") == 1
