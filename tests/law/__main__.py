"""`./dev law`: write docs/law.md from the tests that are marked with their rule."""

from tests.law.page import PAGE, write_page

if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
