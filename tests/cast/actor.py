"""One person of the cast: who they are, and the few verbs their scripts are written in."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tests.cast.letters import Received, compose, quoting, threading
from tests.cast.sorts import ACKNOWLEDGEMENT, WHICH_RIGHT, Sort
from tests.cast.world import World

Script = Callable[["Actor"], Awaitable[None]]
Pause = Callable[[], Awaitable[None]]


class Surprise(Exception):
    """Something else happened than the person expects."""


class Unanswered(Exception):
    """Nothing came, and nothing is on its way: the reader was not sure, so a colleague has to look."""


@dataclass(frozen=True, slots=True)
class Character:
    """A person as the company may know them. `record` is their row of the directory, empty for a stranger."""

    name: str
    address: str
    language: str
    script: Script
    record: Mapping[str, str] = field(default_factory=dict)
    chat: int = 0


@dataclass(frozen=True, slots=True)
class Traces:
    """What a sender leaves on the desk, looked at when everything is quiet."""

    sender: str
    cases: int | None
    rights: frozenset[str]
    stages: frozenset[str]
    identity: frozenset[str]
    draft: bool | None
    draft_to: str
    flags: frozenset[str]
    lane: str


@dataclass(slots=True)
class Actor:
    """A character on stage. What a script does not wait for must not come."""

    character: Character
    world: World
    pause: Pause
    patience: float
    read: dict[str, int] = field(default_factory=dict)
    optional: int = 0
    suppressed: bool = False
    wrote: bool = False
    handed: bool = False
    sent: set[str] = field(default_factory=set)
    traces: list[Traces] = field(default_factory=list)

    # -- writing ---------------------------------------------------------------------------------------

    async def writes(
        self,
        subject: str,
        text: str,
        *,
        headers: Mapping[str, str] | None = None,
        attachments: Sequence[tuple[str, str, bytes]] = (),
    ) -> None:
        """Write to the company from their own address, signed by their provider."""
        who = self.character
        mail = compose(who.name, who.address, subject, text, headers=headers, attachments=attachments)
        await self.pause()
        self.sent.add(str(mail["Message-ID"]))
        self.wrote = True
        await self.world.post(mail, sender=who.address, signed_by=_domain(who.address))

    async def replies(self, original: Received, text: str, *, headers: Mapping[str, str] | None = None) -> None:
        """Answer a mail, quoting it below as mail programs do."""
        body = f"{text}\n\n{quoting(self.character.language, original)}\n"
        await self.writes(f"Re: {original.subject}", body, headers={**threading(original), **(headers or {})})

    async def pretends(
        self, name: str, address: str, subject: str, text: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        """Put somebody else's name and address on a mail; no provider signs that."""
        mail = compose(name, address, subject, text, headers=headers)
        await self.pause()
        self.wrote = True
        await self.world.post(mail, sender=self.character.address, signed_by="")

    async def sends_raw(self, mail: bytes, *, sender: str, signed_by: str = "") -> None:
        """Hand over bytes that no mail program would write; an empty sender is that of a bounce."""
        await self.pause()
        self.wrote = True
        await self.world.post(mail, sender=sender, signed_by=signed_by)

    async def says(self, text: str) -> None:
        """Write in the chat."""
        await self.pause()
        self.wrote = True
        await self.world.say(self.character.chat, self.character.name, self.character.language, text)

    # -- reading ---------------------------------------------------------------------------------------

    async def gets(self, wanted: Sort, *, plainly: str = "") -> Received:
        """Wait for the next mail and check that it is of the sort they expect.

        Asked what they mean, they say it `plainly`, once: a reader that is not sure may ask.
        """
        got = await self._next(self.character.address, wanted)
        if plainly and WHICH_RIGHT.fits(got):
            await self.replies(got, plainly)
            got = await self._next(self.character.address, wanted)
        return self._expected(got, wanted)

    async def hears(self, wanted: Sort, *, plainly: str = "") -> Received:
        """Wait for the next chat message and check it likewise."""
        got = await self._next(str(self.character.chat), wanted)
        if plainly and WHICH_RIGHT.fits(got):
            await self.says(plainly)
            got = await self._next(str(self.character.chat), wanted)
        return self._expected(got, wanted)

    async def sees(self, address: str, wanted: Sort) -> Received:
        """Look into somebody else's mailbox: what a thief or a husband may do."""
        return await self._wait(address, lambda mails: next(filter(wanted.fits, mails), None), wanted, idle=True)

    def may_get(self, most: int) -> None:
        """Accept up to so many more messages of any sort: here the reader may rightly be unsure."""
        self.optional = most

    # -- what is left behind ---------------------------------------------------------------------------

    def leaves(
        self,
        *,
        sender: str = "",
        cases: int | None = 1,
        rights: Collection[str] = (),
        stages: Collection[str] = (),
        identity: Collection[str] = (),
        draft: bool | None = None,
        draft_to: str = "",
        flags: Collection[str] = (),
        lane: str = "",
    ) -> None:
        """Say what of theirs lies on the desk in the end. What is empty or None is not looked at.

        `rights` and `flags` must be among those of their cases; `stages` and `identity` are those allowed.
        """
        who = sender or (
            f"email:{self.character.address}" if self.character.address else f"telegram:{self.character.chat}"
        )
        self.traces.append(
            Traces(
                sender=who,
                cases=cases,
                rights=frozenset(rights),
                stages=frozenset(stages),
                identity=frozenset(identity),
                draft=draft,
                draft_to=draft_to,
                flags=frozenset(flags),
                lane=lane,
            )
        )

    def is_left_in_peace(self) -> None:
        """Say that mailings to their address have stopped in the end."""
        self.suppressed = True

    def _expected(self, got: Received, wanted: Sort) -> Received:
        if not wanted.fits(got) and ACKNOWLEDGEMENT.fits(got):
            raise Unanswered  # received, and no more than that: a colleague looks first
        if not wanted.fits(got):
            raise Surprise(f"expected {wanted.name}, got “{got.name}”")
        return got

    async def _next(self, box: str, wanted: Sort) -> Received:
        at = self.read.get(box, 0)
        idle = not self.wrote
        got = await self._wait(box, lambda mails: mails[at] if len(mails) > at else None, wanted, idle=idle)
        self.read[box] = at + 1
        return got

    async def _wait(
        self, box: str, look: Callable[[Sequence[Received]], Received | None], wanted: Sort, *, idle: bool
    ) -> Received:
        """Wait until there is one; raise Unanswered once the desk is calm and there is still none.

        Who is idle waits for what others do, and gives up only when nobody else acts any more.
        """
        begun = self.world.rounds

        async def found() -> Received:
            async with self.world.news:
                while (message := look(self.world.boxes[box])) is None:
                    if self.world.has_been_calm_since(begun) and not (idle and self.world.acting):
                        raise Unanswered
                    await self.world.news.wait()
                return message

        self.world.acting -= idle
        try:
            return await asyncio.wait_for(found(), self.patience)
        except TimeoutError:
            raise Surprise(f"waited {self.patience:.0f} s in vain for {wanted.name}") from None
        finally:
            self.world.acting += idle


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
