"""The message after DATA: taken line by line, kept in pieces, let go as soon as it is too much (RFC 5321 4.1.1.4)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

LINE_LIMIT: Final = 64 * 1024
"""What a reader holds at once; a longer line comes in parts, for nobody's mail is refused over its line ends."""

_PIECE: Final = 1024 * 1024
_LINE_END: Final = b"\r\n"
_END: Final = b".\r\n"

TOO_BIG: Final = "552 5.3.4 message too big"
TOO_BUSY: Final = "452 4.3.1 too much mail at once, try again later"


@dataclass(slots=True)
class Budget:
    """What all connections together may keep in memory, in bytes."""

    most: int
    held: int = 0

    def take(self, size: int) -> bool:
        """Count more in, unless that is too much."""
        if self.held + size > self.most:
            return False
        self.held += size
        return True

    def give_back(self, size: int) -> None:
        """Count out what was let go."""
        self.held -= size


@dataclass(slots=True)
class Incoming:
    """A message on its way in. A `refusal` means: not kept, and what still comes is thrown away."""

    largest: int
    budget: Budget
    refusal: str = ""
    pieces: list[bytes] = field(default_factory=list)
    _piece: bytearray = field(default_factory=bytearray)
    _size: int = 0

    async def read(self, reader: asyncio.StreamReader, alive: Callable[[], None]) -> None:
        """Read up to the lone dot, calling `alive` as pieces come.

        Only CR LF ends a line here: taking less for it lets a message smuggle in a second one (CVE-2023-51764).
        """
        at_start = True
        since_sign = 0
        while True:
            try:
                line = await reader.readuntil(_LINE_END)
            except asyncio.LimitOverrunError as overrun:
                line = await reader.readexactly(overrun.consumed)
            if at_start and line == _END:
                break
            self._add(line[1:] if at_start and line.startswith(b".") else line)
            at_start = line.endswith(_LINE_END)
            since_sign += len(line)
            if since_sign >= _PIECE:
                since_sign = 0
                alive()
        if self._piece:
            self.pieces.append(bytes(self._piece))
            self._piece.clear()

    def let_go(self) -> None:
        """Free what was kept."""
        self.budget.give_back(self._size)
        self._size = 0
        self._piece.clear()
        self.pieces.clear()

    def _add(self, line: bytes) -> None:
        if self.refusal:
            return
        if self._size + len(line) > self.largest:
            self.refusal = TOO_BIG
        elif not self.budget.take(len(line)):
            self.refusal = TOO_BUSY
        if self.refusal:
            self.let_go()
            return
        self._size += len(line)
        self._piece += line
        if len(self._piece) >= _PIECE:
            self.pieces.append(bytes(self._piece))
            self._piece.clear()
