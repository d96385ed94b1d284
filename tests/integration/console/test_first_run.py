"""The first start prints the way in."""

import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.servers.process import free_ports, listening
from tests.servers.settings import write_settings


def test_the_first_serve_prints_a_link_that_makes_the_first_administrator(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    config = write_settings(tmp_path, port)
    program = [sys.executable, "-m", "bot"]
    subprocess.run([*program, "migrate", "--config", config], check=True, capture_output=True)
    with subprocess.Popen(
        [*program, "serve", "--role", "console", "--config", config], stderr=subprocess.PIPE, text=True
    ) as serving:
        try:
            assert serving.stderr
            told = "".join(serving.stderr.readline() for _ in range(2))
            link = re.search(r"Make the first administrator here, once: (\S+)", told)
            assert link, told
            while not listening(port):
                assert serving.poll() is None
            page = httpx.get(link[1])
            assert page.status_code == 200
            assert "an administrator’s" in page.text
        finally:
            serving.terminate()
        assert serving.wait(20) == 0
