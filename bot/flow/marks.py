"""A mark stands for what a page showed: it differs once the page would show something else, and tells nobody what."""

from collections.abc import Sequence
from hashlib import sha256

from bot.core.day import Day
from bot.core.records import LOOKS, AuditRow


def mark_of_case(history: Sequence[AuditRow]) -> str:
    """Return the mark of a case with its letters: whatever changes them is on its chain."""
    return next((link.hash[:32] for link in reversed(history) if link.event not in LOOKS), "")


def mark_of_day(day: Day, away: Sequence[str]) -> str:
    """Return the mark of a colleague's day, and of the ways in by which nothing may be coming in."""
    tasks = [(task.need, task.name, task.case and task.case.version, task.breaks) for task in day.tasks]
    counts = (day.handed_on, day.load, sorted(day.stages.items()))
    return sha256(repr((tasks, counts, sorted(away))).encode()).hexdigest()[:32]
