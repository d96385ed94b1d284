"""Long searches for faults: `python -m tests.campaigns NAME --seed N --count N`. Stopped, they go on from there."""

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Final

STATE: Final = Path("var/campaigns")
NAMES: Final = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if "def run(" in path.read_text())


def main() -> None:
    """Run one campaign and print its tally; exit 1 if it found anything."""
    parser = argparse.ArgumentParser(prog="./dev campaign", description=__doc__)
    parser.add_argument("name", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--seed", type=int, default=1, help="which mutants, kills or histories (default 1)")
    parser.add_argument("--count", type=int, default=1_000, help="how many (default 1000)")
    parser.add_argument("--state", type=Path, default=STATE, help=f"where progress and findings are kept ({STATE})")
    options = parser.parse_args()
    options.state.mkdir(parents=True, exist_ok=True)
    campaign = importlib.import_module(f"tests.campaigns.{options.name}")
    tally = dict(campaign.run(options.seed, options.count, options.state))
    sys.stdout.write(json.dumps({"campaign": options.name, "seed": options.seed, **tally}) + "\n")
    sys.exit(1 if any(tally.get(bad) for bad in ("crashed", "lost", "doubled", "failed")) else 0)


if __name__ == "__main__":
    main()
