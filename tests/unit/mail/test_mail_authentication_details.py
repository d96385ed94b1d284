"""The strict readers under sender authentication, each refusal by itself."""

import pytest

from bot.channels.sender_auth.authenticate import authenticate
from bot.channels.sender_auth.domains import is_aligned, organisational_domain
from bot.channels.sender_auth.envelope import Envelope, check_envelope
from bot.channels.sender_auth.resolver import Resolver, StaticResolver
from bot.channels.sender_auth.results_header import Malformed, read_results, server_of
from bot.channels.sender_auth.tags import read_tags
from bot.core.messages import Authentication, Verdict
from tests.campaigns.mails import mail
from tests.unit.mail.reading import inbound
from tests.unit.mail.signing import zone


@pytest.mark.parametrize(
    "value",
    [
        "mx; spf=pass (never closed",
        "mx; spf=pass closed) never begun",
        'mx; spf=pass smtp.mailfrom="never closed',
        'mx; spf=pass (a "quotation) ; dmarc=pass header.from=x (in" a comment) smtp.mailfrom=y',
        "mx; spf=pass smtp.mailfrom=a\\;b",
        "mx; spf=pass smtp.mailfrom=a\\b",
        "mx 2; spf=pass",
        "mx mx; spf=pass",
        "mx; spf=pass smtp.mailfrom=a smtp.mailfrom=b",
        "mx; spf=pass junk",
        "mx; spf=pass, dkim=pass",
        "mx; spf",
        "mx; =pass",
        "mx;; spf=pass",
        "",
    ],
)
def test_an_irregular_stamp_is_worthless(value: str) -> None:
    with pytest.raises(Malformed):
        read_results(value)


def test_a_stamp_is_read_with_its_quotations_comments_and_properties() -> None:
    spf, dmarc = read_results('mx 1; spf=fail (a; (b)) smtp.mailfrom="a;\\"b"@x.example; dmarc=pass header.from=x')
    assert spf.properties == {"smtp.mailfrom": 'a;"b@x.example'}
    assert spf.comment.split() == ["a;", "b"]
    assert (dmarc.method, dmarc.result, dmarc.properties) == ("dmarc", "pass", {"header.from": "x"})


def test_a_server_is_known_before_the_rest_is_read() -> None:
    assert server_of("(x) MX.Example.com 1; spf=pass (never closed") == "mx.example.com"
    with pytest.raises(Malformed):
        server_of("(mx.example.com; spf=pass")


@pytest.mark.parametrize("text", ["a=1; a=2", "a", "=1", "a b=1", "1a=2", "a=1;;b=2"])
def test_a_tag_list_is_strict(text: str) -> None:
    assert read_tags(text) is None


def test_tags_lose_blanks_around_their_values() -> None:
    assert read_tags(" v = DKIM1 ;\tp= a b ;") == {"v": "DKIM1", "p": "a b"}


def test_an_odd_from_costs_no_look_up() -> None:
    class Untouched(StaticResolver):
        def txt(self, name: str) -> list[bytes]:
            raise AssertionError(f"asked for {name}")

    case = inbound(
        mail(**{"from": "a@x.example, b@y.example"}), peer="192.0.2.1", helo="x", envelope_from="a@x.example"
    )
    assert authenticate(case, Untouched({})) == Authentication()


def envelope(
    sender: str, peer: str = "192.0.2.11", helo: str = "mail.example.org", dns: Resolver | None = None
) -> Envelope:
    case = inbound(mail(), peer=peer, helo=helo, envelope_from=sender)
    return check_envelope(case, dns or StaticResolver(zone()))


def test_an_empty_envelope_is_judged_by_its_greeting() -> None:
    assert envelope("") == Envelope(Verdict.PASS, "mail.example.org")


@pytest.mark.parametrize(
    "sender", ["x@@example.net", '"a@b"@example.net', "@a.example:b@example.net", "x@exam ple.net", "nobody"]
)
def test_an_unreadable_envelope_is_not_replaced_by_the_greeting(sender: str) -> None:
    assert envelope(sender) == Envelope()


def test_an_endless_policy_is_no_pass() -> None:
    loop = StaticResolver({"loop.example": {"TXT": ["v=spf1 include:loop.example +all"]}})
    assert envelope("a@loop.example", dns=loop).verdict is Verdict.NONE
    many = " ".join(f"include:s{n}.example" for n in range(40))
    voids = StaticResolver({"void.example": {"TXT": [f"v=spf1 {many} +all"]}})
    assert envelope("a@void.example", dns=voids).verdict is Verdict.NONE


def test_every_mechanism_asks_the_given_resolver() -> None:
    dns = StaticResolver(
        {
            "all.example": {"TXT": ["v=spf1 a mx include:more.example exists:%{ir}.list.example ptr:all.example -all"]},
            "more.example": {"TXT": ["v=spf1 ip6:2001:db8::/32 -all"]},
            "mx.all.example": {"A": ["192.0.2.2"], "AAAA": ["2001:db9::2"]},
            "5.2.0.192.list.example": {"A": ["127.0.0.2"]},
            "6.2.0.192.in-addr.arpa": {"PTR": ["host.all.example"]},
            "host.all.example": {"A": ["192.0.2.6"]},
        }
        | {"all.example": {"TXT": ["v=spf1 a mx include:more.example exists:%{ir}.list.example ptr:all.example -all"],
                           "A": ["192.0.2.1"], "MX": [(10, "mx.all.example")]}}
    )  # fmt: skip
    for peer in ("192.0.2.1", "192.0.2.2", "2001:db8::7", "2001:db9::2", "192.0.2.5", "192.0.2.6"):
        assert envelope("x@all.example", peer, dns=dns).verdict is Verdict.PASS, peer
    assert envelope("x@all.example", "192.0.2.9", dns=dns).verdict is Verdict.FAIL


def test_an_unknown_envelope_says_nothing() -> None:
    assert (
        check_envelope(inbound(mail(), peer="192.0.2.11", helo="mail.example.org"), StaticResolver(zone()))
        == Envelope()
    )


def test_domains_belong_together_by_who_registered_them() -> None:
    assert organisational_domain("a.b.example.co.uk") == "example.co.uk"
    assert organisational_domain("co.uk") == ""
    assert is_aligned("mail.example.org", "news.example.org", strict=False)
    assert not is_aligned("mail.example.org", "news.example.org", strict=True)
    assert not is_aligned("a.github.io", "b.github.io", strict=False)
    assert not is_aligned("co.uk", "victim.co.uk", strict=False)
    assert not is_aligned("", "", strict=False)
