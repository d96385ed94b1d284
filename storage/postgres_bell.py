"""Carrying the bell from process to process with LISTEN and NOTIFY, on one connection and one thread."""

import logging
import os
import select
import socket
import threading
import time
from collections.abc import Iterable
from typing import Any, Final

import psycopg
from sqlalchemy.engine import URL

from storage.bell import Bell
from storage.engine import connect_alone
from storage.transaction import TOPICS

CHANNEL: Final = "nexio_intake"
_RETRY_SECONDS: Final = 1.0
_TELL_EVERY: Final = 0.05
"""Seconds between two tellings: under load what many commits touched is told in one go."""

_log = logging.getLogger(__name__)

Connection = psycopg.Connection[tuple[Any, ...]]


class PostgresBell:
    """Tells other processes what was committed here, and rings here what was committed there.

    NOTIFY is sent after the commit and from here, never inside a unit: PostgreSQL lets notifying transactions commit
    only one after the other. What is lost when this process dies is found by polling.
    """

    def __init__(self, url: URL, bell: Bell) -> None:
        self._url = url
        self._bell = bell
        self._origin: Final = os.urandom(8).hex()
        self._lock = threading.Lock()
        self._untold: set[str] = set()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._awake, self._wake = socket.socketpair()

    def start(self) -> None:
        """Begin to listen; again is harmless."""
        with self._lock:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="storage-bell", daemon=True)
                self._thread.start()

    def tell(self, topics: Iterable[str]) -> None:
        """Let other processes know of committed work, soon."""
        with self._lock:
            is_first = not self._untold
            self._untold.update(topics)
        self.start()
        if is_first:  # the others are told with it
            self._wake.send(b"\0")

    def close(self) -> None:
        """Tell what is still to be told, and stop; again is harmless."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._wake.send(b"\0")
        if self._thread is not None:
            self._thread.join()
        self._awake.close()
        self._wake.close()

    def _run(self) -> None:
        while True:
            try:
                with connect_alone(self._url) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    for topic in TOPICS:
                        self._bell.ring(topic)  # something may have been told while nobody listened
                    self._converse(connection)
            except psycopg.Error as error:
                _log.warning("listening for work failed (%s); polling until it resumes", type(error).__name__)
            if self._closing.wait(_RETRY_SECONDS if not self._closing.is_set() else 0):
                return

    def _converse(self, connection: Connection) -> None:
        tell_at = time.monotonic()
        while not self._closing.is_set():
            pause = max(0.0, tell_at - time.monotonic()) if self._untold else None
            if pause == 0:
                self._tell_now(connection)
                tell_at, pause = time.monotonic() + _TELL_EVERY, None
            ready, _, _ = select.select([connection.fileno(), self._awake.fileno()], [], [], pause)
            if self._awake.fileno() in ready:
                self._awake.recv(4096)
            for notify in connection.notifies(timeout=0):
                origin, *topics = notify.payload.split()
                if origin != self._origin:
                    self._bell.ring_all(topics)
        self._tell_now(connection)

    def _tell_now(self, connection: Connection) -> None:
        with self._lock:
            topics, self._untold = self._untold, set()
        if topics:
            connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, " ".join((self._origin, *topics))))
