"""Tag lists such as `v=DKIM1; k=rsa; p=…` (RFC 6376 3.2): strict, so that a doubled tag is no list at all."""

import re
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read_tags(text: str) -> dict[str, str] | None:
    """Return the tags in their order, blanks around values removed; None for what is no tag list."""
    tags: dict[str, str] = {}
    specs = text.split(";")
    if specs and not specs[-1].strip():
        specs.pop()
    for spec in specs:
        name, equals, value = spec.partition("=")
        name = name.strip(" \t\r\n")
        if not equals or _NAME.fullmatch(name) is None or name in tags:
            return None
        tags[name] = value.strip(" \t\r\n")
    return tags
