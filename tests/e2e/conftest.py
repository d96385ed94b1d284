"""One option: `--update-transcripts` writes what leaves the desk into the transcripts, for the diff to be reviewed."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-transcripts", action="store_true", help="write what came out into tests/transcripts")
