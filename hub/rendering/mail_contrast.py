"""The contrast of each text of a mail, in the light and in the dark (WCAG 2.2, 1.4.3). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from hub.rendering.contrast import TEXT, contrast

LEAST: Final = TEXT
"""For text of any size."""

_HEX: Final = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
_DARK: Final = re.compile(r"@media \(prefers-color-scheme: dark\)\s*\{(.*?\})\s*\}", re.DOTALL)
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_HIDDEN: Final = frozenset({"head", "style", "title", "script"})
_VOID: Final = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta"})

Style = Mapping[str, str]
Rule = tuple[tuple[str, ...], Style]
"""The words of a selector, outermost first, and its declarations."""


def low_contrast(html: str) -> Iterator[tuple[str, str, float]]:
    """Yield scheme, text and contrast of each text that has too little."""
    rules = _dark_rules(html)
    for scheme, active in (("light", ()), ("dark", rules)):
        reader = _Reader(active)
        reader.feed(html)
        for text, ink, paper in reader.texts:
            if (ratio := contrast(ink, paper)) < LEAST:
                yield scheme, text, round(ratio, 2)


def _dark_rules(html: str) -> Sequence[Rule]:
    found = _DARK.search(html)
    return [
        (tuple(selector.split()), _read(body))
        for selectors, body in (_RULE.findall(found[1]) if found else ())
        for selector in selectors.split(",")
    ]


def _read(style: str) -> Style:
    """Return the colours that a style sets."""
    read: dict[str, str] = {}
    for part in style.split(";"):
        name, _, value = part.partition(":")
        colour = _HEX.search(value)
        if colour and name.strip() in {"color", "background", "background-color"}:
            read["color" if name.strip() == "color" else "paper"] = _long(colour[1])
    return read


def _long(digits: str) -> str:
    """Write `fff` like `#ffffff`."""
    return f"#{''.join(digit * 2 for digit in digits) if len(digits) == 3 else digits}"


@dataclass(frozen=True, slots=True)
class _Element:
    tag: str
    classes: frozenset[str]
    ink: str
    paper: str
    hidden: bool

    def is_named(self, word: str) -> bool:
        return word.removeprefix(".") in self.classes if word.startswith(".") else word == self.tag


@dataclass
class _Reader(HTMLParser):
    """Gathers each text with the colour it has and the one behind it."""

    rules: Sequence[Rule]
    texts: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open = [_Element("", frozenset(), "#000000", "#ffffff", hidden=False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        given, parent = dict(attrs), self._open[-1]
        classes = frozenset((given.get("class") or "").split())
        hidden = parent.hidden or tag in _HIDDEN
        bare = _Element(tag, classes, parent.ink, parent.paper, hidden)
        style = {**_read(given.get("style") or ""), **self._ruled(bare)}
        ink, paper = style.get("color", parent.ink), style.get("paper", parent.paper)
        self._open.append(_Element(tag, classes, ink, paper, hidden))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        at = self._open[-1]
        # A line that a media rule hides is seen only where the rules of the dark do not count either.
        seen_in_dark = not self.rules or "adelanto" not in at.classes
        if data.strip() and not at.hidden and seen_in_dark:
            self.texts.append((data.strip(), at.ink, at.paper))

    def _ruled(self, element: _Element) -> Style:
        """Return the declarations of the rules for an element: later and longer selectors win."""
        found: dict[str, str] = {}
        fitting = [rule for rule in self.rules if self._fits(rule[0], element)]
        for _, style in sorted(fitting, key=lambda rule: _weight(rule[0])):
            found |= style
        return found

    def _fits(self, words: Sequence[str], element: _Element) -> bool:
        *outer, last = words
        if not element.is_named(last):
            return False
        ancestors = iter(reversed(self._open))
        return all(any(one.is_named(word) for one in ancestors) for word in reversed(outer))


def _weight(words: Sequence[str]) -> tuple[int, int]:
    classes = sum(word.startswith(".") for word in words)
    return classes, len(words) - classes
