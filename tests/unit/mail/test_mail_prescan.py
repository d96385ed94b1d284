"""What no parser may see is refused by its bytes, with a reason; the traps were measured on Python 3.11."""

import time

import pytest

from bot.channels.mime.limits import Limits
from bot.channels.mime.prescan import prescan
from bot.core.errors import Unparsable
from tests.campaigns.mails import MAILS, mail, part, several


def nested(depth: int) -> bytes:
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(depth))
    return b"From: a@example.org\r\n" + levels + b"\r\nhello\r\n"


TRAPS = {
    "1,000 nested parts raise RecursionError": (nested(1_000), "nested"),
    "depth 300 costs nine seconds": (nested(300), "nested"),
    "a 112 kB encoded subject takes 455 MB": (
        mail(subject="=?utf-8?B?" + "w6nDqcOp" * 14_000 + "?="),
        "subject field",
    ),
    "a long subject of many short words": (mail(subject=" ".join(["=?utf-8?Q?=C3=A9?="] * 6_000)), "subject field"),
    "a megabyte of punycode": (mail(**{"from": f"a@xn--{'a' * 60_000}.example"}), "punycode"),
    "charset utf-8 and a NUL": (mail("x", content_type='text/plain; charset="utf-8\0"'), "charset"),
    "a charset that is Python's slowest codec": (mail("x", content_type="text/plain; charset=punycode"), "charset"),
    "a slow codec in an encoded word": (mail(subject="=?idna?Q?abc?="), "charset"),
    "a charset label of 200 letters": (mail("x", content_type=f"text/plain; charset={'x' * 200}"), "charset"),
    "an encoded word of 5 kB": (mail(**{"from": f"=?utf-8?Q?{'a' * 5_000}?= <a@example.org>"}), "encoded word"),
    "one field of 100 kB": (mail(x_long="a" * 100_000), "x-long field"),
    "5,000 fields": (mail().replace(b"To:", b"X: y\r\n" * 5_000 + b"To:"), "header fields"),
    "600 parts": (several("mixed", *[part("x")] * 600), "more than 500 parts"),
    "a parameter in 40 pieces": (
        mail("x", content_type="text/plain;" + ";".join(f" name*{at}*=a" for at in range(40))),
        "in 40 pieces",
    ),
    "a part with a header of 40 kB": (several("mixed", part("x", x_pad="y" * 40_000)), "part's header"),
}


@pytest.mark.parametrize(("raw", "reason"), TRAPS.values(), ids=TRAPS.keys())
def test_a_trap_is_refused_at_once_and_says_why(raw: bytes, reason: str) -> None:
    began = time.process_time()
    with pytest.raises(Unparsable, match=reason):
        prescan([raw])
    assert time.process_time() - began < 0.5


def test_a_header_of_many_ordinary_lines_is_too_much() -> None:
    raw = mail().replace(b"To:", (b"X-Y: " + b"z" * 990 + b"\r\n") * 300 + b"To:", 1)
    with pytest.raises(Unparsable, match="a header of"):
        prescan([raw])


def test_a_mail_over_the_limit_is_refused_without_joining_its_pieces() -> None:
    with pytest.raises(Unparsable, match="over the limit of 1000"):
        prescan([mail(), b"x" * 600, b"x" * 600], Limits(total=1_000))


@pytest.mark.parametrize("raw", MAILS.values(), ids=MAILS.keys())
def test_ordinary_mail_passes(raw: bytes) -> None:
    prescan([raw])


def test_pieces_are_read_as_one_mail() -> None:
    raw = mail(content_type="text/plain; charset=punycode")
    with pytest.raises(Unparsable, match="charset"):
        prescan([raw[:400], raw[400:]])
