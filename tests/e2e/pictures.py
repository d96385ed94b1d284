"""Pictures of pages, which `--pictures` writes into docs/ for people to see what they get."""

from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Page

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"


async def take_picture(page: Page, name: str, options: pytest.Config) -> None:
    """Take a picture of a page with a heading; write it where it was asked for."""
    assert await page.get_by_role("heading").count() > 0, name
    picture = await page.screenshot()
    assert picture.startswith(b"\x89PNG")
    if options.getoption("--pictures"):
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / f"{name}.png").write_bytes(picture)
