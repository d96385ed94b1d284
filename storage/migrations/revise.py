"""Write the next migration from what the tables say now: `python -m storage.migrations.revise "What changes"`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.script import ScriptDirectory

from storage.engine import make_engine
from storage.migrating import migrate, scripts


def revise(message: str) -> None:
    """Compare the tables of the code with those of all migrations so far, and write the difference down."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'throw-away.db')}"
        migrate(url)
        engine = make_engine(url, enforce=False)
        with engine.begin() as connection:
            config = scripts(connection)
            count = len(list(ScriptDirectory.from_config(config).walk_revisions()))
            command.revision(config, message, autogenerate=True, rev_id=f"{count + 1:04}")
        engine.dispose()


if __name__ == "__main__":
    revise(sys.argv[1])
