"""Identities at the hub's door, each with its credentials: keys, sessions, cookies, nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from aiohttp import hdrs

from hub.access import sessions
from hub.access.api_keys import issue
from hub.access.inbox_tokens import LASTS, InboxTokens
from hub.access.keyring import KeyRing
from hub.catalog import BY_NAME
from hub.model import Account, ApiKey, Grant, Office, Scope, SecondFactor, Session
from hub.ports import AccountStore, KeyStore, SessionStore
from hub.ports.accounts import SecondFactorStore
from hub.settings import Secret
from hub.web.auth import device_cookie

API_KEY: Final = "a key that nobody guesses, long enough"
SECRET: Final = "a-secret-of-this-test-alone-and-long-enough"
COOKIE: Final = "__Host-hub_session"
HERE: Final = "ph-alfa"
SCOPES: Final = ("publish", "read", "operate", "privacy", "admin", "inbox")
OFFICES: Final[Mapping[str, str]] = {
    "viewer": "read",
    "operator": "read operate",
    "manager": "read operate privacy",
    "privacy_officer": "read privacy",
    "administrator": "read operate admin",
}
"""Office → its scopes, by hand."""
OWN_PAGE: Final = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """
    The credentials of a request, and the scopes that they should open, in building A alone or in all.

    With `opens_open` false not even public routes answer; `may_change` is false for a request that a browser
    of ours would not make.
    """

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()
    only_here: bool = False
    is_known: bool = True
    is_session: bool = False
    may_change: bool = True
    opens_open: bool = True
    is_guarded: bool = True
    """Whether it asks the hub that has HUB_API_KEY, or one without."""
    ends: Session | None = None


def bearer(token: str) -> dict[str, str]:
    return {hdrs.AUTHORIZATION: f"Bearer {token}"}


def cookie(value: str, name: str = COOKIE) -> dict[str, str]:
    """The cookie of a session, with all the proofs of a page of it."""
    return {hdrs.COOKIE: f"{name}={value}", **OWN_PAGE, "X-CSRF-Token": sessions.csrf_of(value)}


ALL: Final = frozenset(SCOPES)
BOOTSTRAP: Final = Identity(name="HUB_API_KEY", headers=bearer(API_KEY), scopes=ALL)
FOREIGN: Final[dict[str, str]] = {hdrs.ORIGIN: "https://evil.example"}
STRANGERS: Final = (
    Identity(name="nobody", is_known=False),
    Identity(name="wrong bearer", headers=bearer("guess"), is_known=False),
    Identity(name="bearer like a key", headers=bearer("hub_0123456789ab_x"), is_known=False),
    Identity(name="the key as a password", headers={hdrs.AUTHORIZATION: f"Basic {API_KEY}"}, is_known=False),
    Identity(name="cookie of another deployment", headers=cookie("made-elsewhere"), is_known=False),
    Identity(name="loopback, and forwarded", headers={"Forwarded": "for=127.0.0.1"}, is_known=False),
    Identity(name="host of this machine", headers={hdrs.HOST: "localhost"}, is_known=False),
)
THIS_MACHINE: Final = Identity(name="this machine", scopes=ALL, is_guarded=False)
ON_THIS_MACHINE: Final = (
    THIS_MACHINE,
    Identity(
        name="another name for this machine",
        headers={hdrs.HOST: "rebound.example"},
        is_guarded=False,
        is_known=False,
        opens_open=False,
    ),
    Identity(
        name="another site in a browser here", headers=FOREIGN, scopes=ALL, is_guarded=False, may_change=False
    ),
)
"""A hub without HUB_API_KEY answers this machine alone."""

SPOILED: Final[dict[str, dict[str, str | None]]] = {
    "no token": {"X-CSRF-Token": None},
    "an empty token": {"X-CSRF-Token": ""},
    "a token of another session": {"X-CSRF-Token": sessions.csrf_of("other")},
    "a token that is not ASCII": {"X-CSRF-Token": "ñ"},
    "no word of the browser": {"Sec-Fetch-Site": None},
    "another site": {hdrs.ORIGIN: "https://evil.example"},
    "another site, from an old browser": {"Sec-Fetch-Site": None, hdrs.ORIGIN: "https://evil.example"},
    "our name without TLS": {"Sec-Fetch-Site": None, hdrs.ORIGIN: "http://hub.example"},
    "a sibling domain": {"Sec-Fetch-Site": "same-site"},
    "another site by link": {"Sec-Fetch-Site": "cross-site"},
    "an opaque origin": {hdrs.ORIGIN: "null"},
}
"""Fault of a change by cookie → the headers that show it."""


@dataclass
class Registry:
    """Puts what identities have into the stores."""

    accounts: AccountStore
    keys: KeyStore
    sessions: SessionStore
    factors: SecondFactorStore

    async def key(self, name: str, *scopes: Scope, **fields: Any) -> tuple[ApiKey, dict[str, str]]:
        bound = {name: fields.pop(name) for name in ("source", "event_types") if name in fields}
        key, token = issue(
            name, scopes=scopes, known_types=BY_NAME, by="test", now=datetime.now(UTC), **bound
        )
        assert await self.keys.add(replace(key, **fields))
        return key, bearer(token)

    async def account(self, name: str, *grants: Grant, **fields: Any) -> Account:
        """Make an account; it has enrolled a second factor, unless `is_enrolled` is false."""
        is_enrolled = fields.pop("is_enrolled", True)
        made: dict[str, Any] = {"display_name": name, "must_change": False, "created_at": datetime.now(UTC)}
        account = Account(
            id=uuid4(),
            name=name,
            password_hash="nothing hashes to this",
            grants=grants,
            created_by="test",
            **made | fields,
        )
        assert await self.accounts.add(account)
        if is_enrolled:
            factor = SecondFactor(sealed="sealed", last_step=0, enrolled_at=datetime.now(UTC), codes_left=0)
            assert await self.factors.enrol(account.id, factor, (), again=False)
        return account

    async def session(
        self, account: Account | None, *, key: str = "", age: timedelta = timedelta(0)
    ) -> tuple[Session, dict[str, str]]:
        begun = datetime.now(UTC) - age
        session, token = sessions.begin(account.id if account else None, key=key, now=begun)
        await self.sessions.open(session)
        return session, cookie(token)


async def everybody(registry: Registry) -> list[Identity]:
    """Make them all. HUB_API_KEY is the first: it tries acts that others may not, while rows are there."""
    return [
        BOOTSTRAP,
        *STRANGERS,
        *ON_THIS_MACHINE,
        *await _keys(registry),
        *await _offices(registry),
        *await _sessions(registry),
        *await _spoiled(registry),
    ]


async def _keys(registry: Registry) -> list[Identity]:
    past = datetime.now(UTC) - timedelta(minutes=1)
    _, expired = await registry.key("expired", *Scope, expires_at=past)
    _, revoked = await registry.key("revoked", *Scope)
    await registry.keys.revoke("revoked")
    source = {"source": "urn:coproservicios:crm", "event_types": ["pqrs.received"]}
    _, bound = await registry.key("bound", Scope.PUBLISH, **source)
    _, almost = await registry.key("almost", *Scope)
    await registry.key("other", Scope.READ)
    found = [
        Identity(name="expired key", headers=expired, is_known=False),
        Identity(name="revoked key", headers=revoked, is_known=False),
        Identity(name="key and a letter", headers=_longer(almost), is_known=False),
        Identity(name="bound key", headers=bound, scopes=frozenset({"publish"})),
    ]
    for scope in SCOPES:
        _, headers = await registry.key(f"only-{scope}", Scope(scope))
        found.append(Identity(name=f"key: {scope}", headers=headers, scopes=frozenset({scope})))
    return found


def _longer(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: f"{value}x" for name, value in headers.items()}


async def _offices(registry: Registry) -> list[Identity]:
    found = []
    for name, scopes in {**OFFICES, "all": " ".join(OFFICES.values())}.items():
        for where, place in {"everywhere": "", "in A": HERE}.items():
            offices = OFFICES if name == "all" else (name,)
            grants = [Grant(office=Office(office), copropiedad_id=place) for office in offices]
            account = await registry.account(f"{name}-{place or 'everywhere'}", *grants)
            session, headers = await registry.session(account)
            found.append(
                Identity(
                    name=f"{name} {where}",
                    headers=headers,
                    scopes=frozenset(scopes.split()),
                    only_here=bool(place),
                    is_session=True,
                    ends=session,
                )
            )
    return found


async def _sessions(registry: Registry) -> list[Identity]:
    everything = tuple(Grant(office=office) for office in Office)
    new = await registry.account("new-here", *everything, must_change=True)
    none = await registry.account("no-office")
    gone = await registry.account("gone", *everything)
    ana = await registry.account("ana", *everything)
    console, by_key = await registry.session(None, key=API_KEY)
    _, by_old_key = await registry.session(None, key="HUB_API_KEY before it was changed")
    new_session, one_time = await registry.session(new)
    none_session, without = await registry.session(none)
    bare = await registry.account("bare", *everything, is_enrolled=False)
    alone_session, alone = await registry.session(bare)
    await registry.accounts.disable(gone.id, now=datetime.now(UTC))
    _, disabled = await registry.session(gone)
    _, idle = await registry.session(ana, age=sessions.IDLE)
    _, old = await registry.session(ana, age=sessions.LONGEST)
    _, headers = await registry.session(ana)
    return [
        Identity(name="session by HUB_API_KEY", headers=by_key, scopes=ALL, is_session=True, ends=console),
        Identity(name="session by an old HUB_API_KEY", headers=by_old_key, is_known=False),
        Identity(name="one-time password", headers=one_time, is_session=True, ends=new_session),
        Identity(name="account without office", headers=without, is_session=True, ends=none_session),
        Identity(name="disabled account", headers=disabled, is_known=False),
        Identity(name="idle session", headers=idle, is_known=False),
        Identity(name="session of yesterday", headers=old, is_known=False),
        Identity(name="wrong bearer and a session", headers={**headers, **bearer("guess")}, is_known=False),
        Identity(name="cookie under its plain name", headers=_plain(headers), is_known=False),
        Identity(
            name="session in an old browser",
            headers=_of_old_browser(headers),
            scopes=frozenset({"read", "operate", "privacy", "admin"}),
            is_session=True,
        ),
        Identity(name="password without its code", headers=await _waiting(registry, ana), is_known=False),
        Identity(name="password alone", headers=alone, is_session=True, ends=alone_session),
        Identity(name="ended inbox token", headers=_ended_token(), is_known=False),
        Identity(name="known device", headers=_device("ana"), is_known=False),
    ]


async def _waiting(registry: Registry, account: Account) -> dict[str, str]:
    """The cookie of a right password that waits for its code."""
    session, token = sessions.begin(account.id, pending=True, now=datetime.now(UTC))
    await registry.sessions.open(session)
    return cookie(token)


def _of_old_browser(headers: Mapping[str, str]) -> dict[str, str]:
    """Such a browser says where a change comes from by Origin alone."""
    kept = {name: value for name, value in headers.items() if name not in OWN_PAGE}
    return {**kept, hdrs.ORIGIN: "https://hub.example"}


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    """A page of a sibling domain can set such a cookie, but none that begins with `__Host-`."""
    return {**headers, hdrs.COOKIE: headers[hdrs.COOKIE].removeprefix("__Host-")}


def _ended_token() -> dict[str, str]:
    """`test_web_inbox.py` shows that a live one opens nothing but one person's inbox."""
    ring = KeyRing([Secret(SECRET)])
    return bearer(InboxTokens(ring=ring, now=lambda: datetime.now(UTC) - LASTS).make("p-alfa")[0])


def _device(name: str) -> dict[str, str]:
    value = device_cookie.issue(KeyRing([Secret(SECRET)]), name, now=datetime.now(UTC))
    return {hdrs.COOKIE: f"__Host-hub_device_{device_cookie.cookie_of(name)}={value}", **OWN_PAGE}


async def _spoiled(registry: Registry) -> list[Identity]:
    """Sessions that may everything, each with a change that another site could have made."""
    eve = await registry.account("eve", *(Grant(office=office) for office in Office))
    _, headers = await registry.session(eve)
    return [
        Identity(
            name=f"session, {what}",
            headers={name: value for name, value in {**headers, **more}.items() if value is not None},
            scopes=frozenset({"read", "operate", "privacy", "admin"}),
            is_session=True,
            may_change=False,
        )
        for what, more in SPOILED.items()
    ]
