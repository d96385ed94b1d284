"""A real server of a test's own: a folder, a free loopback port, a process that is never root."""

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

HOST: Final = "127.0.0.1"
PATIENCE: Final = 30.0  # seconds, for a machine that is busy with everything else
ATTEMPTS: Final = 5

_PORTS_A_WORKER: Final = 3_000
_FIRST_PORT: Final = 20_000 + _PORTS_A_WORKER * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PORTS: Final = itertools.cycle(range(_FIRST_PORT, _FIRST_PORT + _PORTS_A_WORKER))


class NotInstalledError(Exception):
    """The server's program is not on this machine; the text says how to get it."""


class ServerError(Exception):
    """The server did not start; the text holds the end of its log."""


class OwnServer(ABC):
    """Starts in a folder of its own under the temporary directory and leaves nothing behind.

    Started by root, it runs as `nobody`; started by anyone else, as that user. It can be stopped,
    killed and started again with its ports and data kept; leaving the `with` block ends it for good.
    """

    stop_signal: signal.Signals = signal.SIGTERM
    ports: tuple[int, ...] = ()

    def __init__(self) -> None:
        is_root = os.geteuid() == 0
        self.owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
        # A short path: that of a Unix socket holds 107 bytes at most.
        self.folder = Path(tempfile.mkdtemp(prefix=f"{type(self).__name__.lower()}-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._log = self.folder / "log"
        self._log.touch()
        self._log_start = 0
        if is_root:
            self._own(self.folder, self._log)

    @abstractmethod
    def prepare(self) -> None:
        """Write what the program needs, for the ports in `self.ports`."""

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """Say what to run, in the foreground."""

    @abstractmethod
    def ready(self) -> bool:
        """Tell whether this very server answers (and not another one on the same port)."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.discard()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    @property
    def log(self) -> str:
        """What the server wrote since its latest start."""
        return self._log.read_bytes()[self._log_start :].decode(errors="replace")

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start, or start again on the same ports, and wait until the server answers."""
        fresh = not self.ports
        for _ in range(ATTEMPTS):
            if fresh:
                self.ports = free_ports(2)
            self.prepare()
            self._log_start = self._log.stat().st_size
            self._process = self._launch(*self.command())
            if self._answers():
                return
            self.stop()
            if "Address already in use" not in self.log:  # someone took the port between our look and our start
                break
        raise ServerError(f"{type(self).__name__} did not start:\n{self.log[-4000:]}")

    def stop(self) -> None:
        """Ask the server to end, and wait for it."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End the server and all its children at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def discard(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        send = os.killpg if how is signal.SIGKILL else os.kill
        send(process.pid, how)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        deadline = time.monotonic() + PATIENCE
        while any(map(listening, self.ports)) and time.monotonic() < deadline:
            time.sleep(0.02)  # children hold the ports a moment longer than their parent

    def _launch(self, *command: str | Path) -> subprocess.Popen[bytes]:
        """Start a program as `self.owner`, in a process group of its own."""
        is_root = os.geteuid() == 0
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.owner.pw_uid if is_root else None,
                group=self.owner.pw_gid if is_root else None,
                extra_groups=[] if is_root else None,
            )

    def _own(self, *paths: Path) -> None:
        for path in paths:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def _answers(self) -> bool:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            if self.ready():
                return True
            time.sleep(0.02)
        return False


def listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


def free_ports(count: int) -> tuple[int, ...]:
    """Name loopback ports nobody listens on, which nobody is lent meanwhile either.

    The system lends ports above 32,768 to whoever calls out; each worker of the tests draws from a range of its own.
    """
    found: list[int] = []
    with ExitStack() as held:
        for port in itertools.islice(_PORTS, _PORTS_A_WORKER):
            try:
                held.enter_context(socket.create_server((HOST, port)))
            except OSError:
                continue  # somebody listens there
            found.append(port)
            if len(found) == count:
                return tuple(found)
    raise ServerError(f"no {count} free ports above {_FIRST_PORT}")
