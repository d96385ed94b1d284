"""The file that holds the master keys: made on first use, readable by its owner alone, never overwritten in place."""

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.core.errors import RightsDeskError
from storage.crypto import KEY_BYTES, Keyring, new_key_id


class KeysUnusable(RightsDeskError):
    """A key file that is damaged, or is not the one this database was sealed with; the text says what to do."""


def load_keyring(path: Path) -> Keyring:
    """Read the ring, making the file with one fresh key where there is none. Raises KeysUnusable."""
    try:
        return Keyring(_read(path))
    except FileNotFoundError:
        pass
    staged = _staged(path, {new_key_id(): os.urandom(KEY_BYTES)})
    try:
        # A link, unlike a rename, gives way to a file that another process made meanwhile.
        os.link(staged, path)
    except FileExistsError:
        pass
    finally:
        staged.unlink()
    _make_durable(path.parent)
    return Keyring(_read(path))


def add_key(path: Path) -> str:
    """Add a fresh key, which seals from the next start on, and return its id; older keys keep opening."""
    masters = dict(_read(path))
    key_id = new_key_id()
    staged = _staged(path, {**masters, key_id: os.urandom(KEY_BYTES)})
    staged.replace(path)
    _make_durable(path.parent)
    return key_id


def _read(path: Path) -> Mapping[str, bytes]:
    try:
        entries = json.loads(path.read_text("ascii"))["keys"]
        masters = {entry["id"]: base64.b64decode(entry["key"], validate=True) for entry in entries}
        sound = bool(masters) and all(
            len(bytes.fromhex(key_id)) > 0 and len(master) == KEY_BYTES for key_id, master in masters.items()
        )
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise KeysUnusable(f"{path} is not a key file of this service: restore it from its backup")
    return masters


def _staged(path: Path, masters: Mapping[str, bytes]) -> Path:
    """Write the ring beside its place and return where; NamedTemporaryFile opens with mode 0600."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = [{"id": key_id, "key": base64.b64encode(key).decode()} for key_id, key in masters.items()]
    with NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False, encoding="ascii") as file:
        json.dump({"keys": entries}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return Path(file.name)


def _make_durable(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
