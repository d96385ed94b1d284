"""The scripts; each module enlists its people when it is read."""

from tests.cast.people import dutch, english, french, german, machines, strangers
from tests.cast.playbill import CAST

__all__ = ["CAST", "dutch", "english", "french", "german", "machines", "strangers"]
