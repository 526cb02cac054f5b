"""A pasted text without what stood around the address: white space, quotes, brackets, Markdown."""

import re

_WRAPPING = {
    '"': '"',
    "'": "'",
    "`": "`",
    "<": ">",
    "(": ")",
    "\u201c": "\u201d",
    "\u201e": "\u201c\u201d",
    "\u2018": "\u2019",
    "\u00ab": "\u00bb",
}
"""What opens a quotation, and what may close it."""
_MARKDOWN = re.compile(r"!?\[[^\[\]]*\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)")
_MOST_LEVELS = 8
"""Quotations in one another that are taken away."""
_INVISIBLE = "\ufeff\u200b"
_LEFT_OVER = ",;\"'`>\u201d\u2019\u00bb"
"""What ends a quotation or a part of a sentence. In an address these are percent-encoded."""
_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)+[^\s\"'`<>()\[\]{},;\\]+")


def without_wrapping(text: str) -> str:
    """Return the text that somebody meant: ``"text",`` and ``[name](text)`` are ``text``."""
    rest = _bare(text)
    for _ in range(_MOST_LEVELS):
        before = rest
        if found := _MARKDOWN.fullmatch(rest.rstrip(".,;")):
            rest = _bare(found[1])
        quoted = rest.rstrip(".,;")
        if len(quoted) >= 2 and quoted[-1] in _WRAPPING.get(quoted[0], ""):
            rest = _bare(quoted[1:-1])
        if rest == before:
            break
    return rest


def without_left_over(text: str) -> str:
    """Return an address without the punctuation of the sentence that it stood in.

    A point may be the end of a name, and stays. So does all in a query, which is not ours.
    """
    if "?" in text or "://" not in text:
        return text
    while text:
        closes = {")": "(", "]": "["}.get(text[-1])
        unopened = closes is not None and text.count(text[-1]) > text.count(closes)
        if text[-1] not in _LEFT_OVER and not unopened:
            break
        text = text[:-1]
    return text


def addresses_in(text: str) -> tuple[str, ...]:
    """Return what looks like addresses in a text, each once, in their order."""
    found = (without_left_over(one.rstrip(".:")) for one in _ADDRESS.findall(text))
    return tuple(dict.fromkeys(one for one in found if one.partition("://")[2]))


def _bare(text: str) -> str:
    return text.strip().strip(_INVISIBLE).strip()
