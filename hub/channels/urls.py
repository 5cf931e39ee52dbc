"""
URLs of providers, and their parts.

Every function raises `ConfigurationError`, which names the setting and what to write, and never
quotes the input, which may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from hub.errors import ConfigurationError, InvalidPolicy
from hub.resilience.rate_limit import Rate, parse_rate
from hub.settings import PROVIDERS, Settings

Endpoint = TypeVar("Endpoint")

RATE: Final = "rate"
"""Query parameter of every provider's URL: its rate limit."""
STARTTLS: Final = ("auto", "always", "never")
GRAPH_VERSION: Final = "v23.0"
_GRAPH_VERSION: Final = re.compile(r"v[1-9][0-9]{0,2}\.[0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpEndpoint:
    """
    `smtp[s]://user:password@host:port?starttls=auto|always|never&from=ADDRESS&dkim=SELECTOR`

    `dkim` is the selector that the server signs with; only `hub check` uses it.
    """

    host: str
    port: int
    tls: bool = False
    starttls: str = "auto"
    user: str | None = None
    password: str = field(default="", repr=False)
    sender: str | None = None
    dkim: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioEndpoint:
    """
    `twilio+https://SID:TOKEN@host?from=NUMBER&two_way=true|false&also=TOKEN` (also `twilio+http`)

    `also` is a second token that may sign reports, during a rotation.
    """

    base: str
    account: str
    token: str = field(repr=False)
    sender: str
    two_way: bool = False
    also: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenericEndpoint:
    """
    `http+https://USER:PASSWORD@host?spec=FILE.toml&from=NUMBER&two_way=true|false&also=PASSWORD` (also
    `http+http`)

    `also` is a second password that may sign calls, during a rotation.
    """

    base: str
    user: str = field(repr=False)
    password: str = field(repr=False)
    spec: Path
    sender: str = ""
    two_way: bool = False
    also: str = field(default="", repr=False)

    @property
    def account(self) -> Mapping[str, str]:
        """The values of the file's `{user}` and `{password}`."""
        return {"user": self.user, "password": self.password}

    @property
    def accounts(self) -> tuple[Mapping[str, str], ...]:
        """The same for incoming calls, which may be signed with either password."""
        return (self.account, {**self.account, "password": self.also}) if self.also else (self.account,)


@dataclass(frozen=True, slots=True, kw_only=True)
class FcmEndpoint:
    """`fcm+https://host?credentials=FILE` (also `fcm+http`)"""

    base: str
    credentials: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsappEndpoint:
    """
    `whatsapp+https://TOKEN@host?phone=ID&secret=APP_SECRET&verify=WORD&also=APP_SECRET` (or `whatsapp+http`)

    Without the app's secret no report of Meta can be verified. `verify` is the word that Meta sends
    when the webhook's URL is entered. `also` is a second app secret that may sign reports, during a
    rotation.
    """

    base: str
    token: str = field(repr=False)
    phone: str
    version: str
    secret: str = field(default="", repr=False)
    verify: str = field(default="", repr=False)
    also: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A URL's parts, and the name of the setting that it came from."""

    setting: str
    url: SplitResult
    port: int | None
    query: Mapping[str, str]

    def wrong(self, what: str) -> ConfigurationError:
        return ConfigurationError(f"{self.setting}: {what}")

    def needed(self, name: str, example: str) -> str:
        value = self.query.get(name)
        if not value:
            raise self.wrong(f"?{name}= is missing; write {example}")
        return value

    def flag(self, name: str) -> bool:
        value = self.query.get(name, "false")
        if value not in {"true", "false"}:
            raise self.wrong(f"?{name}= is true or false")
        return value == "true"

    @property
    def host(self) -> str:
        if not self.url.hostname:
            raise self.wrong("the host is missing")
        return self.url.hostname

    @property
    def base(self) -> str:
        """The URL without the scheme's prefix: `twilio+https://…@host` → `https://host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = self.url.scheme.partition("+")[2]
        return f"{scheme}://{host}" + (f":{self.port}" if self.port is not None else "")


def _split(text: str, setting: str, *, known: Sequence[str] | None = None) -> _Parts:
    """Split a URL; with `known`, refuse other parts after the ?."""
    try:
        url = urlsplit(text)
        # parse_qsl reads + as a space, but +57… and maria+hub@… in a URL mean the +.
        query = parse_qsl(url.query.replace("+", "%2B"), keep_blank_values=True)
        parts = _Parts(setting, url, url.port, dict(query))
    except ValueError:
        # `from None`: the standard library's message may quote half a password.
        detail = f"{setting}: it is not a URL; characters like / # ? @ in a password are written as %2F …"
        raise ConfigurationError(detail) from None
    if known is not None and not set(parts.query) <= {*known, RATE}:
        # Not quoted: with a bare ? in the password, this would be its second half.
        names = ", ".join(f"?{name}=" for name in (*known, RATE))
        raise parts.wrong(f"a part after the ? is not known here; known: {names}")
    return parts


def read_rate(text: str, *, setting: str) -> Rate | None:
    """Return `?rate=20/s` (or `/m`, `/h`) of any provider's URL; None where it has no limit."""
    parts = _split(text, setting)
    rate = parts.query.get(RATE)
    try:
        return None if rate is None else parse_rate(rate)
    except InvalidPolicy:
        raise parts.wrong("?rate= is like 20/s, 300/m or 1000/h") from None


def parse_smtp(text: str, *, setting: str) -> SmtpEndpoint:
    parts = _split(text, setting, known=("starttls", "from", "dkim"))
    starttls = parts.query.get("starttls", "auto")
    if starttls not in STARTTLS:
        raise parts.wrong(f"?starttls= is one of {', '.join(STARTTLS)}")
    tls = parts.url.scheme == "smtps"
    user = unquote(parts.url.username) if parts.url.username else None
    return SmtpEndpoint(
        host=parts.host,
        port=parts.port or (465 if tls else 587 if user else 25),
        tls=tls,
        starttls=starttls,
        user=user,
        password=unquote(parts.url.password or ""),
        sender=parts.query.get("from") or None,
        dkim=parts.query.get("dkim") or None,
    )


def parse_twilio(text: str, *, setting: str) -> TwilioEndpoint:
    parts = _split(text, setting, known=("from", "two_way", "also"))
    if not parts.url.username or not parts.url.password:
        raise parts.wrong("the account is missing; write twilio+https://SID:TOKEN@host?from=NUMBER")
    return TwilioEndpoint(
        base=parts.base,
        account=unquote(parts.url.username),
        token=unquote(parts.url.password),
        sender=parts.needed("from", "?from=+573001234567"),
        two_way=parts.flag("two_way"),
        also=parts.query.get("also", ""),
    )


def parse_generic(text: str, *, setting: str) -> GenericEndpoint:
    parts = _split(text, setting, known=("spec", "from", "two_way", "also"))
    if parts.url.path not in {"", "/"}:
        raise parts.wrong("the path is not part of the URL; it is request.path of the ?spec= file")
    return GenericEndpoint(
        base=parts.base,
        user=unquote(parts.url.username or ""),
        password=unquote(parts.url.password or ""),
        spec=Path(parts.needed("spec", "?spec=/path/provider.toml")),
        sender=parts.query.get("from", ""),
        two_way=parts.flag("two_way"),
        also=parts.query.get("also", ""),
    )


def endpoints_of(
    settings: Settings, channel: str, scheme: str, parse: Callable[..., Endpoint]
) -> Iterator[Endpoint]:
    """Parse the URLs of a channel whose scheme begins so. Raises `ConfigurationError`."""
    for url in settings.providers.get(channel, ()):
        if url.scheme.startswith(scheme):
            yield parse(url.reveal(), setting=PROVIDERS[channel])


def is_two_way(text: str, *, setting: str) -> bool:
    """Read `?two_way=`; false by default, because short codes in Colombia are shared and one-way."""
    return _split(text, setting).flag("two_way")


def parse_fcm(text: str, *, setting: str) -> FcmEndpoint:
    parts = _split(text, setting, known=("credentials",))
    credentials = Path(parts.needed("credentials", "?credentials=/path/service-account.json"))
    return FcmEndpoint(base=parts.base, credentials=credentials)


def parse_whatsapp(text: str, *, setting: str) -> WhatsappEndpoint:
    parts = _split(text, setting, known=("phone", "secret", "verify", "also", "version"))
    if not parts.url.username or parts.url.password is not None:
        raise parts.wrong("the token is missing; write whatsapp+https://TOKEN@host?phone=ID")
    version = parts.query.get("version") or GRAPH_VERSION
    if not _GRAPH_VERSION.fullmatch(version):
        raise parts.wrong(f"?version= is like {GRAPH_VERSION}")
    phone = parts.needed("phone", "?phone=ID, the digits of the phone number's id at Meta")
    if not (phone.isascii() and phone.isdecimal()):
        raise parts.wrong("?phone= is the phone number's id at Meta, digits only")
    return WhatsappEndpoint(
        base=parts.base,
        token=unquote(parts.url.username),
        phone=phone,
        version=version,
        secret=parts.query.get("secret", ""),
        verify=parts.query.get("verify", ""),
        also=parts.query.get("also", ""),
    )


def parse_folder(text: str, *, setting: str) -> Path:
    """Return the folder of `file:///DIR`: a file per message."""
    parts = _split(text, setting, known=())
    if parts.url.netloc or not parts.url.path.startswith("/"):
        raise parts.wrong("write file:///DIR with three slashes and a whole path")
    return Path(unquote(parts.url.path))
