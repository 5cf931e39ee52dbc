"""
Bytes and headers ⇄ `Event`: CloudEvents 1.0 over AMQP 0-9-1 and HTTP.

The hub emits structured JSON, the only form that every binding defines alike. It accepts binary mode
with the prefixes `cloudEvents_`, `cloudEvents:` (AMQP 1.0) and `ce-` (Knative, HTTP). There are no
defaults: without id, source, type, time or specversion the event is invalid.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, TypeGuard

import msgspec

from hub.business_time import rfc3339
from hub.cloudevents import strict_json
from hub.errors import InvalidEvent
from hub.model import Event, Json

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
BATCH_TYPE: Final = "application/cloudevents-batch+json"
"""An array of events, over HTTP."""
MAX_BODY: Final = 1_048_576
"""Bytes of the largest event that the hub accepts."""
DEAD_BODY: Final = 65_536
"""Bytes stored of a dead letter that is larger than `MAX_BODY`."""
MAX_IDENTITY: Final = 255
"""Characters of id, source and type: a routing key has 255 bytes, an index row of PostgreSQL 2,704."""
MAX_ATTRIBUTE: Final = 2_048

_SPECVERSION: Final = "1.0"
_STRUCTURED: Final = "application/cloudevents"
_HEADER: Final = re.compile(r"(cloudEvents_|cloudEvents:|[Cc][Ee]-)(.*)", re.DOTALL)
_NAME: Final = re.compile(r"[a-z0-9]{1,20}")
_FIELD_NAME: Final = re.compile(r"[^\W\d][\w-]{0,39}")
_SHOWN_NAMES: Final = 5
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_PCHAR: Final = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}"
_URI_REFERENCE: Final = re.compile(
    rf"(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))(?://(?:{_PCHAR}|[\[\]])*)?(?:{_PCHAR})*"
    rf"(?:\?(?:{_PCHAR}|\?)*)?(?:#(?:{_PCHAR}|\?)*)?"
)
_SECONDS_BELOW: Final = 10**11
"""A native timestamp below this is in seconds (until the year 5138), not milliseconds."""


def decode(body: bytes, content_type: str | None, headers: Mapping[str, Json]) -> Event:
    """
    Read one event. Raises InvalidEvent with the wrong attribute and what was expected.

    Data that is not JSON stays bytes or text; validation refuses it later.
    """
    if len(body) > MAX_BODY:
        raise InvalidEvent(f"the event has more than {MAX_BODY} bytes")
    media_type = _media_type(content_type)
    if media_type.startswith(_STRUCTURED):
        attributes, data = _structured(body, media_type)
    else:
        attributes, data = _binary(body, content_type, media_type, headers)
    return _event(attributes, data)


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def encode(event: Event) -> bytes:
    """Write one event as structured JSON, to be sent with `CONTENT_TYPE`."""
    envelope: dict[str, Json] = {
        "specversion": _SPECVERSION,
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": event.time.astimezone(UTC),
        "subject": event.subject,
        "datacontenttype": event.datacontenttype,
        "dataschema": event.dataschema,
        **event.extensions,
        "data_base64" if isinstance(event.data, bytes) else "data": event.data,
    }
    return _ENCODER.encode({name: value for name, value in envelope.items() if value is not None})


def identity_in(body: bytes, content_type: str | None, headers: Mapping[str, Json]) -> Mapping[str, str]:
    """Return those of `id`, `source` and `type` that can be read from a refused event."""
    try:
        attributes = _from_headers(headers) or _envelope(body, _media_type(content_type))
    except ValueError:
        return {}
    return {
        name: attributes[name]
        for name in ("id", "source", "type")
        if _is_text(attributes.get(name), MAX_IDENTITY)
    }


def _envelope(body: bytes, media_type: str) -> dict[str, Json]:
    envelope = strict_json.loads(body) if len(body) <= MAX_BODY else None
    if not isinstance(envelope, dict):
        return {}
    # Without the content type, only `specversion` distinguishes an event from bare data.
    return envelope if media_type.startswith(_STRUCTURED) or "specversion" in envelope else {}


def unknown_names(names: Iterable[str]) -> str:
    """
    List unknown fields next to a missing one: one of them may be a misspelling of it.

    Quotes only keys that look like field names; any other key may be personal data.
    """
    shown = [name for name in dict.fromkeys(names) if _FIELD_NAME.fullmatch(name)][:_SHOWN_NAMES]
    return f"; unknown: {', '.join(shown)}" if shown else ""


def attributes_in(headers: Mapping[str, Json]) -> str:
    """Write the attribute headers of a binary event in a stable form; empty without any."""
    attributes = {header: value for header, value in headers.items() if _HEADER.fullmatch(header)}
    return json.dumps(attributes, sort_keys=True, default=header_as_json) if attributes else ""


def header_as_json(value: object) -> str:
    """
    Write an AMQP-only header value so that it can be stored and published again.

    Invalid UTF-8 becomes NUL, which is refused like the original bytes.
    """
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).isoformat()
    if isinstance(value, bytes | bytearray):
        return value.decode("utf-8", "replace").replace("\ufffd", "\0")
    return str(value)


def _structured(body: bytes, media_type: str) -> tuple[dict[str, Json], Json]:
    if media_type != "application/cloudevents+json":
        raise InvalidEvent(
            "content type: expected application/cloudevents+json, one event a message, or binary mode"
        )
    envelope = _json(body, None)
    if not isinstance(envelope, dict):
        raise InvalidEvent("the body: expected a JSON object with the attributes of one event")
    data = envelope.pop("data", None)
    encoded = envelope.pop("data_base64", None)
    if encoded is None:
        _check_data(data)
        return envelope, data
    if data is not None:
        raise InvalidEvent("data_base64: expected either data or data_base64", field="data_base64")
    return envelope, _bytes(encoded)


def _bytes(encoded: Json) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (TypeError, ValueError) as exc:
        raise InvalidEvent("data_base64: expected text in base64", field="data_base64") from exc


def _binary(
    body: bytes, content_type: str | None, media_type: str, headers: Mapping[str, Json]
) -> tuple[dict[str, Json], Json]:
    attributes = _from_headers(headers)
    if not attributes:
        raise InvalidEvent(
            "specversion: required; publish with the content type application/cloudevents+json,"
            " or with the attributes as headers (cloudEvents_id …)",
            field="specversion",
        )
    if content_type:
        attributes["datacontenttype"] = content_type
    if not body:
        return attributes, None
    if media_type and not media_type.endswith(("/json", "+json")):
        return attributes, body
    data = _json(body, "data")
    _check_data(data)
    return attributes, data


def _from_headers(headers: Mapping[str, Json]) -> dict[str, Json]:
    attributes = [(match[1].lower(), match[2], value) for match, value in _matches(headers)]
    if len({prefix for prefix, _, _ in attributes}) > 1:
        raise InvalidEvent(
            "headers: expected one prefix for all attributes: cloudEvents_, cloudEvents: or ce-"
        )
    # HTTP header names are case-insensitive, and `ce-` comes from HTTP.
    names = ((name.lower() if prefix == "ce-" else name, value) for prefix, name, value in attributes)
    return {name: _from_header(name, value) for name, value in names}


def _matches(headers: Mapping[str, Json]) -> list[tuple[re.Match[str], Json]]:
    pairs = ((_HEADER.fullmatch(header), value) for header, value in headers.items())
    return [(match, value) for match, value in pairs if match is not None]


def _from_header(name: str, value: Json) -> Json:
    """Convert AMQP types that JSON does not have."""
    if isinstance(value, bytes | bytearray):
        try:
            return value.decode()
        except UnicodeDecodeError as exc:
            raise _expected(name, "text in UTF-8") from exc
    if isinstance(value, datetime):
        return header_as_json(value)
    if name == "time" and type(value) is int and value >= _SECONDS_BELOW:
        return _from_milliseconds(value).isoformat()
    return value


def _from_milliseconds(value: int) -> datetime:
    try:
        return rfc3339.EARLIEST + timedelta(milliseconds=value)
    except OverflowError as exc:
        raise _expected("time", rfc3339.EXPECTED) from exc


def _event(attributes: dict[str, Json], data: Json) -> Event:
    # In JSON a null attribute counts as absent.
    given = {name: value for name, value in attributes.items() if value is not None}
    if _required(given, "specversion") != _SPECVERSION:
        raise _expected("specversion", f'"{_SPECVERSION}"')
    return Event(
        id=_text(_required(given, "id"), "id", MAX_IDENTITY),
        source=_source(_required(given, "source")),
        type=_text(_required(given, "type"), "type", MAX_IDENTITY),
        time=_instant(_required(given, "time"), "time"),
        subject=_optional(given, "subject"),
        datacontenttype=_optional(given, "datacontenttype"),
        dataschema=_optional(given, "dataschema"),
        data=data,
        extensions={name: _extension(name, value) for name, value in given.items()},
    )


def _required(given: dict[str, Json], name: str) -> Json:
    try:
        return given.pop(name)
    except KeyError as exc:
        # A name that CloudEvents allows is an extension; any other is a misspelt attribute.
        unknown = unknown_names(key for key in given if not _NAME.fullmatch(key))
        raise InvalidEvent(f"{name}: required{unknown}", field=name) from exc


def _optional(given: dict[str, Json], name: str) -> str | None:
    return _text(given.pop(name), name, MAX_ATTRIBUTE) if name in given else None


def _text(value: Json, name: str, limit: int) -> str:
    if not _is_text(value, limit):
        raise _expected(name, f"text of 1 to {limit} characters without control characters")
    return value


def _is_text(value: Json, limit: int) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= limit and _CONTROL.search(value) is None


def _source(value: Json) -> str:
    source = _text(value, "source", MAX_IDENTITY)
    if _URI_REFERENCE.fullmatch(source) is None:
        raise _expected("source", "a URI reference (RFC 3986), other characters percent-encoded")
    return source


def _instant(value: Json, name: str) -> datetime:
    try:
        return rfc3339.parse(_text(value, name, MAX_IDENTITY))
    except ValueError as exc:
        raise _expected(name, rfc3339.EXPECTED) from exc


def _extension(name: str, value: Json) -> Json:
    if _NAME.fullmatch(name) is None or name == "data":
        raise InvalidEvent("an attribute's name: expected 1 to 20 of a-z and 0-9", field=_shown(name))
    if name == "expirytime":
        return _instant(value, name).isoformat()
    # A misspelt `quiet` must not send a thousand messages.
    if name == "quiet" and value not in (True, False, "true", "false"):
        raise _expected(name, "true or false")
    return value if isinstance(value, int) else _text(value, name, MAX_ATTRIBUTE)


def _shown(name: str) -> str:
    return _CONTROL.sub("?", name)[:40]


def _expected(name: str, what: str) -> InvalidEvent:
    return InvalidEvent(f"{name}: expected {what}", field=name)


def _json(body: bytes, field: str | None) -> Json:
    try:
        return strict_json.loads(body)
    except ValueError as exc:
        raise InvalidEvent(f"{field or 'the body'}: expected {exc}", field=field) from exc


def _check_data(data: Json) -> None:
    """Refuse what PostgreSQL's jsonb cannot store, with the faulty field."""
    wanted = strict_json.jsonb_violation(data)
    if wanted is None:
        return
    parts = data.items() if isinstance(data, dict) else ()
    fields = (f"data.{_shown(key)}" for key, value in parts if strict_json.jsonb_violation([key, value]))
    raise _expected(next(fields, "data"), wanted)


_ENCODER: Final = msgspec.json.Encoder()
