"""
A provider of text messages, described in a TOML file: docs/sms-providers.md.

The hub reads the whole file strictly at start. It refuses a mistake then, naming the key, and not at the
first message.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct, field

from hub.channels.failures import FailureKind
from hub.channels.sms.placeholders import FIXED, NAMES, RECIPIENT, names_in
from hub.errors import ConfigurationError
from hub.model import State

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
"""The provider's name: used in attempts, and in the URL of the hook."""
Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Status = Annotated[int, Meta(ge=100, le=599)] | Annotated[str, Meta(pattern=r"^[1-5]xx$")]
UrlPath = Annotated[str, Meta(pattern=r"^/[^?#\s]*$")]
JsonPath = Annotated[str, Meta(pattern=r"^[^.\s]+(\.[^.\s]+)*$")]
Scalar = str | int | bool
Where = Mapping[JsonPath, tuple[Scalar, ...]]

_IN_PATH: Final = NAMES - {"text", "callback"}
_KEYED: Final = re.compile(r"^(?P<what>.*) - at `\$\.?(?P<key>.*)`$", re.DOTALL)
_VALUE: Final = re.compile(r"(?<=Invalid enum value) '.*'(?= - at)", re.DOTALL)
"""Removed from error texts: the value may be a secret on the wrong line."""


class Format(StrEnum):
    """Where an incoming call of the provider carries its fields."""

    FORM = "form"
    JSON = "json"
    QUERY = "query"


class Meaning(StrEnum):
    """The meaning of a status word in a receipt for the message."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    GONE = "gone"


STATES: Final[Mapping[Meaning, State]] = {
    Meaning.DELIVERED: State.DELIVERED,
    Meaning.READ: State.READ,
    Meaning.FAILED: State.FAILED,
    Meaning.GONE: State.FAILED,
}


class _Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file. Unknown keys are refused."""


class Request(_Table, frozen=True, kw_only=True):
    """The request that submits a message. The body is `json` or `form`; a GET has none."""

    path: UrlPath
    auth: Literal["basic", "bearer", "none"]
    """How the URL's account is sent; with `none` only through placeholders."""
    method: Literal["POST", "GET"] = "POST"
    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    json: dict[str, Any] | list[Any] | None = None
    form: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.json is not None and self.form is not None:
            raise ValueError("the body is json or form, not both")
        if self.method == "GET" and (self.json is not None or self.form is not None):
            raise ValueError("a GET has no body: use query")
        placeholders = (
            _checked("path", self.path, _IN_PATH)
            | _checked("headers", self.headers, FIXED)
            | _checked("query", self.query, NAMES)
            | _checked("json", self.json, NAMES)
            | _checked("form", self.form, NAMES)
        )
        if "text" not in placeholders or placeholders.isdisjoint(RECIPIENT):
            raise ValueError("it must use {text}, and the number as {to}, {to_national} or {to_digits}")


class Rule(_Table, frozen=True, kw_only=True):
    """Conditions that an answer must meet. `where`: path in the JSON body → allowed values."""

    statuses: tuple[Status, ...] = ()
    where: Where = {}
    body_contains: str = ""


class Acceptance(Rule, frozen=True, kw_only=True):
    """The provider's acceptance; `reference` is the path of its own message id."""

    statuses: tuple[Status, ...] = ("2xx",)
    reference: JsonPath | None = None

    def __post_init__(self) -> None:
        if not (self.where or self.body_contains or self.reference):
            # Docs: decision 12. A captive portal answers 200, too.
            raise ValueError("any web page could answer that: name where, body_contains or reference")


class FailureRule(Rule, frozen=True, kw_only=True):
    kind: FailureKind
    reason: Word

    def __post_init__(self) -> None:
        if not (self.statuses or self.where or self.body_contains):
            raise ValueError("it fits every answer: name statuses, where or body_contains")


class BodySignature(_Table, frozen=True, kw_only=True):
    """
    HMAC of the raw body, in `header`, after `prefix`. `secret` may be `{password}` or `{user}`, so
    that the file holds no secret. `also` is a second accepted secret, during a rotation.
    """

    header: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]+$")]
    secret: Annotated[str, Meta(min_length=1)]
    also: Annotated[str, Meta(min_length=1)] | None = None
    algorithm: Literal["sha256", "sha512", "sha1"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""

    def __post_init__(self) -> None:
        for name, secret in (("secret", self.secret), ("also", self.also or "")):
            _checked(name, secret, frozenset({"user", "password"}))

    @property
    def secrets(self) -> tuple[str, ...]:
        """The accepted secrets, before placeholders are filled."""
        return (self.secret, self.also) if self.also else (self.secret,)


class _Call(_Table, frozen=True, kw_only=True):
    """
    A call of the provider. `hmac` says how it signs the body; `none` that it does not, and that whoever
    knows the address of the hook is believed.
    """

    format: Format
    hmac: BodySignature | Literal["none"] | None = None

    def __post_init__(self) -> None:
        if self.hmac is None:
            raise ValueError('name hmac, by which the provider signs its calls, or write hmac = "none"')
        if self.signature is not None and self.format is Format.QUERY:
            raise ValueError("hmac signs a body, and a query has none")

    @property
    def signature(self) -> BodySignature | None:
        """How the body is signed; None where nothing but the address is secret."""
        return self.hmac if isinstance(self.hmac, BodySignature) else None


class Receipts(_Call, frozen=True, kw_only=True):
    """
    The later reports of the provider. The message is identified by the URL, which contains our id where
    `{callback}` is used; else by `id`, the path of our id, or `reference`, the path of the provider's id.
    """

    status: JsonPath
    states: Mapping[str, Meaning]
    id: JsonPath | None = None
    reference: JsonPath | None = None
    code: JsonPath | None = None

    def __post_init__(self) -> None:
        if not self.states:
            raise ValueError("states is empty: no receipt would change anything")
        super().__post_init__()


class Replies(_Call, frozen=True, kw_only=True):
    """Incoming texts: the paths of the number, the text and the provider's id."""

    sender: JsonPath
    text: JsonPath
    id: JsonPath
    in_reply_to: JsonPath | None = None


class BalanceQuestion(_Table, frozen=True, kw_only=True):
    """Where to ask for the balance; below `low` the account needs a top-up."""

    path: UrlPath
    value: JsonPath
    low: Decimal
    currency: str = "COP"

    def __post_init__(self) -> None:
        _checked("path", self.path, frozenset({"user", "password"}))


class Spec(_Table, frozen=True, kw_only=True):
    name: Name
    request: Request
    accepted: Acceptance
    failures: tuple[FailureRule, ...] = field(name="failure", default=())
    receipts: Receipts | None = None
    replies: Replies | None = None
    balance: BalanceQuestion | None = None

    def __post_init__(self) -> None:
        if self.name == "twilio":
            raise ValueError("name: twilio is another provider's")
        receipts = self.receipts
        if receipts and not (self.asks_for_reports or receipts.id or receipts.reference):
            raise ValueError("receipts: name id or reference, or send {callback} in the request")

    @property
    def asks_for_reports(self) -> bool:
        """Whether each message gives the provider the URL for its receipts."""
        request = self.request
        return "callback" in names_in([request.query, request.json, request.form])

    @property
    def of_the_account(self) -> frozenset[str]:
        """The placeholders for which the URL must have a value."""
        request, balance = self.request, self.balance
        hooks = [part.signature for part in (self.receipts, self.replies) if part and part.signature]
        signed = [secret for hmac in hooks for secret in hmac.secrets]
        places = [request.path, request.headers, request.query, request.json, request.form, *signed]
        placeholders = names_in([*places, balance.path if balance else ""]) & {"user", "password"}
        return placeholders | {"basic": {"user"}, "bearer": {"password"}, "none": set()}[request.auth]


def load_spec(path: Path, *, setting: str) -> Spec:
    """Read the file; raises ConfigurationError, which names setting, file and key, but no value."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Spec, strict=True)
    except OSError as exc:
        raise ConfigurationError(f"{setting}: {path} cannot be read: {exc.strerror}.") from exc
    except msgspec.ValidationError as exc:
        raise ConfigurationError(f"{setting}: {path}: {_complaint(exc)}.") from exc
    except ValueError as exc:  # not TOML, or not UTF-8
        raise ConfigurationError(f"{setting}: {path} is not TOML: {exc}.") from exc


def _complaint(exc: msgspec.ValidationError) -> str:
    """`Expected … - at `$.request.auth`` → `request.auth: expected …`, as in other errors of the hub."""
    words = _VALUE.sub("", str(exc))
    found = _KEYED.match(words)
    return f"{found['key']}: {found['what']}" if found and found["key"] else words


def _checked(key: str, tree: Any, allowed: frozenset[str]) -> frozenset[str]:
    try:
        found = names_in(tree)
    except ValueError:
        raise ValueError(f"{key}: a placeholder is a name in braces; a brace itself stands twice") from None
    if unknown := found - allowed:
        known = ", ".join(f"{{{name}}}" for name in sorted(allowed))
        shown = ", ".join(f"{{{name}}}" for name in sorted(unknown))
        raise ValueError(f"{key}: {shown} cannot stand here; known: {known}")
    return found
