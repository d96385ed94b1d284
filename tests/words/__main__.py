"""`./dev words`: bring what the console says in each language, or in those named, up to what code and templates say."""

import sys

from bot.console.words import LANGUAGES
from tests.words.catalogue import bring_up_to_date, file_of

if __name__ == "__main__":
    for language in sys.argv[1:] or LANGUAGES[1:]:
        missing = bring_up_to_date(language)
        sys.stdout.write(f"{file_of(language)}: {f'{missing} still to translate' if missing else 'complete'}\n")
