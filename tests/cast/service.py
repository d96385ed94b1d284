"""The service, started as anybody would start it."""

import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.cast.domains import Domains
from tests.cast.people import CAST
from tests.cast.playbill import COLUMNS

_PROGRAM: Final = (sys.executable, "-m", "bot")  # `nexio-intake`, installed or not
_PATIENCE: Final = 60.0
_GRACE: Final = 5.0


class NoService(Exception):
    """The service ended before its doors were open."""


def prepare(directory: Path) -> Domains:
    """Write down who is on record, and publish the domains; return their keys."""
    with (directory / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        rows.writerows(character.record for character in CAST if character.record)
    domains = Domains.make()
    domains.write_zone(directory / "zone.json")
    return domains


@contextmanager
def serving(directory: Path, *, once: bool) -> Iterator[subprocess.Popen[bytes]]:
    """Run the service as long as the block lasts, and wait until its doors are open."""
    command: list[str | Path] = [*_PROGRAM, "demo", "--dir", directory, "--zone", directory / "zone.json"]
    process = subprocess.Popen([*command, *(["--once"] if once else [])])
    try:
        _wait_for(directory / "doors.json", process)
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """See the service off: Ctrl-C reached it too, anything else is said by SIGTERM."""
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait(_PATIENCE)


def _wait_for(doors: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not doors.exists():
        if process.poll() is not None:
            raise NoService(f"the service ended with {process.returncode}")
        if time.monotonic() > deadline:
            raise NoService(f"the service opened no doors in {_PATIENCE:.0f} s")
        time.sleep(0.05)
