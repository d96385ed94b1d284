"""Genuine mail, as servers, forwarders and providers really write it, is recognised: at least 98 in 100."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.mime.fields import split_head
from bot.channels.mime.sender import read_sender
from bot.channels.sender_auth.authenticate import OURSELVES, authenticate
from bot.channels.sender_auth.resolver import StaticResolver
from bot.core.messages import MAIL, Authentication, Inbound, Verdict
from bot.core.trust import Trust, grade_sender
from tests.campaigns.mails import MAILS, mail
from tests.unit.mail.reading import inbound
from tests.unit.mail.signing import dkim_sign, ed25519_sign, rsa_record, zone

OURS = "mx.nexioprojects.com"
OWN_SERVER = {"peer": "192.0.2.10", "helo": "mx.example.org", "envelope_from": "jan@example.org"}
FORWARDER = {
    "peer": "198.51.100.7",
    "helo": "fwd.example.net",
    "envelope_from": "SRS0=x=y=example.org=jan@fwd.example.net",
}
FORMS = [(head, body) for head in (b"relaxed", b"simple") for body in (b"relaxed", b"simple")]
BODIES = (
    "Graag inzage.\r\n",
    "",
    "\r\n\r\n",
    "two  blanks \t\r\n\r\n and\ttabs\r\n\r\n\r\n",
    "no line end",
    "é€😀\r\n",
    " \r\n",
    "\t\r\n",
)

Case = tuple[str, Inbound]


def written(body: str = "Graag inzage.\r\n", sender: str = "Jan <jan@example.org>", **fields: str) -> bytes:
    return mail(body, received="", return_path="", **{"from": sender}, **fields)


def signed_in_every_form() -> Iterator[Case]:
    for forms in FORMS:
        for body in BODIES:
            raw = written(body, subject=" folded  \r\n\tand \t blank ")
            yield f"{forms} {body!r}", inbound(dkim_sign(raw, forms=forms), **FORWARDER)
        yield (
            f"{forms} oversigned",
            inbound(
                dkim_sign(written(), forms=forms, names=(b"from", b"from", b"subject", b"subject", b"to")), **FORWARDER
            ),
        )


def signed_with_other_keys() -> Iterator[Case]:
    yield "ed25519", inbound(ed25519_sign(written()), **FORWARDER)
    yield "both", inbound(ed25519_sign(dkim_sign(written())), **FORWARDER)
    yield "1024 bits", inbound(dkim_sign(written(), selector=b"short", key="short", bits=1024), **FORWARDER)
    yield "4096 bits", inbound(dkim_sign(written(), selector=b"long", key="long", bits=4096), **FORWARDER)
    yield "narrow key, own domain", inbound(dkim_sign(written(), selector=b"narrow"), **FORWARDER)
    yield "a subdomain signs", inbound(dkim_sign(written(), "news.example.org"), **FORWARDER)
    yield "the domain signs for its subdomain", inbound(dkim_sign(written(sender="a@news.example.org")), **FORWARDER)
    yield "strict and exact", inbound(dkim_sign(written(sender="a@strict.example"), "strict.example"), **FORWARDER)
    yield "i= of a subdomain", inbound(dkim_sign(written(), identity=b"x@sub.example.org"), **FORWARDER)
    foreign = dkim_sign(dkim_sign(written()), "evil.example")
    yield "a forwarder signed, too", inbound(foreign, **FORWARDER)
    broken = b"DKIM-Signature: v=1; a=rsa-sha256; d=fwd.example.net; s=gone; h=from; bh=eA==; b=eA==\r\n"
    yield "above a broken signature", inbound(broken + dkim_sign(written()), **FORWARDER)


def forwarded_with_more_on_top() -> Iterator[Case]:
    tops = (
        b"Received: from a by fwd.example.net; Mon, 3 Feb 2025 10:12:03 +0100\r\n",
        b"Delivered-To: info@nexioprojects.com\r\nX-Forwarded-For: a b\r\n",
        b"Return-Path: <x@fwd.example.net>\r\n",
        b"Authentication-Results: fwd.example.net; dmarc=fail header.from=example.org\r\n",
        b"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=fwd.example.net; s=x; b=eA==\r\n",
        b"List-Unsubscribe: <mailto:x@example.net>\r\n",
        b"X-Spam-Status: No,\r\n\tscore=0\r\n",
        b"Resent-From: <x@fwd.example.net>\r\nResent-To: info@nexioprojects.com\r\n",
    )
    for top in tops:
        for forms in FORMS:
            yield f"{top[:20]!r} {forms}", inbound(top + dkim_sign(written(), forms=forms), **FORWARDER)


def every_shape_of_mail_signed() -> Iterator[Case]:
    for name, raw in MAILS.items():
        head = split_head(raw)
        if b"\r\n\r\n" not in raw or read_sender(head).oddities or raw.startswith(b"From "):
            continue
        sender = read_sender(head).domain
        if sender == "example.org":
            yield name, inbound(dkim_sign(raw), **FORWARDER)


def straight_from_their_server() -> Iterator[Case]:
    yield "SPF alone", inbound(written(), **OWN_SERVER)
    yield "angle brackets", inbound(written(), **{**OWN_SERVER, "envelope_from": "<jan@example.org>"})
    yield "an IPv4-mapped peer", inbound(written(), **{**OWN_SERVER, "peer": "::ffff:192.0.2.10"})
    yield "a subdomain's envelope", inbound(written(), peer="192.0.2.11", helo="x", envelope_from="b@mail.example.org")
    yield "a null envelope and HELO", inbound(written(), peer="192.0.2.11", helo="mail.example.org", envelope_from="")
    yield (
        "a policy of none",
        inbound(written(sender="a@relaxed.example"), peer="192.0.2.30", helo="x", envelope_from="a@relaxed.example"),
    )
    yield (
        "strict and exact",
        inbound(written(sender="a@strict.example"), peer="192.0.2.20", helo="x", envelope_from="a@strict.example"),
    )
    yield "truncated", replace(inbound(written(), **OWN_SERVER), truncated=True)


SPF = "spf=pass (mx: domain of jan@example.org designates 192.0.2.10 as permitted sender) smtp.mailfrom=jan@example.org"
STAMPS = (
    "{o}; dmarc=pass (p=reject dis=none) header.from=example.org",
    (
        f"{{o}};\r\n\tdkim=pass header.i=@example.org header.s=s1 header.b=AbC+/=;\r\n\t{SPF};"
        "\r\n\tdmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.org"
    ),
    (
        '{o}; dkim=pass (2048-bit key; unprotected) header.d=example.org header.i=@example.org header.b="a1/+";'
        " dkim-atps=neutral; dmarc=pass header.from=example.org"
    ),
    (
        "{o}; dkim=pass header.d=example.org header.s=s1 header.b=x; dmarc=pass (policy=none) header.from=example.org;"
        f' {SPF}; arc=none; auth=pass smtp.auth="" smtp.mailfrom='
    ),
    (
        "{o}; dmarc=pass policy.published-domain-policy=none policy.applied-disposition=none (p=none,d=none)"
        " policy.policy-from=p header.from=example.org; iprev=pass smtp.remote-ip=192.0.2.10 (mail.example.org);"
        " x-tls=pass smtp.version=TLSv1.3 smtp.bits=256/256"
    ),
    "{o} 1; spf=none smtp.helo=x; dmarc=pass header.from=EXAMPLE.ORG;",
    '"{o}"; dmarc = pass reason="all good; really" header.from = example.org',
    "{u}; dmarc/1=pass header.from=example.org.",
    "(by hand) {o} (ours); (here) dmarc=pass (really (very)) header.from=example.org (so)",
    '{o}; spf=fail smtp.mailfrom="john doe"@example.net; dmarc=pass header.from=example.org',
)
HOPS = (
    "",
    "Return-Path: <jan@example.org>\r\nDelivered-To: info@nexioprojects.com\r\n",
    "Received: from mx.nexioprojects.com by imap.nexioprojects.com with LMTP id x; Mon, 3 Feb 2025 10:12:02 +0100\r\n",
    "Received: from localhost (localhost [127.0.0.1]) by mailstore with LMTP id x\r\n\tfor <a@example.com>; x\r\n",
    "Received: by 2002:a05:6a10:1234 with SMTP id x; Mon, 3 Feb 2025 01:12:02 -0800 (PST)\r\n",
    "Received: from a by mx.nexioprojects.com (Postfix) with ESMTPS id x; Mon, 3 Feb 2025 10:12:01 +0100\r\n",
    "Authentication-Results: other.example.net; dmarc=fail header.from=example.org\r\n",
)


def stamped_by_our_server() -> Iterator[Case]:
    for number, stamp in enumerate(STAMPS):
        for hop in HOPS:
            line = "Authentication-Results: " + stamp.format(o=OURS, u=OURS.upper())
            raw = f"{hop}{line}\r\n".encode() + written()
            yield f"stamp {number} below {hop[:30]!r}", inbound(raw, authserv_id=OURS)


GENUINE: list[Callable[[], Iterator[Case]]] = [
    signed_in_every_form,
    signed_with_other_keys,
    forwarded_with_more_on_top,
    every_shape_of_mail_signed,
    straight_from_their_server,
    stamped_by_our_server,
]


def dns() -> StaticResolver:
    short, long = rsa_record("short", 1024), rsa_record("long", 4096)
    return StaticResolver(
        zone({"short._domainkey.example.org": {"TXT": [short]}, "long._domainkey.example.org": {"TXT": [long]}})
    )


def grade(case: Inbound) -> Trust:
    oddities = read_sender(split_head(b"".join(case.raw))).oddities
    return grade_sender(MAIL, authenticate(case, dns()), oddities, on_record=True, own_domain=False).trust


@pytest.mark.parametrize("cases", GENUINE, ids=lambda cases: cases.__name__)
def test_genuine_mail_is_recognised(cases: Callable[[], Iterator[Case]]) -> None:
    assert [name for name, case in cases() if grade(case) is not Trust.PLAUSIBLE] == []


def test_there_are_genuine_mails_enough() -> None:
    assert sum(1 for cases in GENUINE for _ in cases()) >= 150


def look(raw: bytes, *broken: str, **known: Any) -> Authentication:
    return authenticate(inbound(raw, **known), StaticResolver(zone(), broken))


def test_a_dns_failure_is_a_temporary_error_and_no_pass() -> None:
    raw = dkim_sign(written())
    for away in ("_dmarc.example.org", "s1._domainkey.example.org"):
        assert look(raw, away, **FORWARDER).dmarc is Verdict.TEMPERROR
    assert look(written(), "example.org", **OWN_SERVER).dmarc is Verdict.TEMPERROR
    assert look(written(), "example.org", **OWN_SERVER).spf is Verdict.TEMPERROR


def test_one_proof_is_enough_while_the_other_is_away() -> None:
    both = dkim_sign(written())
    assert look(both, "s1._domainkey.example.org", **OWN_SERVER).dmarc is Verdict.PASS
    assert look(both, "example.org", **OWN_SERVER).dmarc is Verdict.PASS


def test_a_failed_mail_names_the_policy_of_its_domain() -> None:
    found = look(written(), **FORWARDER)
    assert (found.dmarc, found.policy, found.by) == (Verdict.FAIL, "reject", OURSELVES)
    subdomain = look(written(sender="a@deep.news.example.org"), **FORWARDER)
    assert (subdomain.dmarc, subdomain.policy) == (Verdict.FAIL, "reject")


def test_a_domain_without_a_policy_passes_nothing() -> None:
    raw = dkim_sign(written(sender="a@example.com"), "example.com", key="example.org")
    zone_of_it = {"s1._domainkey.example.com": {"TXT": [rsa_record("example.org")]}}
    assert authenticate(inbound(raw, **FORWARDER), StaticResolver(zone_of_it)).dmarc is Verdict.NONE


def test_the_stamp_tells_policy_domains_and_spf() -> None:
    line = f"Authentication-Results: {OURS}; {STAMPS[1].format(o=OURS).partition(';')[2]}\r\n"
    found = authenticate(inbound(line.encode() + written(), authserv_id=OURS.upper()), dns())
    assert (found.dmarc, found.policy, found.dkim, found.spf) == (Verdict.PASS, "none", ("example.org",), Verdict.PASS)


def test_a_stamped_failure_is_a_failure() -> None:
    line = f"Authentication-Results: {OURS}; dmarc=fail (p=quarantine) header.from=example.org\r\n"
    found = authenticate(inbound(line.encode() + written(), authserv_id=OURS), dns())
    assert (found.dmarc, found.policy) == (Verdict.FAIL, "quarantine")


def test_a_signature_runs_out_by_the_time_of_arrival() -> None:
    case = inbound(ed25519_sign(written(), tags="t=1700000000; x=4000000000; "), **FORWARDER)
    assert grade(case) is Trust.PLAUSIBLE
    late = datetime.fromtimestamp(4_000_100_000, UTC)
    assert grade(replace(case, received_at=late)) is not Trust.PLAUSIBLE
