"""The commands a person types. Each says what it did, or what to do; none shows a traceback for a mistake."""

from bot.cli.app import app

__all__ = ["app"]
