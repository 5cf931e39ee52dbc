"""
Logs as structlog events: JSON for machines, one readable line for people, no person data, no secrets.

Log an event name and fields (`log.info("message.sent", channel="sms")`). What a line is about has the names
of `CORRELATION`, so that one search finds all lines of an event, a message or a case. The masking is only the
last line of defence: it recognises addresses and numbers by their form, but a name only by its key.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import PurePath
from traceback import format_tb
from typing import Any, Final, TextIO
from uuid import UUID

import structlog
from structlog.dev import ConsoleRenderer
from structlog.processors import ExceptionRenderer, JSONRenderer, TimeStamper
from structlog.stdlib import ProcessorFormatter, add_logger_name
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from hub.errors import HubError

CORRELATION: Final = (
    *("event_id", "event_name", "event_key", "message_id", "case", "clock_id"),
    *("reply_id", "dead_letter_id", "trace_id"),
)
"""Fields that say what a line is about, under the same names in every line (docs/operations/watching.md)."""
MASK: Final = "***"
_LONGEST_TEXT: Final = 20_000
_MOST_CAUSES: Final = 5

_PERSON_KEYS: Final = frozenset(
    {"address", "addresses", "contact", "email", "emails", "name", "names", "phone", "phones", "rcpt"}
    | {"recipient", "recipients", "to", "token"}
)
_SECRET_KEYS: Final = frozenset({"api_key", "authorization", "cookie", "password", "secret", "secrets"})
_PRIVATE_SUFFIXES: Final = ("_address", "_email", "_phone", "_token", "_secret", "_password")

# Constants, because inline unions would be built for every value of every line.
_NUMBERS: Final = bool | int | float
_SEQUENCES: Final = list | tuple | set | frozenset
_PRINTABLE: Final = str | UUID | date | timedelta | PurePath

# A logged URL may have a password, or a signature in its query.
_USERINFO: Final = re.compile(r"(?<=://)[^\s/@]{1,512}@")
_QUERY_SECRET: Final = re.compile(r"(?<=[?&])(also|key|password|secret|sig|token|verify)=[^\s&]+")
# The part before "@" may be the user of a broker's URL; then the password is masked too, as it should.
# The bound keeps the search linear: without it 200 kB of "a" take three minutes.
_EMAIL: Final = re.compile(r"""[^\s@<>"'(),;:/=]{1,128}(?:@|%40)[\w.-]+""")
# +57 300 123 4567 · 300-123-4567 · 6012345678. Not inside a hash or an id, which have letters around.
_PHONE: Final = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:\+\d[\d .()-]{6,24}\d|\(?(?:57[ .-]?)?(?:3\d\d|60[1-8])\)?[ .-]?\d{3}[ .-]?\d{4})"
    r"(?![0-9A-Za-z])"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that could colour or clear a reader's terminal. Keeps new lines, for tracebacks."""


def configure(*, as_json: bool, level: str, stream: TextIO | None = None, for_good: bool = False) -> None:
    """
    Write events of at least `level` to `stream`, by default standard error.

    `for_good` makes each line a third cheaper: loggers that have written once stay as they are.
    Libraries that use `logging` write there too, but only from WARNING on: debug lines of aio-pika and
    aiosmtplib include whole messages.
    """
    target = stream or sys.stderr
    renderer = _renderer(as_json=as_json, colors=target.isatty())
    structlog.configure(
        processors=[*_shared_processors(), _add_level, mask_person_data, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=for_good,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*_shared_processors(), _add_level, add_logger_name],
            processors=[ProcessorFormatter.remove_processors_meta, mask_person_data, renderer],
        )
    )
    lowest = max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()])
    logging.basicConfig(handlers=[handler], level=lowest, force=True)


def mask_person_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask what may identify a person, at any depth."""
    return {key: _masked(key, value) for key, value in event.items()}


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        TimeStamper(fmt="iso", utc=True),
        ExceptionRenderer(_traceback),
    ]


def _traceback(exc_info: ExcInfo) -> str:
    """Format the traceback with up to five causes, but the messages only of safe errors."""
    shown: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(shown) < _MOST_CAUSES:
        shown.append("".join(format_tb(error.__traceback__)) + _describe(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\ncaused by\n".join(shown)


def _describe(error: BaseException) -> str:
    """
    Describe an error. A foreign message may quote anything, even a person's name, which no mask recognises.

    The hub's own errors never quote; of a system error only `strerror` is kept, not the path.
    """
    message = str(error) if isinstance(error, HubError) else getattr(error, "strerror", None)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


_add_level: Final = structlog.processors.add_log_level


def _renderer(*, as_json: bool, colors: bool) -> Processor:
    if as_json:
        return JSONRenderer()
    # repr of strings, so that a publisher's text cannot start a new line.
    return ConsoleRenderer(colors=colors, repr_native_str=True)


def _masked(key: str, value: Any) -> Any:
    if value is None or isinstance(value, _NUMBERS):
        return value
    if _is_private(key):
        return MASK
    if type(value) is str:  # not subclasses: an enum's member prints as its value
        return _masked_text(value)
    if isinstance(value, Mapping):
        pairs = ((_key(inner), item) for inner, item in value.items())
        return {key: _masked(key, item) for key, item in pairs}
    if isinstance(value, _SEQUENCES):
        return _masked_items(key, value)
    return _masked_text(_text(value))


def _key(key: Any) -> str:
    """Convert a mapping's key to text, as JSON requires: a log call must not raise."""
    return key if type(key) is str else str(_masked("", key))


@lru_cache(maxsize=1024)
def _is_private(key: str) -> bool:
    key = key.lower()
    return key in _PERSON_KEYS or key in _SECRET_KEYS or key.endswith(_PRIVATE_SUFFIXES)


def _masked_items(key: str, values: Iterable[Any]) -> list[Any]:
    return [_masked(key, value) for value in values]


def _masked_text(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        text = f"{text[:_LONGEST_TEXT]}…"
    if "://" in text:
        text = _USERINFO.sub(f"{MASK}@", text)
    if "=" in text:
        text = _QUERY_SECRET.sub(rf"\1={MASK}", text)
    if "@" in text or "%40" in text:
        text = _EMAIL.sub(MASK, text)
    text = _PHONE.sub(MASK, text)
    return text if text.isprintable() else _CONTROL.sub("?", text)


def _text(value: Any) -> str:
    if isinstance(value, _PRINTABLE):
        return str(value)
    if isinstance(value, BaseException):
        return _describe(value)
    # Anything else could include personal data in its repr, so log only its type.
    return f"<{type(value).__name__}>"
