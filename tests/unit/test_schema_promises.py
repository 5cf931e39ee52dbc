"""v1 is a promise to publishers: valid data stays valid, and instants are those of RFC 3339."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs.canonical import Containment

from hub.business_time import rfc3339
from hub.catalog import BY_NAME
from hub.cloudevents.kept_texts import KEEP
from hub.cloudevents.schemas import Schemas
from hub.model import Json
from tests.for_each import for_each

FOLDER: Final = Path(__file__).parents[1] / "vectors/v1_schemas"
SCHEMAS: Final = Schemas.load()
NAMES: Final = sorted(path.name.removesuffix(".v1.json") for path in FOLDER.iterdir())
WORDS: Final = {"title", "description", "examples", KEEP}
"""Keywords that only people read, and the one that says what stays after an erasure."""


def recorded(name: str) -> dict[str, Json]:
    text = (FOLDER / f"{name}.v1.json").read_text(encoding="utf-8")
    document: dict[str, Json] = json.loads(text)
    return document


def breaks(new: Mapping[str, Json], old: Mapping[str, Json]) -> Iterator[str]:
    """Return how a schema breaks publishers of an older one."""
    for field in sorted(set(new["required"]) - set(old["required"])):
        yield f"{field} has become required"
    for field, was in old["properties"].items():
        now = new["properties"].get(field, {})
        if not takes(_alone(now, new), _alone(was, old)):
            yield f"{field} takes less than before"
    if _rest(new, asked=old["required"]) != _rest(old):
        yield "another rule has changed"


def takes(new: dict[str, Json], old: dict[str, Json]) -> bool:
    if new == old:
        return True
    return jsonschema_rs.canonicalize(new).covers(jsonschema_rs.canonicalize(old)) is Containment.YES


def _alone(part: Mapping[str, Json], whole: Mapping[str, Json]) -> dict[str, Json]:
    shared = {"$defs": _plain(whole["$defs"])} if '"$ref"' in json.dumps(part) else {}
    return {**_plain(part), **shared}


def _rest(document: Mapping[str, Json], asked: Sequence[str] = ()) -> Json:
    """Return the other rules but a choice of fields of which one branch needs no more than was `asked`."""
    known = {"properties", "required", "$defs"}
    rest = {key: value for key, value in document.items() if key not in known}
    choices = [one["anyOf"] for one in rest.get("allOf", ()) if one.keys() <= {"title", "anyOf"}]
    if choices and all(any(set(one["required"]) <= set(asked) for one in choice) for choice in choices):
        del rest["allOf"]
    return _plain(rest)


def _plain(node: Json) -> Json:
    if isinstance(node, Mapping):
        return {
            key: _plain(value) for key, value in node.items() if key not in WORDS or isinstance(value, dict)
        }
    return [_plain(item) for item in node] if isinstance(node, list) else node


@for_each(NAMES)
def test_publishers_of_v1_are_not_broken(name: str) -> None:
    assert list(breaks(SCHEMAS.by_name[name].document, recorded(name))) == []


@for_each(NAMES)
def test_recorded_examples_of_v1_are_still_right(name: str) -> None:
    validator = SCHEMAS.by_name[name].validator

    assert [example for example in recorded(name)["examples"] if not validator.is_valid(example)] == []


def test_every_event_is_promised() -> None:
    assert set(BY_NAME) == set(NAMES)


def _one_of(*fields: str) -> Json:
    return {"anyOf": [{"required": [field]} for field in fields]}


CHANGES: Final[Mapping[str, Callable[[dict[str, Json]], object]]] = {
    "grow required": lambda it: it["required"].append("unit_id"),
    "narrow an enum": lambda it: it["properties"]["kind"]["enum"].remove("queja"),
    "narrow a type": lambda it: it["properties"]["unit_id"].update(type="string"),
    "shorten a text": lambda it: it["properties"]["radicado"].update(maxLength=20),
    "refuse a recipient by email": lambda it: it["$defs"]["person"]["anyOf"].pop(1),
    "refuse unknown fields": lambda it: it.update(additionalProperties=False),
    "ask for one of two new fields": lambda it: it.update(allOf=[_one_of("tone", "mood")]),
}
HARMLESS: Final[Mapping[str, Callable[[dict[str, Json]], object]]] = {
    "widen an enum": lambda it: it["properties"]["kind"]["enum"].append("denuncia"),
    "require less": lambda it: it["required"].remove("radicado"),
    "ask for another field or it": lambda it: it.update(allOf=[_one_of("radicado", "tone")]),
    "add an optional field": lambda it: it["properties"].update(tone={"type": "string"}),
    "say it better": lambda it: it["properties"]["radicado"].update(description="Radicado"),
    "keep it at an erasure": lambda it: it["properties"]["radicado"].update({"x-keep": False}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_breaks_publishers_is_seen(change: str) -> None:
    document = recorded("pqrs.received")
    CHANGES[change](document)

    assert list(breaks(document, recorded("pqrs.received"))) != []


@pytest.mark.parametrize("change", HARMLESS)
def test_a_change_that_breaks_nobody_is_allowed(change: str) -> None:
    document = recorded("pqrs.received")
    HARMLESS[change](document)

    assert list(breaks(document, recorded("pqrs.received"))) == []


NOON = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-09T13:05:00Z", NOON),
        ("2026-03-09T08:05:00-05:00", NOON),
        ("2026-03-09T13:05:00+00:00", NOON),
        ("2026-03-09T13:05:00-00:00", NOON),  # the offset is unknown, the instant is not
        ("2026-03-09t13:05:00z", NOON),
        ("2026-03-09T13:05:00.5Z", NOON + timedelta(milliseconds=500)),
        ("2026-03-09T13:05:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_as_utc(text: str, expected: datetime) -> None:
    assert rfc3339.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-09",
        "2026-03-09T13:05:00",  # no offset: no instant
        "2026-03-09 13:05:00Z",
        "20260309T130500Z",
        "2026-W11-1T13:05:00Z",
        "2026-03-09T13:05Z",
        "2026-03-09T24:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-03-09T13:05:00,5Z",
        "2026-03-09T13:05:00+24:00",
        "2026-03-09T13:05:00+0500",
        "٢٠٢٦-03-09T13:05:00Z",
        "2026-03-09T13:05:00Z\n",
        "0001-01-01T00:00:00+05:00",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-05:00",
    ],
)
def test_text_outside_rfc3339_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        rfc3339.parse(text)


@pytest.mark.parametrize("text", ["2026-03-09t13:05:00Z", "2026-03-09T13:05:00z", "2016-12-31T23:59:60Z"])
def test_what_datetime_cannot_read_is_not_plain(text: str) -> None:
    assert not rfc3339.is_plain(text)


@given(st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_all_that_isoformat_writes_is_read_back(instant: datetime) -> None:
    assert rfc3339.parse(instant.isoformat()) == instant
    assert rfc3339.is_plain(instant.isoformat())


@pytest.mark.parametrize("text", ["2026-03-09", "1900-01-01", "9998-12-31", "2024-02-29"])
def test_a_date_is_one_that_terms_can_be_counted_from(text: str) -> None:
    assert rfc3339.is_date(text)


@pytest.mark.parametrize(
    "text", ["9999-12-31", "0001-01-02", "2026-02-29", "20260309", "2026-W11-1", "2026-03-09\n", "٢٠٢٦-03-09"]
)
def test_a_day_from_which_no_term_can_be_counted_is_no_date(text: str) -> None:
    assert not rfc3339.is_date(text)
