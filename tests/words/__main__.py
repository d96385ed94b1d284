"""`./dev words LANGUAGE`: bring what the console says in a language up to what its code and templates say."""

import sys

from tests.words.catalogue import bring_up_to_date, file_of

if __name__ == "__main__":
    for language in sys.argv[1:] or ["fr"]:
        missing = bring_up_to_date(language)
        sys.stdout.write(f"{file_of(language)}: {f'{missing} still to translate' if missing else 'complete'}\n")
