"""The classifiers in a process of their own: reading would take time of the one core that the desk has for people."""

import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.core.errors import ReaderFailed, ReaderUnusable
from bot.core.rights import Reading

CHILD: Final = (sys.executable, "-I", "-m", "bot.reader_child")  # -I: no environment, no working directory
_WALL_SECONDS: Final = 60.0
"""Far more than a cold start and the longest text take."""
_GRACE_SECONDS: Final = 2.0
_READING: Final = TypeAdapter(Reading)
_ANSWER: Final = TypeAdapter(dict[str, Any])


class ReaderProcess:
    """Implements the core's `Reader`: started with the first message, killed when stuck, replaced when dead."""

    def __init__(self, model: Path, *, command: Sequence[str] = CHILD, wall_seconds: float = _WALL_SECONDS) -> None:
        self._command = (*command, str(model.absolute()))
        self._wall_seconds = wall_seconds
        self._child: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()

    def read(self, subject: str, text: str, channel: str) -> Reading:
        """Say what one message asks for; it waits for its turn.

        Raises ReaderUnusable where there is no model, ReaderFailed where the process ended over this message, twice.
        """
        question = json.dumps([subject, text, channel]) + "\n"
        with self._turn:
            try:
                answer = self._ask(question)
            except EOFError:  # it may have been killed for another reason: once more, with a fresh one
                try:
                    answer = self._ask(question)
                except EOFError as ending:
                    raise ReaderFailed(f"the reader ended without an answer ({ending})") from None
        return _understood(answer)

    def close(self) -> None:
        """Let the process go."""
        with self._turn:
            self._dismiss()

    def _ask(self, question: str) -> str:
        """Raises EOFError, saying how the process ended, where it ended before it answered."""
        questions, answers = self._ready()
        try:
            questions.write(question)
            questions.flush()
            if not _speaks_within(self._wall_seconds, answers):
                self._dismiss()
                raise ReaderFailed(f"reading took more than {self._wall_seconds:g} seconds")
            if answer := answers.readline():
                return answer
        except BrokenPipeError:
            pass  # it ended: how, is said below
        raise EOFError(self._dismiss())

    def _ready(self) -> tuple[IO[str], IO[str]]:
        if self._child is None:
            self._child = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a traceback could quote the message
                env={"LANG": "C.UTF-8", "PATH": os.defpath},  # no secrets of ours
                cwd="/",
                start_new_session=True,  # a Ctrl-C meant for the desk is not for it: it goes when the line is closed
                encoding="utf-8",
            )
        if self._child.stdin is None or self._child.stdout is None:
            raise EOFError("it has no lines")
        return self._child.stdin, self._child.stdout

    def _dismiss(self) -> str:
        """End the process, by force where it does not go, and say how it ended."""
        child, self._child = self._child, None
        if child is None:
            return "it was gone"
        try:
            child.communicate(timeout=_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
        return f"exit code {child.returncode}"


def _speaks_within(seconds: float, answers: IO[str]) -> bool:
    """Wait until there is something to read, or the end; by `poll`, for a busy desk may hold over 1,024 files."""
    waiting = select.poll()
    waiting.register(answers, select.POLLIN)
    return bool(waiting.poll(seconds * 1000))


def _understood(answer: str) -> Reading:
    try:
        content = _ANSWER.validate_json(answer)
        if "reading" in content:
            return _READING.validate_python(content["reading"])
    except ValidationError as failure:
        raise ReaderFailed(f"the reader answered nonsense in {failure.error_count()} places") from None
    if "unusable" in content:
        raise ReaderUnusable(str(content["unusable"]))
    raise ReaderFailed(f"reading failed: {content.get('failed', 'no reason given')}")
