"""Events that `hub publish` makes of a file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.cli.publish import SOURCE, Missing, complete, full_type, read_documents
from hub.errors import InvalidEvent

NOW = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
FULL = "co.coproservicios.pqrs.received.v1"


def missing(kind: str | None = None) -> Missing:
    return Missing(type=kind, source=SOURCE, now=lambda: NOW, new_id=lambda: "new-id")


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}\n\n{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('{\n  "a": 1\n}\n', [{"a": 1}]),
        ("[]", []),
    ],
)
def test_a_file_is_one_event_an_array_or_one_on_each_line(text: str, documents: list[Any]) -> None:
    assert read_documents(text) == documents


@pytest.mark.parametrize(
    ("text", "reason"), [("{", "not JSON"), ("", "not JSON"), ('{"a": 1}\n{"a":\n', "line 2 is not JSON")]
)
def test_what_is_not_json_says_where(text: str, reason: str) -> None:
    with pytest.raises(InvalidEvent, match=reason):
        read_documents(text)


def test_data_alone_becomes_an_event() -> None:
    assert complete({"radicado": "1"}, missing("pqrs.received")) == {
        "specversion": "1.0",
        "id": "new-id",
        "source": SOURCE,
        "type": FULL,
        "time": NOW.isoformat(),
        "datacontenttype": "application/json",
        "data": {"radicado": "1"},
    }


def test_what_an_event_says_itself_stays() -> None:
    event = {"specversion": "1.0", "id": "mine", "source": "urn:x", "type": FULL, "time": "t", "data": {}}

    assert complete(event, missing("pqrs.closed")) == {**event, "datacontenttype": "application/json"}


def test_data_with_a_field_called_type_or_id_is_still_data() -> None:
    data = {"type": "queja", "id": "7"}

    event = complete(data, missing("pqrs.received"))

    assert (event["data"], event["type"], event["id"]) == (data, FULL, "new-id")


def test_an_event_may_name_its_type_shortly() -> None:
    assert complete({"type": "pqrs.received", "data": {}}, missing())["type"] == FULL


def test_a_directory_event_keeps_its_own_dots() -> None:
    assert full_type("directory.person.upserted") == "co.coproservicios.directory.person.upserted.v1"


@pytest.mark.parametrize("document", [{"radicado": "1"}, {"data": {}}])
def test_without_a_type_it_asks_which_event_it_is(document: Any) -> None:
    with pytest.raises(InvalidEvent, match="--type") as caught:
        complete(document, missing())

    assert caught.value.field == "type"


@pytest.mark.parametrize("document", [7, None, "text", [1]])
def test_an_event_is_an_object(document: Any) -> None:
    with pytest.raises(InvalidEvent, match="JSON object"):
        complete(document, missing("pqrs.received"))
