"""
Check of all texts with all examples: `hub template check`. Pure but for the files it is given.

A rendered text is judged as its reader sees it, for each audience, channel and occasion; faults that only
other data would show are found in its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Environment, meta

from hub.catalog import BY_NAME, CATALOG
from hub.channels.registry import TRAITS
from hub.cloudevents.schemas import Schema
from hub.errors import InvalidTemplate, MissingDocument, TemplateFailure
from hub.messages.planning.posters import ON_BOARD
from hub.messages.planning.reach import LETTER, PAPER, last_resort, offered
from hub.messages.planning.texts import text_channels
from hub.model import Audience, DocumentUse, EventType, Json, Print, Purpose
from hub.model.documents import document_links
from hub.policy import Policy
from hub.policy.documents import DocumentPolicy
from hub.policy.values import TextLink
from hub.rendering.claims import unproven
from hub.rendering.compiling import BLOCKS, FALLBACKS
from hub.rendering.context import INITIAL
from hub.rendering.lint import Fault, judge, judge_source, judge_title
from hub.rendering.mail_contrast import LEAST, low_contrast
from hub.rendering.source import Source, read
from hub.rendering.templates import DEFAULT_LOCALE, Key, Templates
from hub.rendering.terms import Due


class _Any(dict[str, Any]):
    """Filters and tests of any name: the compiler reports a name that does not exist."""

    def get(self, name: str, default: object = None) -> object:
        return super().get(name, default or str)


_PARSER: Final = Environment(autoescape=True)
_PARSER.filters, _PARSER.tests = _Any(_PARSER.filters), _Any(_PARSER.tests)
_WORD: Final = re.compile(r"\w+")
_SET: Final = re.compile(r"{%-?\s*set (\w+)")
"""Set in one branch of a condition: Jinja's analysis takes it for missing."""
_BOARD: Final = "board"
_SMS: Final = "sms"
_VOICE: Final = "voice"
"""It says the same as the SMS."""
_BLOCKS: Final[Mapping[str, tuple[str, str]]] = {
    "email": ("subject", "body"),
    "inbox": ("subject", "body"),
    "print": ("subject", "print"),
    "board": ("board_title", "board"),
    "push": ("push_title", "push_body"),
    "sms": ("sms", "sms"),
    "whatsapp": ("whatsapp", "whatsapp"),
}
"""Channel → the blocks of its subject and of its body."""
_TITLES: Final = ("subject", "push_title", "board_title")
_BUILDING: Final = "Conjunto Residencial Altos del Rosal"
"""A name of usual length: a shorter one would hide a text that does not fit."""
_OUTSIDE: Final = "hub.evidence.sealed"
"""It is for somebody outside, who keeps a digest, and the command that checks it."""

Examples = Mapping[str, Sequence[Mapping[str, Json]]]
DueOf = Callable[[str, Mapping[str, Json]], Due]


def trials_of(schemas: Mapping[str, Schema]) -> Examples:
    """Return the data to try the texts with. The hub's own events have their examples alone."""
    return {
        name: schema.examples if BY_NAME[name].hub_emitted else list(schema.trials())
        for name, schema in schemas.items()
    }


def letters_by_hand(templates: Templates, schemas: Mapping[str, Schema], rules: DocumentPolicy) -> list[str]:
    """Return the events with a letter that would only link to its document, which nothing fetches for it."""
    return [
        kind.name
        for kind in CATALOG
        if not (rules.hosts and kind.document is DocumentUse.ATTACH)
        and any(_only_links(templates, key, schemas[kind.name].examples) for key in _letters_of(kind))
    ]


def _letters_of(kind: EventType) -> Iterator[Key]:
    for audience in kind.audiences:
        if audience.print in {Print.LETTER, Print.BOTH}:
            yield DEFAULT_LOCALE, kind.name, audience.template


def _only_links(templates: Templates, key: Key, examples: Sequence[Mapping[str, Json]]) -> bool:
    for example in examples:
        links = list(document_links(example))
        with suppress(TemplateFailure):  # a fault of the text is another finding
            text = templates.try_out(key, LETTER, example, occasion=INITIAL).text if links else ""
            if any(link in text for link in links):
                return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault of a text, and the place of its source."""

    file: str
    line: int
    block: str
    event: str
    channel: str
    rule: str
    means: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCheck:
    """
    `examples` are the data with which the texts are tried, by event (`trials_of`); `fields` the fields that
    an event's data may have.

    `due_of` returns the ends of the promises of an example.
    """

    templates: Templates
    examples: Examples
    fields: Mapping[str, frozenset[str]]
    due_of: DueOf
    policy: Policy

    def needed(self, kind: EventType) -> Mapping[str | None, frozenset[str]]:
        """Return audience's text → the channels over which somebody may be written to."""
        needed: dict[str | None, frozenset[str]] = {}
        for audience in kind.audiences:
            channels = _needed(kind.name, audience, self.policy)
            for text in audience.texts:
                # A poster hangs for all who pass: it has the main text.
                own = channels if text == audience.template else channels - {_BOARD}
                needed[text] = needed.get(text, frozenset()) | own
        return needed

    def findings(self, event: str | None = None) -> list[Finding]:
        """Return each fault once, in the order of files and lines; of one event only, if it is named."""
        keys = [key for key in self.templates.words if event in (None, key[1])]
        found = {finding for key in keys for finding in self._of(key)}
        kinds = [kind for kind in CATALOG if event in (None, kind.name)]
        found |= {finding for kind in kinds for finding in self._lacking(kind)}
        return sorted(found, key=lambda one: (one.file, one.line, one.rule, one.words))

    def variables(self, key: Key) -> frozenset[str]:
        """Return the fields of its event's data that a text names, for any channel."""
        known = self.fields.get(key[1], frozenset())
        blocks = _own_blocks(key, self._read(key))
        return known & {
            name for _, text in blocks for name in meta.find_undeclared_variables(_PARSER.parse(text))
        }

    def _of(self, key: Key) -> Iterator[Finding]:
        yield from self._unknown(key)
        yield from self._source(key)
        for channel in self.templates.channels(key) - {_VOICE}:
            yield from self._rendered(key, channel)

    def _lacking(self, kind: EventType) -> Iterator[Finding]:
        """Yield what an event's own file lacks: an older one knows no newer audience, nor channel."""
        for variant, channels in self.needed(kind).items():
            key = DEFAULT_LOCALE, kind.name, variant
            texts = self.templates.words.get(key)
            lacking = {"email"} if texts is None else channels - {*texts.channels(), _VOICE}
            for channel in sorted(lacking):
                block = f"{variant}_{_BLOCKS[channel][1]}" if variant else _BLOCKS[channel][1]
                readers = (who for one in kind.readers_of(variant) for who in one.who)
                means = f"the file has no text for {' and '.join(dict.fromkeys(readers))}"
                yield self._finding(key, block, channel, Fault("audience", "body", means, block))

    def _unknown(self, key: Key) -> Iterator[Finding]:
        """Yield names that neither the event's schema nor the hub has, also where a default hides them."""
        known = self.fields.get(key[1], frozenset()) | self.templates.names(key)
        # A text that several events include may name fields that only some of them have.
        shared = frozenset[str]().union(*self.fields.values())
        own = frozenset(_WORD.findall(self.templates.files[_path(key)]))
        for block, source in _own_blocks(key, self._read(key)):
            used = meta.find_undeclared_variables(_PARSER.parse(source)) - known - {*_SET.findall(source)}
            for name in sorted(used - (shared - own)):
                fault = Fault("variable", "body", "neither the schema nor the hub has it", name)
                yield self._finding(key, block, "", fault)

    def _source(self, key: Key) -> Iterator[Finding]:
        for block, source in _own_blocks(key, self._read(key)):
            titled = judge_title(source) if block.endswith(_TITLES) else ()
            for fault in (*judge_source(source), *titled, *self._claims(key[1], source)):
                yield self._finding(key, block, "", fault)

    def _claims(self, event: str, source: str) -> Iterator[Fault]:
        """Yield what a text says that somebody was told. Only an event of the hub itself is made of rows."""
        facts = self.fields[event] if BY_NAME[event].hub_emitted else frozenset()
        for claim in unproven(source, facts):
            yield Fault("claim", "body", "says that somebody was told, and asks no row", claim)

    def _rendered(self, key: Key, channel: str) -> Iterator[Finding]:
        for fault in self._faults(key, channel):
            block = _BLOCKS[channel][fault.part != "subject"]
            yield self._finding(key, f"{key[2]}_{block}" if key[2] else block, channel, fault)

    def _faults(self, key: Key, channel: str) -> Iterator[Fault]:
        _, event, variant = key
        kind = BY_NAME[event]
        purposes = {one.purpose for one in kind.readers_of(variant)}
        staff = kind.is_for_staff(variant) and event != _OUTSIDE
        for occasion in ("initial", *(reminder.occasion for reminder in kind.reminders)):
            for example in self.examples[event]:
                try:
                    due = self.due_of(event, example)
                    words = self.templates.try_out(
                        key, channel, example, due, occasion=occasion, building=_BUILDING
                    )
                except MissingDocument:
                    continue
                except TemplateFailure as exc:
                    yield Fault("render", "body", "it cannot be rendered with an example", str(exc))
                    continue
                urgent = Purpose.EMERGENCY in purposes
                yield from judge(channel, words, urgent=urgent, staff=staff, parts=self._parts)
                for scheme, text, ratio in low_contrast(words.html) if channel == "email" else ():
                    means = f"{ratio} to 1 in the {scheme}; at least {LEAST}"
                    yield Fault("contrast", "body", means, text)

    @property
    def _parts(self) -> int:
        """Return how many parts a text may have: its link has one of its own, if the policy pays for it."""
        return 2 if self.templates.texting.own_link is TextLink.ALWAYS else 1

    def _read(self, key: Key) -> Source:
        locale = key[0]
        return read(self.templates.files[_path(key)], lambda part: self.templates.files[f"{locale}/{part}"])

    def _finding(self, key: Key, block: str, channel: str, fault: Fault) -> Finding:
        text = self.templates.files[_path(key)]
        return Finding(
            file=_path(key),
            line=_line(text, block, fault.words),
            block=block,
            event=key[1],
            channel=channel,
            rule=fault.rule,
            means=fault.means,
            words=" ".join(fault.words.split()),
        )


def _needed(event: str, audience: Audience, policy: Policy) -> frozenset[str]:
    """
    Return the channels of an audience, by any step or fallback.

    An SMS that only leads to the page of its message is made of the subject: it needs no text of its own.
    """
    leading = set(text_channels(event, audience, TRAITS, policy)) - {_SMS}
    paper = {LETTER} if audience.print in PAPER else set[str]()
    board = {_BOARD} if audience.print in ON_BOARD else set[str]()
    return frozenset({*offered(audience), *last_resort(audience, TRAITS), *leading, *paper, *board})


def _path(key: Key) -> str:
    return f"{key[0]}/{key[1]}.j2"


def _own_blocks(key: Key, source: Source) -> Iterator[tuple[str, str]]:
    """Yield the blocks of one audience, each with the statements before it."""
    for name, text in source.blocks.items():
        form = next((block for block in BLOCKS if name == block or name.endswith(f"_{block}")), None)
        if form is None:
            raise InvalidTemplate(f"{_path(key)}: no block is called {name}")
        if (name.removesuffix(form).removesuffix("_") or None) == key[2]:
            yield name, source.with_prelude(text)


def _line(text: str, block: str, words: str) -> int:
    """Return the line of the words, if the file has them as they are; else of their block."""
    lines = text.splitlines()
    start = next((found for name in _names(block) if (found := _opening(lines, name))), 1)
    literal = words[:30]
    within = (number for number, line in enumerate(lines[start - 1 :], start) if literal and literal in line)
    return next(within, start)


def _names(block: str) -> Iterator[str]:
    """Yield the block, and the one whose text it has if the file has no such block."""
    yield block
    for form, fallback in FALLBACKS.items():
        if block.endswith(form):
            yield f"{block.removesuffix(form)}{fallback}"


def _opening(lines: Sequence[str], block: str) -> int:
    pattern = re.compile(rf"{{%-?\s*block {block}\b")
    return next((number for number, line in enumerate(lines, 1) if pattern.search(line)), 0)
