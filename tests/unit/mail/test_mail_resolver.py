"""The real resolver against a DNS server on loopback, and the clock over all look-ups of one mail."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from bot.channels.sender_auth.resolver import DnsResolver, DnsUnavailable, HurriedResolver, StaticResolver

ANSWERS = {
    ("x.example.", "TXT"): ['"v=spf1 " "-all"'],
    ("x.example.", "A"): ["192.0.2.1"],
    ("x.example.", "AAAA"): ["2001:db8::1"],
    ("x.example.", "MX"): ["10 mx.example."],
    ("1.2.0.192.in-addr.arpa.", "PTR"): ["x.example."],
}


def answer(query: bytes) -> bytes | None:
    message = dns.message.from_wire(query)
    question = message.question[0]
    name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
    if name.startswith("silent"):
        return None
    reply = dns.message.make_response(message)
    reply.flags |= dns.flags.RA
    if name.startswith("broken"):
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif (name, kind) in ANSWERS:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *ANSWERS[name, kind]))
    elif name != "x.example.":
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


@pytest.fixture
def resolver() -> Iterator[DnsResolver]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while (packet := server.recvfrom(4096))[0] != b"stop":
                if reply := answer(packet[0]):
                    server.sendto(reply, packet[1])

        thread = threading.Thread(target=serve)
        thread.start()
        yield DnsResolver(["127.0.0.1"], port=server.getsockname()[1], lifetime=0.4)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"stop", server.getsockname())
        thread.join()


def test_records_are_read(resolver: DnsResolver) -> None:
    assert resolver.txt("x.example") == [b"v=spf1 -all"]
    assert resolver.a("x.example") == ["192.0.2.1"]
    assert resolver.aaaa("x.example") == ["2001:db8::1"]
    assert resolver.mx("x.example") == [(10, "mx.example")]
    assert resolver.ptr("1.2.0.192.in-addr.arpa") == ["x.example"]


@pytest.mark.parametrize("name", ["gone.example", "a..example", "x" * 64 + ".example", ".".join("a" * 200)])
def test_what_is_not_there_is_an_empty_answer(resolver: DnsResolver, name: str) -> None:
    assert resolver.txt(name) == []


@pytest.mark.parametrize("name", ["broken.example", "silent.example"])
def test_a_failing_or_silent_server_is_no_answer(resolver: DnsResolver, name: str) -> None:
    with pytest.raises(DnsUnavailable):
        resolver.txt(name)


def test_all_look_ups_of_a_mail_share_one_time_limit() -> None:
    now = 0.0
    hurried = HurriedResolver(StaticResolver({"x.example": {"A": ["192.0.2.1"]}}), 20, lambda: now)
    assert hurried.a("x.example") == ["192.0.2.1"]
    now = 20.1
    with pytest.raises(DnsUnavailable, match="time"):
        hurried.a("x.example")
