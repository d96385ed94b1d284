"""The settings of a desk that serves its console alone, in a process of its own."""

from pathlib import Path
from typing import Final

from tests.servers.process import HOST

_SETTINGS: Final = """\
[company]
name = "Nexio Projects"
contact = "info@nexioprojects.com"
country = "NL"
timezone = "Europe/Amsterdam"
domains = ["nexioprojects.com"]
public_url = "http://{host}:{port}"
[storage]
url = "sqlite:///intake.db"
[console]
listen = "{host}:{port}"
"""


def write_settings(folder: Path, port: int) -> Path:
    """Write `intake.toml` for a console on this port into a folder, and return its path."""
    config = folder / "intake.toml"
    config.write_text(_SETTINGS.format(host=HOST, port=port), encoding="utf-8")
    return config
