"""When a mail reached us: what our own server wrote, never what the sender's clock says (law.md rule 1)."""

from datetime import UTC, datetime

import pytest

from bot.channels.received import topmost_received

OURS = b"Received: from mx.example.net by mail.nexioprojects.com; Mon, 2 Mar 2026 10:00:00 +0100\r\n"
EARLIER = b"Received: from home by mx.example.net; Sun, 1 Mar 2026 23:00:00 +0100\r\n"
DATE = b"Date: Thu, 1 Jan 2015 00:00:00 +0000\r\n"
BODY = b"Subject: my data\r\n\r\nReceived: by nobody; Fri, 2 Jan 2015 00:00:00 +0000\r\n"


@pytest.mark.rule(1)
def test_the_topmost_line_which_our_server_wrote_counts() -> None:
    assert topmost_received(OURS + EARLIER + DATE + BODY) == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.rule(1, refused=True)
@pytest.mark.parametrize(
    "raw",
    [DATE + BODY, b"Received: by nobody; soon\r\n" + DATE + BODY, b"Received: by x; 2 Mar 2026 10:00:00\r\n" + BODY],
)
def test_neither_the_senders_date_nor_a_line_without_a_time_counts(raw: bytes) -> None:
    assert topmost_received(raw) is None
