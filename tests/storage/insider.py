"""What somebody with the database, but without the keys, can do and see."""

from sqlalchemy import text

from storage.engine import make_engine


def run(url: str, *statements: str, **values: object) -> list[tuple[object, ...]]:
    """Run statements behind the desk's back and return the rows of the last one."""
    engine = make_engine(url)
    rows: list[tuple[object, ...]] = []
    try:
        with engine.begin() as connection:
            for statement in statements:
                used = {name: value for name, value in values.items() if f":{name}" in statement}
                result = connection.execute(text(statement), used)
                rows = [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()
    return rows


def sealed(url: str, statement: str) -> list[bytes]:
    """Return what the columns of a statement keep as bytes, row after row."""
    values = [value for row in run(url, statement) for value in row]
    assert all(isinstance(value, bytes) for value in values), "not sealed"
    return [value for value in values if isinstance(value, bytes)]
