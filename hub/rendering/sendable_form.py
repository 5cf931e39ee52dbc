"""
Forms of what a person may send: what the hub knows is filled, what it has is picked, the rest is asked. Pure.

`x-fill` of a field is a word for what the hub knows. While it knows it the field is not asked; where it does
not, it is asked if the event needs it, and stays away if not. `x-pick` is a word for a list of what the hub
has. `FILLS` and `PICKS` are these words. The names of all fields begin with `data.`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hub.model import Json
from hub.rendering.filled_form import read_form
from hub.rendering.schema_form import MARKDOWN, FormField, FormGroup, Part, flat, parts_of
from hub.rendering.schema_rules import Rule
from hub.rendering.typed_words import tidy_markdown

PATH: Final = "data"
NOW: Final = "now"
"""The word of an instant that is only proposed: it is asked, with the present in it."""
FILLS: Final[Mapping[str, str]] = {
    "copropiedad": "the building that the event is of",
    "area": "the area that answers for it",
    "sender": "the account that writes, like account:ana",
    "case": "the id of the case that it goes on with",
    "id": "an id that the hub makes",
    "audience": "owners, residents or both, as the people are chosen",
    "zones": "the towers that are chosen, like tower:1",
    "unit": "the unit that is chosen",
    "document": "the name of the document that is attached",
    "document_digest": "its SHA-256, in hexadecimal",
    "references": "the event that was taken back",
    "about": "its title",
    "channels": "those by which it came",
    "purpose": "its purpose",
    NOW: "the present",
}
PICKS: Final[Mapping[str, str]] = {
    "areas": "areas of the company",
    "works": "works that were announced and are not over",
    "outages": "outages that go on",
    "assemblies": "assemblies that were convened",
    "engagements": "engagements of the accountants that are open",
    "policies": "policies of the company",
    "people": "people of the directory who may be meant",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the hub knows: word of `x-fill` → value; word of `x-pick` → (value, words) of each choice."""

    fills: Mapping[str, Json] = field(default_factory=dict)
    picks: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendableForm:
    """The fields that an event needs, and `more`, which may be folded."""

    asked: Sequence[Part]
    more: Sequence[Part]

    @property
    def faults(self) -> Mapping[str, str]:
        """The name of each field that is wrong, or lacks its value, → what is wrong with it."""
        return {part.name: part.wrong for part in _all([*self.asked, *self.more]) if part.wrong}

    @property
    def is_folded(self) -> bool:
        """Whether nothing stands in `more`, and nothing is wrong there."""
        return not any(one.value or one.wrong for one in flat(self.more))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadForm:
    """What was typed, as the data of the event; with `faults` it may be kept, and not be sent."""

    data: Mapping[str, Json]
    faults: Mapping[str, str]


def sendable_form(
    schema: Rule,
    known: Known,
    data: Mapping[str, Json] | None = None,
    *,
    wrong: str | None = None,
    judged: bool = False,
) -> SendableForm:
    """
    Return the form of an event, filled with what is known of its data.

    `wrong` is the field that a check has refused (`InvalidEvent.field`). It is `judged` once somebody means
    to send it: then it says what is missing.
    """
    shown = _offered(schema, known)
    value = {**_proposed(shown, known), **(data or {})}
    parts = parts_of(shown, value, wrong=wrong, path=PATH, judged=judged)
    needed = {f"{PATH}.{name}" for name in shown.get("required", ())}
    return SendableForm(
        asked=[part for part in parts if part.name in needed],
        more=[part for part in parts if part.name not in needed],
    )


def read_sendable(
    schema: Rule, posted: Mapping[str, str], known: Known, data: Mapping[str, Json] | None = None
) -> ReadForm:
    """Return what was typed over the `data` of before, with what the hub knows, and what is wrong with it."""
    typed: dict[str, Json] = read_form(_offered(schema, known), posted, data or {}, path=PATH)
    for name, value in typed.items():
        if name.endswith(MARKDOWN) and isinstance(value, str):
            typed[name] = tidy_markdown(value)
    made = {name: value for name, value in typed.items() if value != ""}
    faults = sendable_form(schema, known, made, judged=True).faults
    return ReadForm(data=filled(schema, made, known.fills), faults=faults)


def filled(rule: Rule, data: Mapping[str, Json], fills: Mapping[str, Json]) -> dict[str, Json]:
    """Return the data with what the hub knows. What is proposed only fills a gap; None takes a field away."""
    made = dict(data)
    for name, plain in rule.get("properties", {}).items():
        word = plain.get("x-fill")
        if word in fills and not (word == NOW and name in made):
            made[name] = fills[word]
        elif isinstance(made.get(name), Mapping):
            made[name] = filled(plain, made[name], fills)
    return {name: value for name, value in made.items() if value is not None}


def _proposed(rule: Rule, known: Known) -> Mapping[str, Json]:
    fields = rule.get("properties", {}).items()
    return {name: known.fills[NOW] for name, one in fields if one.get("x-fill") == NOW and NOW in known.fills}


def _offered(rule: Rule, known: Known) -> dict[str, Json]:
    """Return the schema of what is asked: without what the hub fills, and with its lists as choices."""
    needed = rule.get("required", ())
    fields = {
        name: _picked(_offered(plain, known) if "properties" in plain else plain, known)
        for name, plain in rule.get("properties", {}).items()
        if _is_asked(plain.get("x-fill"), known, required=name in needed)
    }
    parts = {name: _offered(part, known) for name, part in rule.get("$defs", {}).items()}
    asked = {"properties": fields, "required": [name for name in needed if name in fields]}
    return {**rule, **(asked if "properties" in rule else {}), **({"$defs": parts} if parts else {})}


def _is_asked(word: str | None, known: Known, *, required: bool) -> bool:
    return word is None or word == NOW or (required and word not in known.fills)


def _picked(rule: Rule, known: Known) -> Rule:
    choices = known.picks.get(rule.get("x-pick", ""))
    if not choices:
        return rule
    return {**rule, "enum": [value for value, _ in choices], "x-words": dict(choices)}


def _all(parts: Sequence[Part]) -> Iterator[FormField | FormGroup]:
    for part in parts:
        yield part
        if isinstance(part, FormGroup):
            yield from _all(part.parts)
