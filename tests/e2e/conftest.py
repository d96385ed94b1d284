"""Two options: `--update-transcripts` and `--pictures` write what came out, for the diff to be reviewed."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-transcripts", action="store_true", help="write what came out into tests/transcripts")
    parser.addoption("--pictures", action="store_true", help="write pictures of the console's pages into docs/pictures")
