"""The yearly report as it is typed."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from bot.cli.reports import Language
from bot.console.words import LANGUAGES
from tests.integration.test_cli import ACCESS, Invoke, config, fresh, run, write_mail

__all__ = ["config", "run"]


def test_a_year_is_printed_and_written_for_the_officer(run: Invoke, tmp_path: Path) -> None:
    year = str(datetime.now(UTC).isocalendar().year)
    assert "Nothing came in that year" in run("reports", "year", year)
    run("ingest", str(write_mail(tmp_path, ACCESS, "one", fresh())))
    assert json.loads(run("reports", "year", year, "--json"))["right"] == {"access": 1}
    assert "Requests by right" in run("reports", "year", year)
    pdf = tmp_path / "year.pdf"
    assert f"1 requests in {year}" in run("reports", "year", year, "--pdf", str(pdf), "--language", "fr")
    said = "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf.read_bytes())).pages)
    assert f"Demandes relatives aux données personnelles {year}" in said
    assert "name a file in a folder" in run("reports", "year", year, "--pdf", str(tmp_path / "no" / "x.pdf"), code=2)
    run("reports", "year", "12", code=2)
    assert {one.value for one in Language} == set(LANGUAGES)
