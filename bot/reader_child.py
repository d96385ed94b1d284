"""The process that reads texts: it holds the model and no secret, and opens no connection.

Run as `python -m bot.reader_child FOLDER`. Each line in is a message (subject, text, channel) as JSON, each line out
what is read of it, or why nothing is.
"""

import gc
import json
import signal
import sys
from pathlib import Path
from typing import Final, TextIO

from pydantic import TypeAdapter

import classifiers
from bot.core.errors import RightsDeskError
from bot.core.ports import Reader
from bot.core.rights import Reading

READING: Final = TypeAdapter(Reading)


def serve(questions: TextIO, answers: TextIO, folder: Path) -> None:
    """Answer line by line until the desk closes the line; without a model, the first answer says so and is the last."""
    try:
        reader = classifiers.load(folder)
    except RightsDeskError as why:
        answers.write(json.dumps({"unusable": str(why)}) + "\n")
        return
    gc.collect()
    gc.freeze()  # what was loaded stays: the collector need not go through it again and again
    for question in questions:
        answers.write(json.dumps(_answer(reader, *json.loads(question))) + "\n")
        answers.flush()


def _answer(reader: Reader, subject: str, text: str, channel: str) -> dict[str, object]:
    try:
        return {"reading": READING.dump_python(reader.read(subject, text, channel), mode="json")}
    except Exception as failure:  # noqa: BLE001 - whatever it is, it must cost one message, not the reader
        return {"failed": type(failure).__name__}


if __name__ == "__main__":
    # Who stops the service means the desk, which may need it for the message in hand: it goes when the line is closed.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    serve(sys.stdin, sys.stdout, Path(sys.argv[1]))
