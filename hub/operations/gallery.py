"""
Gallery of the hub's texts by audience and channel, with the missing ones and a preview of each.

An invented reader gets the examples of an event's schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Annotated, Final, NamedTuple

from msgspec import Meta, Struct, convert

from hub.catalog import BY_NAME, GROUPS
from hub.errors import MissingDocument, TemplateFailure, UnknownName
from hub.model import Brand, EventType, Json, Rendered
from hub.operations.template_check import Finding, TemplateCheck
from hub.rendering.context import INITIAL
from hub.rendering.preview import with_logo
from hub.rendering.templates import DEFAULT_LOCALE, Key
from hub.sms_text import segments

CHANNELS: Final = ("email", "sms", "whatsapp", "push", "inbox", "voice", "print", "board")
_SPANISH: Final = frozenset({"print", "board"})
"""Paper is in Spanish: so is its frame."""
LOCALES: Final = (DEFAULT_LOCALE, "en")


class TemplateRow(Struct, kw_only=True, frozen=True):
    """A text of an event for an audience over a channel, in a language; or that it is missing."""

    event: str
    group: Annotated[str, Meta(description="The part of the catalogue.")]
    channel: str
    audience: Annotated[str | None, Meta(description="Whose text it is; null: the event's main one.")]
    language: str
    state: Annotated[
        str,
        Meta(
            description="`used`; `unused`: nobody is written to by it; `missing`: somebody would be; "
            "`untranslated`: they get it in Spanish."
        ),
    ]


class SmsParts(Struct, kw_only=True, frozen=True):
    """The parts of a text message that a provider bills."""

    encoding: str
    units: int
    parts: int


class TemplateFinding(Struct, kw_only=True, frozen=True):
    """A fault of a text."""

    rule: str
    means: str
    words: str
    channel: Annotated[str, Meta(description="Empty: over any.")]
    file: str
    line: int


class TemplatePreview(Struct, kw_only=True, frozen=True):
    """A text as an invented person gets it."""

    event: str
    channel: str
    audience: str | None
    language: str
    example: int
    examples: Annotated[int, Meta(description="How many the event's schema has.")]
    sender: Annotated[str | None, Meta(description="Who writes the email.")]
    subject: str
    text: str
    html: str
    cost: Annotated[SmsParts | None, Meta(description="Of a text message.")]
    template: Annotated[str, Meta(description="The name of a text that a provider approves.")]
    parameters: list[tuple[str, str]]
    variables: Annotated[list[str], Meta(description="The fields of the event's data that the text names.")]
    findings: list[TemplateFinding]


class Wanted(NamedTuple):
    """The text to preview, and the values that fill it."""

    event: str
    channel: str
    audience: str | None
    language: str
    example: int


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """`examples` are the schemas' own, by event."""

    check: TemplateCheck
    examples: Mapping[str, Sequence[Mapping[str, Json]]]
    _findings: dict[str, list[Finding]] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)
    """Threads that ask for the same event look once."""
    _names: dict[Key, list[str]] = field(default_factory=dict)

    @cached_property
    def rows(self) -> Sequence[TemplateRow]:
        """Return all texts in the order of the catalogue, and those that are missing."""
        return [
            row for name, events in GROUPS.items() for kind in events for row in self._rows_of(name, kind)
        ]

    def _rows_of(self, group: str, kind: EventType) -> Iterator[TemplateRow]:
        used = self.check.needed(kind)
        for variant in self._variants(kind):
            for channel in CHANNELS:
                wanted = channel in used.get(variant, frozenset())
                for locale in LOCALES:
                    there = channel in self._channels((locale, kind.name, variant))
                    state = _state(there=there, wanted=wanted, locale=locale)
                    if state == "untranslated" and (channel in _SPANISH or kind.is_for_staff(variant)):
                        continue
                    if there or wanted:
                        yield TemplateRow(
                            event=kind.name,
                            group=group,
                            channel=channel,
                            audience=variant,
                            language=locale,
                            state=state,
                        )

    def _variants(self, kind: EventType) -> list[str | None]:
        keys = [key[2] for key in self.check.templates.words if key[1] == kind.name]
        asked = [text for audience in kind.audiences for text in audience.texts]
        return list(dict.fromkeys([*asked, *keys]))

    def _channels(self, key: Key) -> frozenset[str]:
        return self.check.templates.channels(key) if key in self.check.templates.words else frozenset()

    def preview(
        self, wanted: Wanted, brand: Brand | None = None, building: str | None = None
    ) -> TemplatePreview:
        """
        Render a text, and list its faults. Raises UnknownName if there is none.

        A letter that would only be a link to its document has no page of its own: then it is empty.
        """
        key = self._key(wanted)
        made = self.rendered(wanted, brand, building)
        is_sms = wanted.channel == "sms"
        found = [finding for finding in self._of(wanted.event) if finding.channel in {"", wanted.channel}]
        return TemplatePreview(
            **wanted._asdict(),
            examples=len(self.examples[wanted.event]),
            sender=f"{made.sender.name} <{made.sender.address}>" if made.sender else None,
            subject=made.subject,
            text=made.text,
            html=with_logo(made),
            cost=convert(segments(made.text), SmsParts, from_attributes=True) if is_sms else None,
            template=made.template,
            parameters=list(made.parameters),
            variables=self._variables(key),
            findings=[
                convert(one, TemplateFinding, from_attributes=True) for one in found if _is_of(one, wanted)
            ],
        )

    def rendered(self, wanted: Wanted, brand: Brand | None, building: str | None) -> Rendered:
        """Render a text. Raises UnknownName if there is none."""
        key, example = self._key(wanted), self.examples[wanted.event][wanted.example]
        due = self.check.due_of(wanted.event, example)
        place = {} if building is None else {"building": building}
        try:
            return self.check.templates.try_out(
                key, wanted.channel, example, due, occasion=INITIAL, brand=brand, **place
            )
        except MissingDocument:
            return Rendered(text="")
        except TemplateFailure as exc:
            raise UnknownName(str(exc)) from exc

    def _variables(self, key: Key) -> list[str]:
        if key not in self._names:
            self._names[key] = sorted(self.check.variables(key))
        return self._names[key]

    def _key(self, wanted: Wanted) -> Key:
        key = wanted.language, wanted.event, wanted.audience
        there = wanted.event in BY_NAME and wanted.channel in self._channels(key)
        if not there or not 0 <= wanted.example < len(self.examples[wanted.event]):
            raise UnknownName(f"there is no such text or example of {wanted.event}")
        return key

    def _of(self, event: str) -> list[Finding]:
        """Return the faults of an event's texts, with any example: it takes a moment, once."""
        with self._turn:
            if event not in self._findings:
                self._findings[event] = self.check.findings(event)
            return self._findings[event]


def _state(*, there: bool, wanted: bool, locale: str) -> str:
    if there:
        return "used" if wanted else "unused"
    return "missing" if locale == DEFAULT_LOCALE else "untranslated"


def _is_of(finding: Finding, wanted: Wanted) -> bool:
    """Return whether a finding is about this language and this audience."""
    of_audience = finding.block.startswith(f"{wanted.audience}_") if wanted.audience else True
    return finding.file.startswith(f"{wanted.language}/") and of_audience
