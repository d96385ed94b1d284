"""What Alembic runs: the connection comes from `storage.migrating`, or from NEXIO_STORAGE__URL for a developer."""

import os

from alembic import context
from sqlalchemy import Connection

from storage.engine import make_engine
from storage.tables import metadata


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,  # SQLite changes a table by rebuilding it
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(os.environ["NEXIO_STORAGE__URL"], enforce=False).begin() as opened:
        run(opened)
