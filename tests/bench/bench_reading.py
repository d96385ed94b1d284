"""What reading costs: processor time a message, a cold start, and memory, with the trained pipeline.

Run `python -m tests.bench.bench_reading` from the checkout once the pipeline is trained.
"""

import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import classifiers

CHAT = "hi, can you tell me what you have about me and then delete my account please"
PARAGRAPH = (
    "I have been a customer of yours for about six years, and until last spring everything went well. "
    "Then a parcel was delivered to a neighbour, and since that day I get letters for somebody else. "
    "I called twice, and each time a friendly person promised to look into it. "
)
MAIL = PARAGRAPH * 5 + "Please send me a copy of all the data you hold about me. Kind regards, A. Customer"
ROUNDS = 40


def cost(work: Callable[[], object]) -> float:
    """Return the median processor time of one call, in milliseconds."""
    work()
    taken = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return median(taken) * 1000


def main() -> None:
    """Print the figures."""
    started = time.process_time()
    reader = classifiers.load()
    reader.read("", CHAT, "chat")
    say("cold start, first message read", f"{time.process_time() - started:.2f} s")
    for channel, text in (("chat", CHAT), ("email", MAIL)):
        spent = cost(partial(reader.read, "", text, channel))
        say(f"{channel} of {len(text.split())} words", f"{spent:.1f} ms")
    say("resident memory at most", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def say(what: str, figure: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{what:32}{figure:>10}\n")


if __name__ == "__main__":
    main()
