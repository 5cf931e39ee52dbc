"""
The schema registry: validates the `data` of each event, with helpful errors for publishers.

`schemas/<name>.v1.json` is JSON Schema 2020-12. An error names the path and what was expected. It never
quotes a value, which may be personal data.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

import jsonschema_rs
import msgspec
from jsonschema_rs import ValidationError

from hub.business_time import ColombianHolidays, WorkCalendar, rfc3339
from hub.business_time.dates import ZONE
from hub.catalog import BY_NAME, BY_TYPE, CATALOG
from hub.client.event_types import FOLDER
from hub.cloudevents.codec import unknown_names
from hub.contact_rules.consents import SAID_AT, said_at
from hub.contact_rules.lawful_dates import CHECKS, LAW, OVERRIDE, unlawful_dates
from hub.contact_rules.working_hours import fault
from hub.errors import ConfigurationError, InvalidEvent, WrongSender
from hub.model import HUB_SOURCE, RECALL, Event, EventType, Json, is_hub_source
from hub.model.receipts import RECEIVED_AT
from hub.people.audience.contacts import is_anonymous
from hub.people.versions import latest_first

FUTURE: Final = timedelta(minutes=5)
"""How far a publisher's clock may be ahead of the hub's."""
_AHEAD: Final = f"{FUTURE // timedelta(minutes=1)} minutes"

_SHOWN_ERRORS: Final = 3
_NEAR: Final = 3
_VERSIONED: Final = frozenset(kind.name for kind in CATALOG if kind.name.startswith("directory."))
_RECEIVED: Final = frozenset(
    {"pqrs.received", "pqrs.info_received", "privacy.query.received", "privacy.claim.received"}
)
"""Events whose terms of law count from the `received_at` that they name."""
_REGISTERED_WITHIN: Final = timedelta(days=180)
"""Twice the longest term of law, doubled, has passed by then: what is older has a mistyped year."""
_HAS_HOURS: Final = "directory.membership.upserted"
_LEGAL_DAYS: Final = WorkCalendar({0: [("08:00", "17:00")]}, ColombianHolidays(), {}, ZONE)
"""Whoever checks an event without a policy: the days that count by the law, whatever its hours."""
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Schema:
    """One compiled schema. Compiling takes a millisecond, checking a few microseconds."""

    document: Mapping[str, Json]
    validator: jsonschema_rs.Validator

    @property
    def examples(self) -> Sequence[Json]:
        """Valid examples of `data`, with which templates are tested."""
        examples: Sequence[Json] = self.document["examples"]
        return examples

    def trials(self) -> Iterator[Json]:
        """Yield the examples, and each with every other word of those that a field may have."""
        for example in self.examples:
            yield example
            for name, rule in self.document["properties"].items():
                others = (word for word in rule.get("enum", ()) if example.get(name) not in (None, word))
                made = ({**example, name: word} for word in others)
                yield from (data for data in made if self.validator.is_valid(data))


@dataclass(frozen=True, slots=True, eq=False)
class Schemas:
    """
    All schemas by event name (`pqrs.received`); compared by identity, so that they can be hashed.

    The `calendar` of the policy has the business days by which announced dates are lawful.
    """

    by_name: Mapping[str, Schema]
    calendar: WorkCalendar = _LEGAL_DAYS

    @classmethod
    def load(cls, folder: Path | None = None, *, calendar: WorkCalendar = _LEGAL_DAYS) -> Schemas:
        """Compile every schema of the folder, by default the hub's own. Raises ConfigurationError."""
        if folder is None and calendar is _LEGAL_DAYS:
            return _built_in()
        return cls(_built_in().by_name if folder is None else _compiled(folder), calendar)

    def check(self, event: Event, *, now: datetime) -> None:
        """Raise InvalidEvent unless the hub may accept this event at the instant `now`."""
        kind = _known(event)
        _check_source(event, kind)
        _check_time(event, now)
        self._check_data(event, kind)
        if kind.name == RECALL:
            _check_recall(event)
        if kind.name in SAID_AT:
            _check_consent_time(event, SAID_AT[kind.name], now)
        if kind.name in _RECEIVED:
            _check_receipt(event, now)
            _check_board(event)
        if kind.name == _HAS_HOURS:
            _check_hours(event)
        if kind.name in _VERSIONED:
            _check_version(event, now)
        if kind.name in CHECKS:
            _check_dates(event, self.calendar)

    def _check_data(self, event: Event, kind: EventType) -> None:
        if not isinstance(event.data, dict):
            raise InvalidEvent("data: expected a JSON object", field="data")
        schema = self.by_name[kind.name]
        # Nearly all events are valid, and a yes is much cheaper than a list of errors.
        if not schema.validator.is_valid(event.data):
            raise _refusal(schema, event.data)


@cache
def _built_in() -> Schemas:
    return Schemas(_compiled(FOLDER))


def _compiled(folder: Path) -> Mapping[str, Schema]:
    return {kind.name: _compile(folder, kind.name) for kind in CATALOG}


def read_document(folder: Path, name: str) -> dict[str, Json]:
    """Read the schema of an event. Raises ConfigurationError."""
    path = folder / f"{name}.v1.json"
    try:
        document: dict[str, Json] = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as exc:
        raise _unusable(name, exc) from exc
    return document


def _compile(folder: Path, name: str) -> Schema:
    document = read_document(folder, name)
    try:
        validator = jsonschema_rs.Draft202012Validator(
            document,
            validate_formats=True,
            ignore_unknown_formats=False,
            formats={"date-time": rfc3339.is_plain, "date": rfc3339.is_date},
            offline=True,
        )
    except ValueError as exc:
        raise _unusable(name, exc) from exc
    return Schema(document, validator)


def _unusable(name: str, exc: Exception) -> ConfigurationError:
    return ConfigurationError(f"{name}.v1.json: no usable schema: {exc}")


def _known(event: Event) -> EventType:
    kind = BY_TYPE.get(event.type)
    if kind is not None:
        return kind
    near = difflib.get_close_matches(event.name, list(BY_NAME), n=_NEAR)
    hint = f"; near: {', '.join(BY_NAME[name].type for name in near)}" if near else ""
    raise InvalidEvent(f"type: unknown, expected one of the catalogue{hint}", field="type")


def _check_source(event: Event, kind: EventType) -> None:
    if kind.hub_emitted and event.source != HUB_SOURCE:
        raise WrongSender("type: only the hub itself publishes this", field="type")


def _check_recall(event: Event) -> None:
    """
    Refuse the recall of another source's event: a publisher recalls only events of its own source.

    Those of the hub are acts of its staff, which are audited: they may be of any source.
    """
    if event.data["source"] != event.source and not is_hub_source(event.source):
        what = "expected the source of this event: each system recalls its own events only"
        raise WrongSender(f"data.source: {what}", field="data.source")


def _check_version(event: Event, now: datetime) -> None:
    """
    Refuse a version beyond the present as a timestamp (20260309081500), the greatest that publishers use.

    A greater one would be the last: nothing that comes later would count, not even an administrator's. A jump
    over the version in force is found where that version is known (`hub.people.versions`).
    """
    if event.data["version"] > latest_first(now):
        what = "expected a counter, or at most the present as a timestamp, like 20260309081500"
        raise InvalidEvent(f"data.version: {what}", field="data.version")


def _check_time(event: Event, now: datetime) -> None:
    if event.time > now + FUTURE:
        raise InvalidEvent(f"time: expected at most {_AHEAD} from now", field="time")


def _check_consent_time(event: Event, field: str, now: datetime) -> None:
    """Refuse a future consent, which would override a later revocation."""
    if said_at(event) > now + FUTURE:
        raise InvalidEvent(f"data.{field}: expected at most {_AHEAD} from now", field=f"data.{field}")


def _check_receipt(event: Event, now: datetime) -> None:
    """Refuse a receipt of the future, and one that no petition is still open for: terms count from it."""
    said = event.data.get(RECEIVED_AT)
    if said is None:
        return
    at = rfc3339.parse(said)
    late, early = at > now + FUTURE, at < event.time - _REGISTERED_WITHIN
    if late or early:
        bound = f"{_AHEAD} from now" if late else f"{_REGISTERED_WITHIN.days} days before time"
        field = f"data.{RECEIVED_AT}"
        raise InvalidEvent(f"{field}: expected at most {bound}", field=field)


def _check_board(event: Event) -> None:
    """Refuse a petition of nobody named without a place: its answer would hang on no notice board."""
    if is_anonymous(event.data.get("petitioner")) and not event.data.get("copropiedad_id"):
        what = "required where nobody is named: the answer hangs on its notice board"
        raise InvalidEvent(f"data.copropiedad_id: {what}", field="data.copropiedad_id")


def _check_hours(event: Event) -> None:
    """Refuse impossible working hours, with which a person is never notified, or at any hour."""
    hours = event.data.get("hours")
    violation = None if hours is None else fault(hours)
    if violation is not None:
        field = ".".join(filter(None, ("data.hours", violation[0])))
        raise InvalidEvent(f"{field}: {violation[1]}", field=field)


def _check_dates(event: Event, calendar: WorkCalendar) -> None:
    """Refuse an announcement against the law for which nobody answers."""
    for found in unlawful_dates(event, calendar):
        field = f"data.{found.field}"
        instead = f"or data.{OVERRIDE} with `by` and `reason` of the person who answers for another date"
        raise InvalidEvent(
            f"{field}: expected {found.expected} ({LAW}, {found.article}); {instead}", field=field
        )


def _refusal(schema: Schema, data: Json) -> InvalidEvent:
    errors = list(islice(schema.validator.iter_errors(data), _SHOWN_ERRORS + 1))
    shown = errors[:_SHOWN_ERRORS]
    reasons = [f"{_field(error)}: {_reason(error, schema.document)}" for error in shown]
    more = "; and more" if len(errors) > _SHOWN_ERRORS else ""
    unknown = unknown_names(name for error in shown for name in _unknown_fields(error, schema.document))
    return InvalidEvent("; ".join(reasons) + more + unknown, field=_field(errors[0]))


def _unknown_fields(error: ValidationError, document: Mapping[str, Json]) -> Sequence[str]:
    """Return the fields unknown to the schema if a required one is missing."""
    given = error.instance
    if error.kind.name != "required" or not isinstance(given, dict):
        return ()
    known = _parent(error, document).get("properties", {})
    return [name for name in given if name not in known]


def _field(error: ValidationError) -> str:
    """Return the path of the invalid part: `data.petitioner.0.email`. Keys are foreign, so clean them."""
    path = [str(step) for step in error.instance_path]
    if error.kind.name == "required":
        path.append(error.kind.value)
    return ".".join(["data", *(_UNPRINTABLE.sub("?", step)[:60] for step in path)])


def _reason(error: ValidationError, document: Mapping[str, Json]) -> str:
    words = _WORDS.get(error.kind.name)
    if words is not None:
        return words(error.kind.value, error)
    # Rules without a simple text (anyOf, pattern …) state the expectation in the schema's title.
    title = _parent(error, document).get("title")
    return f"expected {title}" if title else f"does not keep the rule {error.kind.name}"


def _parent(error: ValidationError, document: Mapping[str, Json]) -> Mapping[str, Json]:
    node: Json = document
    for step in error.schema_path[:-1]:
        node = node[step]
    return node if isinstance(node, Mapping) else {}


def _got(error: ValidationError) -> str:
    return _JSON_TYPES.get(type(error.instance), "something else")


_JSON_TYPES: Final[Mapping[type, str]] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}

_FORMATS: Final[Mapping[str, str]] = {"date-time": rfc3339.EXPECTED, "date": rfc3339.EXPECTED_DATE}

_WORDS: Final[Mapping[str, Callable[[Json, ValidationError], str]]] = {
    "required": lambda _, __: "required",
    "type": lambda types, error: f"expected {_types(types)}, got {_got(error)}",
    "enum": lambda options, _: f"expected one of {_options(options)}",
    "format": lambda name, _: f"expected {_FORMATS.get(name, name)}",
    "minLength": lambda limit, _: f"expected at least {limit} characters",
    "maxLength": lambda limit, _: f"expected at most {limit} characters",
    "minItems": lambda limit, _: f"expected at least {limit} items",
    "uniqueItems": lambda _, __: "expected items that differ",
    "minimum": lambda limit, _: f"expected at least {limit}",
    "maximum": lambda limit, _: f"expected at most {limit}",
}
"""Failed keyword of JSON Schema → what was expected, from the schema alone."""


def _types(types: Sequence[str]) -> str:
    return " or ".join(sorted(types, key=lambda name: name == "null"))


def _options(options: Sequence[Json]) -> str:
    return ", ".join("null" if option is None else str(option) for option in options)
