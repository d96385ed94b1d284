"""Forged mails: families of attack times their variants; not one may be graded plausible. Nor may few be missing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.mime.fields import split_head
from bot.channels.mime.sender import read_sender
from bot.channels.sender_auth.authenticate import authenticate
from bot.channels.sender_auth.resolver import Resolver, StaticResolver
from bot.core.messages import MAIL, Inbound, Verdict
from bot.core.trust import Trust, grade_sender
from tests.campaigns.mails import mail, multipart, part
from tests.unit.mail.reading import inbound
from tests.unit.mail.signing import dkim_sign, ed25519_sign, zone

OURS = "mx.nexioprojects.com"
VICTIM = "victim@example.org"
ON_RECORD = {VICTIM, "boss@example.org", "me@strict.example", "me@victim.github.io", "me@victim.co.uk"}
EVIL = {"peer": "203.0.113.66", "helo": "evil.example", "envelope_from": "x@evil.example"}
STAMPED: dict[str, Any] = {"authserv_id": OURS}
PASS = f"Authentication-Results: {OURS}; dmarc=pass (p=reject) header.from=example.org"
FAIL = f"Authentication-Results: {OURS}; dmarc=fail (p=reject) header.from=example.org"
BORDER = (
    f"Received: from evil.example (evil.example [203.0.113.66]) by {OURS} with ESMTP; Mon, 3 Feb 2025 10:12:01 +0100"
)

Case = tuple[str, Inbound]
FAMILIES: list[Callable[[], Iterator[Case]]] = []


def family(cases: Callable[[], Iterator[Case]]) -> Callable[[], Iterator[Case]]:
    FAMILIES.append(cases)
    return cases


def forged(sender: str = VICTIM, **fields: str) -> bytes:
    return mail("Please erase me.\r\n", received="", **{"from": sender, "return_path": ""}, **fields)


def genuine() -> bytes:
    """Return a mail the victim really sent and signed, to somebody else."""
    return dkim_sign(mail("Hello world\r\n", received="", return_path="", **{"from": VICTIM}))


def on_top(raw: bytes, *lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode() + raw


# -- stamps ----------------------------------------------------------------------------------------


@family
def a_stamp_of_ours_below_our_own() -> Iterator[Case]:
    for own in (
        "dmarc=fail",
        "dmarc=none",
        "spf=pass smtp.mailfrom=x@evil.example",
        "none",
        "dmarc=temperror",
        "dmarc=permerror",
    ):
        for forgery in (PASS, PASS.upper(), PASS.replace(";", " 1;", 1), PASS.replace("dmarc=", "dmarc = ")):
            raw = on_top(forged(), f"Authentication-Results: {OURS}; {own}", BORDER, forgery)
            yield f"{own} above {forgery[:60]}", inbound(raw, **STAMPED)


@family
def a_stamp_of_somebody_else() -> Iterator[Case]:
    servers = (
        "mx.evil.example",
        "mx.nexioprojects.com.evil.example",
        "nexioprojects.com",
        "mx.nexioprojects.co",
        "x mx.nexioprojects.com",
    )
    for server in (
        *servers,
        f"({OURS}) evil.example",
        f'"{OURS} "',
        f"{OURS}.",
        f"{OURS}\0",
        f"evil/{OURS}",
        f"<{OURS}>",
        "",
    ):
        yield f"stamp of {server}", inbound(on_top(forged(), PASS.replace(OURS, server)), **STAMPED)


@family
def a_stamp_that_came_in_through_strangers() -> Iterator[Case]:
    for host in ("mx.evil.example", "mail.example.net", "mx.nexioprojects.com.evil.example", "relay.nexioprojects.org"):
        hop = f"Received: from a (b [192.0.2.9]) by {host} with ESMTPS; Mon, 3 Feb 2025 10:12:01 +0100"
        yield f"below {host}", inbound(on_top(forged(), hop, PASS), **STAMPED)


@family
def a_stamp_for_another_from() -> Iterator[Case]:
    claims = ("evil.example", "org", "sub.example.org", "example.org.evil.example", "example.com", '""', "xexample.org")
    for claim in (*claims, "example.org,evil.example", "@example.org.evil.example"):
        stamp = f"Authentication-Results: {OURS}; dmarc=pass (p=reject) header.from={claim}"
        yield f"header.from={claim}", inbound(on_top(forged(), stamp), **STAMPED)
    for missing in (
        "dmarc=pass",
        "dmarc=pass (header.from=example.org)",
        "dmarc=pass smtp.from=example.org",
        "dmarc=pass reason=example.org",
    ):
        yield missing, inbound(on_top(forged(), f"Authentication-Results: {OURS}; {missing}"), **STAMPED)


@family
def a_verdict_smuggled_into_our_stamp() -> Iterator[Case]:
    tricks = (
        "spf=pass smtp.mailfrom=x; dmarc=pass header.from=example.org; dmarc=fail header.from=example.org",
        "dmarc=fail header.from=example.org; dmarc=pass header.from=example.org",
        "dkim=pass header.d=example.org(.evil.example; dmarc=pass header.from=example.org",
        "dkim=pass header.d=example.org).evil.example; dmarc=pass header.from=example.org",
        'spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.org',
        'spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.org"@evil.example',
        "spf=pass (x; dmarc=pass header.from=example.org) smtp.mailfrom=x@evil.example",
        'spf=pass (x ") ; dmarc=pass header.from=example.org (") smtp.mailfrom=x; dmarc=fail header.from=example.org',
        "dmarc=fail (dmarc=pass header.from=example.org) header.from=example.org",
        "dmarc=fail reason=pass header.from=example.org",
        "dmarc=pass header.from=evil.example header.from=example.org",
        "dmarc=pass header.from=example.org header.from=evil.example",
        "dmarc=pass.evil header.from=example.org",
        "dmarc=passed header.from=example.org",
        "dmarc=bestguesspass header.from=example.org",
        "x-dmarc=pass header.from=example.org",
        "dmarc.x=pass header.from=example.org",
        "dkim=pass header.d=example.org; spf=pass smtp.mailfrom=example.org",
        "dmarc=pass header.from=example.org \\; dmarc=fail",
        "dmarc=pass header.from=example\\.org",
        "dmarc=pass header.from=example.org junk",
        "dmarc=pass header.from=example.org <evil.example>",
        "none; dmarc=pass header.from=example.org",
        "dmarc=pass ((header.from=example.org)",
        "arc=pass; dmarc=fail header.from=example.org",
    )
    for trick in tricks:
        yield trick, inbound(on_top(forged(), f"Authentication-Results: {OURS}; {trick}"), **STAMPED)


@family
def our_stamp_spoilt_and_a_whole_one_below() -> Iterator[Case]:
    spoilt = (
        "(",
        '"',
        "\\",
        f"{OURS}; spf=pass (never closed",
        f'{OURS}; spf=pass smtp.mailfrom="never closed',
        f"{OURS} ) x",
    )
    for value in (*spoilt, "", f"{OURS}; dkim=pass header.d=a(b", f"({OURS}", f'"{OURS}', f"{OURS}; =pass"):
        yield value, inbound(on_top(forged(), f"Authentication-Results: {value}", BORDER, PASS), **STAMPED)


@family
def verdicts_in_fields_that_are_no_stamp() -> Iterator[Case]:
    names = (
        "ARC-Authentication-Results",
        "X-Authentication-Results",
        "Original-Authentication-Results",
        "Received-SPF",
    )
    for name in (
        *names,
        "Authentication-Results-Original",
        "X-MS-Exchange-Authentication-Results",
        "DMARC-Filter",
        "Authentication-Result",
    ):
        for value in (
            f"{OURS}; dmarc=pass header.from=example.org",
            f"i=1; {OURS}; dmarc=pass header.from=example.org",
        ):
            yield f"{name}: {value[:20]}", inbound(on_top(forged(), f"{name}: {value}"), **STAMPED)
    yield "in the body", inbound(forged() + PASS.encode() + b"\r\n", **STAMPED)
    yield "after a torn head", inbound(b"torn line\r\n" + on_top(forged(), PASS), **STAMPED)


@family
def a_stamp_where_nobody_stamps() -> Iterator[Case]:
    yield "no server named", inbound(on_top(forged(), PASS))
    yield "behind our own listener", inbound(on_top(forged(), PASS), **EVIL)
    yield "behind our own listener, server named", inbound(on_top(forged(), PASS), **EVIL, **STAMPED)
    for server in ("", " ", ";"):
        yield f"the settings say {server!r}", inbound(on_top(forged(), PASS.replace(OURS, server)), authserv_id=server)


# -- the From --------------------------------------------------------------------------------------

CHEATS = (
    f"<{VICTIM}><x@evil.example>",
    f"<x@evil.example><{VICTIM}>",
    f"{VICTIM}, x@evil.example",
    f"x@evil.example, {VICTIM}",
    f"{VICTIM} <x@evil.example>",
    f"x@evil.example <{VICTIM}>",
    f"<{VICTIM}> <x@evil.example>",
    f"{VICTIM}(x@evil.example",
    "victim@example.org(.evil.example)",
    "victim@evil.example(.example.org)",
    "<victim@evil.example>(@example.org)",
    "<@evil.example:victim@example.org>",
    "<@example.org,@evil.example:x@evil.example>",
    '"victim@example.org"@evil.example',
    "victim@example.org\\@evil.example",
    "victim@example.org\0@evil.example",
    "victim@example.org\0.evil.example",
    "victim@evil.example\0.example.org",
    "=?utf-8?Q?=3Cvictim=40example.org=3E?= <x@evil.example>",
    "=?utf-8?B?dmljdGltQGV4YW1wbGUub3Jn?=",
    "=?utf-8?B?dmljdGltQGV4YW1wbGUub3Jn?= <x@evil.example>",
    "=?utf-8?Q?victim?=@example.org",
    f"group: {VICTIM};",
    f"group: x@evil.example;, {VICTIM}",
    f"{VICTIM};x@evil.example",
    f"<{VICTIM}",
    f"{VICTIM}>",
    f"<<{VICTIM}>>",
    f'"{VICTIM}',
    "victim@ex\u0430mple.org",
    "victim@example.org.",
    "victim@@example.org",
    "victim @example.org x@evil.example",
    f"a b c {VICTIM}",
    "",
)


@family
def a_from_that_readers_read_differently() -> Iterator[Case]:
    for cheat in CHEATS:
        raw = forged(cheat) if cheat else forged().replace(f"From: {VICTIM}\r\n".encode(), b"From:\r\n")
        signed = dkim_sign(raw, "evil.example", names=(b"from", b"subject"))
        yield f"looked up: {cheat!a}", inbound(signed, **EVIL)
        stamp = f"Authentication-Results: {OURS}; dmarc=pass header.from=evil.example"
        yield f"stamped: {cheat!a}", inbound(on_top(raw, stamp), **STAMPED)


@family
def two_froms() -> Iterator[Case]:
    evil = "From: x@evil.example"
    both = {
        "above": on_top(forged(), evil),
        "below": forged("x@evil.example").replace(b"\r\n\r\n", f"\r\nFrom: {VICTIM}\r\n\r\n".encode(), 1),
        "spaced": on_top(forged("x@evil.example"), f"From : {VICTIM}"),
        "tabbed": on_top(forged("x@evil.example"), f"From\t: {VICTIM}"),
        "shouted": on_top(forged("x@evil.example"), f"FROM: {VICTIM}"),
        "after a bare CR": on_top(forged("x@evil.example"), f"X: y\rFrom: {VICTIM}"),
        "after a bare LF": on_top(forged("x@evil.example"), f"X: y\nFrom: {VICTIM}"),
        "folded away": on_top(forged("x@evil.example"), f"X: y\r\n From: {VICTIM}").replace(b"\r\n From", b"\r From"),
    }
    for name, raw in both.items():
        stamp = f"Authentication-Results: {OURS}; dmarc=pass header.from=evil.example"
        for claim in ("evil.example", "example.org"):
            yield f"{name}, stamped for {claim}", inbound(on_top(raw, stamp.replace("evil.example", claim)), **STAMPED)
        yield f"{name}, looked up", inbound(raw, **EVIL)


# -- signatures ------------------------------------------------------------------------------------


@family
def the_attackers_own_signature() -> Iterator[Case]:
    domains = ("evil.example", "org.evil.example", "example.org.evil.example", "org")
    for domain in domains:
        yield f"d={domain}", inbound(dkim_sign(forged(), domain, key="evil.example"), **EVIL)
        named = dkim_sign(forged(), domain, key="evil.example", identity=f"victim@{domain}".encode())
        yield f"d={domain} with i=", inbound(named, **EVIL)
    neighbour = dkim_sign(forged("me@victim.github.io"), "evil.github.io", key="evil.example")
    yield "another customer of the same host", inbound(neighbour, **EVIL)
    suffix = dkim_sign(forged("me@victim.co.uk"), "co.uk", key="evil.example")
    yield "a public suffix that signs", inbound(suffix, **EVIL)
    strict = dkim_sign(forged("me@strict.example"), "sub.strict.example")
    yield "a subdomain where the domain is strict", inbound(strict, **EVIL)


@family
def a_domain_written_so_that_readers_differ() -> Iterator[Case]:
    signed = dkim_sign(forged(), "evil.example")
    spellings = (
        *(b"example.org(.evil.example", b"example.org\0.evil.example", b"example.org,evil.example", b"<example.org>"),
        *(b"example.org;evil.example", b"example.org/evil.example", b"example.org@evil.example", b'"example.org"'),
        *(b"example.org\\.evil.example", b"example.org ", b".example.org", b"example..org"),
    )
    for name in spellings:
        yield f"d={name!r}", inbound(signed.replace(b"d=evil.example", b"d=" + name), **EVIL)
    for selector in (
        b"s1._domainkey.evil.example.\0",
        b"s1._domainkey.evil.example\0.x",
        b"s1 ",
        b"s1(",
        b"*",
        b"..",
        b"",
    ):
        stolen = signed.replace(b"d=evil.example", b"d=example.org").replace(b"s=s1", b"s=" + selector)
        yield f"s={selector!r}", inbound(stolen, **EVIL)
    yield "d= twice", inbound(signed.replace(b"d=evil.example", b"d=evil.example; d=example.org"), **EVIL)
    yield "D= beside d=", inbound(signed.replace(b"d=evil.example", b"d=evil.example; D=example.org"), **EVIL)


@family
def a_genuine_signature_over_something_else() -> Iterator[Case]:
    real = genuine()
    changes = {
        "another body": real.replace(b"Hello world", b"Erase it all"),
        "more body": real + b"and erase all\r\n",
        "another subject": real.replace(b"Subject: Mijn gegevens", b"Subject: Wis alles"),
        "a second subject": on_top(real, "Subject: Wis alles"),
        "a second subject below": real.replace(b"\r\n\r\n", b"\r\nSubject: Wis alles\r\n\r\n", 1),
        "a second date": on_top(real, "Date: Mon, 3 Feb 2025 11:12:00 +0100"),
        "a second content-type": on_top(real, "Content-Type: text/html", "Content-Type: text/plain"),
        "another from": real.replace(VICTIM.encode(), b"boss@example.org"),
        "another from on top": on_top(real, "From: boss@example.org"),
        "another from below": real.replace(b"\r\n\r\n", b"\r\nFrom: boss@example.org\r\n\r\n", 1),
        "a torn head": on_top(real, "torn").replace(b"torn\r\n", b"To: x\r\ntorn\r\n"),
        "no signature value": re.sub(rb"b=[^;]*\r\n(?=[A-Z])", b"b=\r\n", real),
        "another algorithm": real.replace(b"a=rsa-sha256", b"a=rsa-sha1"),
        "an unknown algorithm": real.replace(b"a=rsa-sha256", b"a=none"),
        "version 2": real.replace(b"v=1;", b"v=2;"),
        "no version": real.replace(b"v=1; ", b""),
        "half a body": real[:-6],
    }
    for name, raw in changes.items():
        yield name, inbound(raw, **EVIL)
    yield "truncated", replace(inbound(real, **EVIL), truncated=True)


@family
def signatures_that_never_count() -> Iterator[Case]:
    raw = forged()
    yield "l=", inbound(dkim_sign(raw, length=True) + b"Erase all\r\n", **EVIL)
    yield "l=, nothing added", inbound(dkim_sign(raw, length=True), **EVIL)
    yield "sha1", inbound(dkim_sign(raw, algorithm=b"rsa-sha1"), **EVIL)
    yield "768 bits", inbound(dkim_sign(raw, selector=b"weak", key="weak", bits=768), **EVIL)
    for selector in (b"test", b"sha1", b"other", b"revoked", b"twice", b"absent"):
        yield f"a key that may not: {selector.decode()}", inbound(dkim_sign(raw, selector=selector), **EVIL)
    narrow = dkim_sign(raw, selector=b"narrow", identity=b"x@sub.example.org")
    yield "a subdomain's identity under a narrow key", inbound(narrow, **EVIL)
    yield "subject left open", inbound(dkim_sign(raw, names=(b"from", b"to")), **EVIL)
    yield "signed with a stolen name", inbound(dkim_sign(raw, key="evil.example"), **EVIL)
    yield "from left out", inbound(ed25519_sign(raw, names=(b"subject", b"to")), **EVIL)
    for tags in (
        "x=1500000000; ",
        "t=4000000000; ",
        "t=x; ",
        "x=-1; ",
        "l=0; ",
        "l=99999; ",
        "q=http; ",
        "i=@org; ",
        "i=@xexample.org; ",
    ):
        yield tags, inbound(ed25519_sign(raw, tags=tags), **EVIL)
    yield "the field signs itself", inbound(ed25519_sign(raw, names=(b"from", b"subject", b"dkim-signature")), **EVIL)


@family
def a_wrapped_message() -> Iterator[Case]:
    kind, body = multipart("mixed", part("look"), part(genuine(), "message/rfc822"))
    wrapped = forged(content_type=kind) + body
    yield "a genuine mail attached", inbound(wrapped, **EVIL)
    yield "its signature copied up", inbound(genuine().partition(b"\r\nReturn")[0] + b"\r\n" + wrapped, **EVIL)


# -- the envelope ----------------------------------------------------------------------------------


@family
def an_envelope_of_the_attackers_own() -> Iterator[Case]:
    envelopes = (
        "x@evil.example",
        "",
        "victim@example.org",
        "<victim@example.org>",
        "@example.org:x@evil.example",
        "@evil.example,@example.org:victim@example.org",
        '"victim@example.org"@evil.example',
        "x@evil.example@example.org",
        "victim@example.org@evil.example",
        "victim@example.org\0@evil.example",
        "x@example.org.evil.example",
        "x@sub.example.org",
        "x@mail.example.org",
        "x@org",
        "x@evil.example>,<victim@example.org",
        "(x@evil.example)victim@example.org",
        "x@[203.0.113.66]",
    )
    for envelope in envelopes:
        for helo in ("evil.example", "example.org", "mail.example.org", "[203.0.113.66]", ""):
            case = inbound(forged(), peer="203.0.113.66", helo=helo, envelope_from=envelope)
            yield f"MAIL FROM {envelope!a} HELO {helo}", case
    yield (
        "a subdomain's envelope where the domain is strict",
        inbound(
            forged("me@strict.example"),
            peer="192.0.2.21",
            helo="sub.strict.example",
            envelope_from="x@sub.strict.example",
        ),
    )
    for peer in ("", "192.0.2.10.evil.example", "192.0.2.010", "unix:/run/x", "192.0.2.10, 203.0.113.66"):
        yield f"peer {peer!r}", inbound(forged(), peer=peer, helo="example.org", envelope_from=VICTIM)


# -- the verdict -----------------------------------------------------------------------------------


def plausible(case: Inbound, dns: Resolver) -> bool:
    sender = read_sender(split_head(b"".join(case.raw)))
    authentication = authenticate(case, dns)
    on_record = sender.address in ON_RECORD
    grade = grade_sender(MAIL, authentication, sender.oddities, on_record=on_record, own_domain=False)
    speaks_for = authentication.dmarc is Verdict.PASS and sender.domain != "evil.example"
    return grade.trust >= Trust.PLAUSIBLE or (speaks_for and not sender.oddities)


@pytest.mark.rule(41, refused=True)
@pytest.mark.parametrize("cases", FAMILIES, ids=lambda cases: cases.__name__)
def test_no_forged_mail_is_plausible(cases: Callable[[], Iterator[Case]]) -> None:
    assert [name for name, case in cases() if plausible(case, StaticResolver(zone()))] == []


def test_there_are_forgeries_enough_and_no_two_the_same() -> None:
    seen = {
        (b"".join(case.raw), case.peer, case.helo, case.envelope_from, case.authserv_id)
        for cases in FAMILIES
        for _, case in cases()
    }
    assert len(seen) >= 200


@pytest.mark.parametrize("cases", FAMILIES, ids=lambda cases: cases.__name__)
def test_no_forged_mail_is_plausible_while_the_dns_is_away(cases: Callable[[], Iterator[Case]]) -> None:
    away = StaticResolver({}, broken=list(zone()))
    assert [name for name, case in cases() if case.peer and plausible(case, away)] == []
