"""`python -m tests.cast [--once]`: start the service and play to it, knowing nothing of it but SMTP and HTTP."""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.cast.domains import Domains
from tests.cast.play import perform
from tests.cast.service import NoService, prepare, serving
from tests.cast.world import World


def main() -> int:
    options = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    options.add_argument("--once", action="store_true", help="play to the end, check everything, and stop")
    once = options.parse_args().once
    with tempfile.TemporaryDirectory(prefix="nexio-demo-") as folder:
        directory = Path(folder)
        domains = prepare(directory)
        try:
            with serving(directory, once=once) as service:
                return asyncio.run(_play(directory, domains, service, once=once))
        except NoService as failure:
            return _complain([str(failure)])
        except KeyboardInterrupt:
            return 0


async def _play(directory: Path, domains: Domains, service: subprocess.Popen[bytes], *, once: bool) -> int:
    world = World.open(directory / "doors.json", domains)
    try:
        outcome = await perform(world, hurry=once)
        if once:
            await world.done()
    finally:
        await world.close()
    code = await asyncio.to_thread(service.wait)
    if not once:
        return code
    if outcome.handed:
        sys.stdout.write(f"· left to a colleague, because the reader was not sure: {', '.join(outcome.handed)}\n")
    return _complain([*outcome.wrong, *([f"the service ended with {code}"] if code else [])])


def _complain(wrong: Sequence[str]) -> int:
    for line in wrong:
        sys.stdout.write(f"✗ {line}\n")
    if not wrong:
        sys.stdout.write("✓ everything was as the cast expects\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
