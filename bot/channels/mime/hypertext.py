"""HTML mail as lines: what is shown, with quotations and signatures marked as plain text marks them."""

import re
from collections.abc import Iterator
from typing import Final

from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from bot.core.errors import Unparsable

LONGEST: Final = 1024 * 1024
_DEEPEST: Final = 150  # inscriptis recurses; real mail has tables in tables, ten or twenty deep
_ABSURD: Final = 1_000  # libxml2 drops the text of what is nested deeper than twice this
_CONFIG: Final = ParserConfig(css=STRICT_CSS_PROFILE, display_links=False, display_anchors=False)

# Private-use characters stand for edges inside the tree; `words.many_lines` drops any that a sender wrote.
_QUOTE, _END_QUOTE, _SIGNATURE, _END_SIGNATURE = "\ue000", "\ue001", "\ue002", "\ue003"

_DROPPED: Final = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg", "select"})
_QUOTE_CLASSES: Final = frozenset(
    {"gmail_quote", "gmail_attr", "gmail_quote_container", "yahoo_quoted", "protonmail_quote", "tutanota_quote"}
    | {"zmail_extra", "moz-cite-prefix", "moz-forward-container", "OutlookMessageHeader"}
)
_QUOTE_IDS: Final = frozenset({"divRplyFwdMsg", "isForwardContent", "appendonsend", "reply-intro", "replyBlockquote"})
_REST_IDS: Final = frozenset({"divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container"})
_SIGNATURE_CLASSES: Final = frozenset({"gmail_signature", "moz-signature", "protonmail_signature_block"})
_SIGNATURE_IDS: Final = frozenset({"Signature", "ms-outlook-mobile-signature", "AppleMailSignature", "signature"})
_HIDING: Final = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|opacity:0(?:\.0+)?(?:;|!|$)"
    r"|max-(?:height|width):0(?:px|pt|em|%)?(?:;|!|$)|(?<!-)height:0(?:px)?;[^>]{0,99}overflow:hidden"
    r"|text-indent:-\d{3,}|(?:left|top|right|margin-left|margin-top):-\d{4,}"
)
_TINY: Final = re.compile(r"font-size:(?:0|0?\.\d+|1)(?:px|pt)?(?:;|!|$)|font-size:0+(?:em|rem|%)|color:transparent")
_BLANKS: Final = re.compile(r"\s{2,}")
_WIDE: Final = 200  # inscriptis takes quadratic time over a run of blanks
_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]*>")


def lines_of_html(html: str) -> Iterator[str]:
    """Return the visible lines of an HTML part; quoted ones begin with "> ", a signature with "-- "."""
    tree = _tree(html[:LONGEST])
    if tree is None:
        return
    depth, signing = 0, False
    for line in _text(tree).split("\n"):
        content = line.strip("\ue000\ue001\ue002\ue003 \t")
        depth += line.count(_QUOTE)
        if _SIGNATURE in line and not signing:
            signing = True
            yield "> " * depth + "-- "
        if content or not (set(line) & {_QUOTE, _END_QUOTE, _SIGNATURE, _END_SIGNATURE}):
            yield "> " * depth + content
        signing = signing and _END_SIGNATURE not in line
        depth = max(0, depth - line.count(_END_QUOTE))


def _tree(html: str) -> HtmlElement | None:
    declaration = _DECLARATION.match(html)
    html = html[declaration.end() :] if declaration else html
    html = _BLANKS.sub(lambda run: run[0] if len(run[0]) < _WIDE else "\n", html)
    try:
        tree = document_fromstring(html, parser=HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True))
    except (etree.ParserError, ValueError):
        return None  # nothing in it
    _prune(tree)
    return tree


def _prune(tree: HtmlElement) -> None:
    """Take away what nobody sees, and put marks around what was quoted or signed."""
    doomed: list[HtmlElement] = []
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in _DROPPED or _is_hidden(element):
            doomed.append(element)
            continue
        if _TINY.search(_style(element)) or element.get("size") == "0":
            _silence(element)
        if element.get("id", "").removeprefix("x_") in _REST_IDS:
            _mark_rest(element)
        elif _is_quote(element):
            _mark(element, _QUOTE, _END_QUOTE)
        elif _is_signature(element):
            _mark(element, _SIGNATURE, _END_SIGNATURE)
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()


def _style(element: HtmlElement) -> str:
    return "".join(element.get("style", "").lower().split())


def _is_hidden(element: HtmlElement) -> bool:
    return "hidden" in element.attrib or _HIDING.search(_style(element)) is not None


def _silence(element: HtmlElement) -> None:
    """Take the text out of an element of no size, down to where a size is set anew, as layout tables do."""
    silent = [element]
    while silent:
        parent = silent.pop()
        parent.text = None
        for child in parent:
            child.tail = None
            if "font-size" not in _style(child):
                silent.append(child)


def _classes(element: HtmlElement) -> set[str]:
    return {name.removeprefix("x_") for name in element.get("class", "").split()}


def _is_quote(element: HtmlElement) -> bool:
    if element.tag == "blockquote":
        return "border:none" not in _style(element)  # Gmail indents what one writes with a blockquote, too
    named = element.get("name") == "quote" and element.tag == "div"  # GMX, WEB.DE
    return named or bool(_classes(element) & _QUOTE_CLASSES) or element.get("id", "") in _QUOTE_IDS


def _is_signature(element: HtmlElement) -> bool:
    identifier = element.get("id", "").removeprefix("x_")
    return identifier in _SIGNATURE_IDS or bool(_classes(element) & _SIGNATURE_CLASSES)


def _mark(element: HtmlElement, opening: str, closing: str) -> None:
    first, last = element.makeelement("div"), element.makeelement("div")
    first.text, first.tail, element.text = opening, element.text, None
    last.text = closing
    element.insert(0, first)
    element.append(last)


def _mark_rest(element: HtmlElement) -> None:
    """Mark an element and all that follows it: Outlook puts the quoted mail behind, not inside."""
    mark = element.makeelement("div")
    mark.text = _QUOTE
    element.addprevious(mark)


def _text(tree: HtmlElement) -> str:
    depth = _depth(tree)
    if depth > _ABSURD:
        raise Unparsable(f"HTML nested more than {_ABSURD} deep")
    if depth <= _DEEPEST:
        return str(Inscriptis(tree, _CONFIG).get_text())
    return "\n".join(text for text in tree.itertext() if text.strip())


def _depth(tree: HtmlElement) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
