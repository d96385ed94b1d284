"""The examples of docs/channels.md, run as they stand there."""

import asyncio
import json
import os
import re
import socket
import sys
from pathlib import Path

from bot.core.rights import RequestType
from tests.integration.social.stage import SECRET, on_stage

DOCUMENT = Path(__file__).parents[3] / "docs" / "channels.md"
WISH = "Please delete everything you hold on me"


def example(name: str, folder: Path) -> str:
    """Write one example into a file, as a reader would."""
    (code,) = re.findall(rf"```python\n(# {re.escape(name)}: .*?)```", DOCUMENT.read_text(), re.DOTALL)
    (folder / name).write_text(code)
    return str(folder / name)


async def test_the_documented_bridge_carries_a_chat_both_ways(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    known = {**os.environ, "SECRET": SECRET, "PORT": str(port)}
    receiver = await asyncio.create_subprocess_exec(
        sys.executable, example("receive.py", tmp_path), env=known, stdout=asyncio.subprocess.PIPE
    )
    assert receiver.stdout is not None
    try:
        entry = {
            "kind": "webhook",
            "name": "sms",
            "url": f"http://127.0.0.1:{port}/",
            "secret_files": ["secret"],
        }
        async with on_stage(tmp_path, entry) as stage:
            stage.reader.tell(WISH, RequestType.ERASURE)
            sender = await asyncio.create_subprocess_exec(
                sys.executable,
                example("send.py", tmp_path),
                "8814",
                "31612345678",
                WISH,
                env=known | {"URL": f"{stage.url}/webhooks/sms"},
                stdout=asyncio.subprocess.PIPE,
            )
            said, _ = await sender.communicate()
            assert said.strip() == b"200"
            await stage.work()
            answer = json.loads(await asyncio.wait_for(receiver.stdout.readline(), 20))
    finally:
        receiver.kill()
        await receiver.wait()
    assert answer["to"] == "31612345678"
    assert "reference NX-" in answer["text"]


def test_the_size_of_the_smallest_channel_is_as_documented() -> None:
    channels = DOCUMENT.parents[1] / "bot" / "channels"
    lines, *others = [
        sum(len(file.read_text().splitlines()) for file in channels.glob(files))
        for files in ("bridge.py", "chatwoot/*.py", "meta/*.py", "telegram/*.py", "x/*.py")
    ]
    assert f"`bot/channels/bridge.py` has {lines} lines" in DOCUMENT.read_text()
    assert lines < min(others)
