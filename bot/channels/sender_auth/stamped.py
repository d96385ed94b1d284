"""The verdict our own mail server stamped on a mail, told apart from what a sender pretends it stamped."""

import re
from collections.abc import Sequence
from typing import Final

from bot.channels.mime.addresses import canonical_domain
from bot.channels.mime.fields import Head
from bot.channels.mime.words import unicode_of
from bot.channels.sender_auth.domains import organisational_domain
from bot.channels.sender_auth.results_header import Malformed, Result, read_results, server_of
from bot.core.messages import Authentication, Verdict

_HEADER: Final = "authentication-results"
_BY: Final = re.compile(rb"\bby\s+([^\s;()]{1,255})", re.IGNORECASE)
_LOCAL_DELIVERY: Final = re.compile(rb"\bwith\s+(?:UTF8)?LMTPS?A?\b", re.IGNORECASE)
_POLICY: Final = re.compile(r"(?:^|[\s,;(])(?:p|policy)=(none|quarantine|reject)\b", re.IGNORECASE)
_POLICY_PROPERTIES: Final = ("policy.published-domain-policy", "policy.dmarc", "policy.p")
_VERDICTS: Final = {
    "pass": Verdict.PASS,
    "fail": Verdict.FAIL,
    "softfail": Verdict.FAIL,
    "hardfail": Verdict.FAIL,
    "temperror": Verdict.TEMPERROR,
}


def read_stamp(head: Head, authserv_id: str, from_domain: str) -> Authentication:
    """Return what the server named `authserv_id` found out, nothing where that can't be told for certain.

    Only the topmost of its stamps counts: a server writes above what it received, so what a sender wrote in its name
    stands below. That server has to stamp every mail, or to strip such forgeries (RFC 8601 5).
    """
    stamp = _topmost(head, authserv_id.strip().lower())
    if stamp is None:
        return Authentication()
    try:
        results = read_results(stamp)
    except Malformed:
        return Authentication(by=authserv_id)
    dmarc, policy = _dmarc(results, from_domain)
    return Authentication(
        dmarc=dmarc,
        policy=policy,
        dkim=tuple(dict.fromkeys(filter(None, map(_signing_domain, results)))),
        spf=next((_VERDICTS.get(r.result, Verdict.NONE) for r in results if r.method == "spf"), Verdict.NONE),
        by=authserv_id,
    )


def _topmost(head: Head, authserv_id: str) -> str | None:
    """Return the topmost stamp of our server, unless the mail travelled on through strangers since."""
    for field in head.fields:
        if field.name == "received" and not _is_inside(field.value, authserv_id):
            return None
        if field.name != _HEADER:
            continue
        value = unicode_of(field.value)
        try:
            server = server_of(value)
        except Malformed:
            return None  # it might be ours, spoilt by what it repeats: nothing below can be believed
        if server == authserv_id:
            return value
    return None


def _is_inside(received: bytes, authserv_id: str) -> bool:
    """Say whether a hop above the stamp was in our own house.

    A stamp below a stranger's hop came in with the mail: so it is where the mailbox is not, after all, behind the
    server that the settings name.
    """
    by = _BY.search(received)
    host = canonical_domain(by[1].decode("latin-1")) if by else ""
    if "." not in host or _LOCAL_DELIVERY.search(received):
        return True  # localhost, an address literal, or the last step into the mailbox
    ours = organisational_domain(authserv_id)
    return host == authserv_id or (bool(ours) and organisational_domain(host) == ours)


def _dmarc(results: Sequence[Result], from_domain: str) -> tuple[Verdict, str]:
    """Return the one DMARC result for the From we read; two of them, or one for another From, are none."""
    found = [result for result in results if result.method == "dmarc"]
    if len(found) != 1:
        return Verdict.NONE, ""
    result = found[0]
    if not from_domain or canonical_domain(result.properties.get("header.from", "")) != from_domain:
        return Verdict.NONE, ""
    named = next((result.properties[key].lower() for key in _POLICY_PROPERTIES if key in result.properties), "")
    match = _POLICY.search(result.comment)
    return _VERDICTS.get(result.result, Verdict.NONE), named or (match[1].lower() if match else "")


def _signing_domain(result: Result) -> str:
    if result.method != "dkim" or result.result != "pass":
        return ""
    identity = result.properties.get("header.d") or result.properties.get("header.i", "").rpartition("@")[2]
    return canonical_domain(identity)
