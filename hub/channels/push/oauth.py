"""Access tokens of Google service accounts (RFC 7523): requested once, used until they expire."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hub.channels.failures import misconfigured
from hub.channels.http_calls import Answer, HttpCaller
from hub.channels.json_path import at
from hub.errors import ConfigurationError, TransientFailure
from hub.resilience.database_time import NOW

PROVIDER: Final = "fcm"
SCOPE: Final = "https://www.googleapis.com/auth/firebase.messaging"
GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TIMEOUT: Final = timedelta(seconds=10)
LIFETIME: Final = timedelta(hours=1)
MARGIN: Final = timedelta(minutes=2)
"""A token is renewed this long before it expires, so that none expires in transit."""


class _File(msgspec.Struct, kw_only=True):
    project_id: str
    client_email: str
    private_key: str
    token_uri: str
    private_key_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    project: str
    email: str
    key: RSAPrivateKey = field(repr=False)
    key_id: str
    token_uri: str


def read_service_account(path: Path, *, setting: str) -> ServiceAccount:
    """Read the JSON file issued by Google. Raises `ConfigurationError`, which names `setting`."""
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
        key = _private_key(file.private_key)
    except OSError as exc:
        raise ConfigurationError(f"{setting}: {path} cannot be read: {exc.strerror}") from exc
    except msgspec.DecodeError as exc:
        raise ConfigurationError(f"{setting}: {path} is not a service account's file: {exc}") from exc
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # `from None`: the parser's message might quote the key.
        raise ConfigurationError(f"{setting}: the private key in {path} cannot be read") from None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError(f"{setting}: the private key in {path} is not an RSA key")
    return ServiceAccount(
        project=file.project_id,
        email=file.client_email,
        key=key,
        key_id=file.private_key_id,
        token_uri=file.token_uri,
    )


@lru_cache(maxsize=1)
def _private_key(pem: str) -> PrivateKeyTypes:
    """To read one takes tens of milliseconds, and a start asks for it twice."""
    return load_pem_private_key(pem.encode(), password=None)


class AccessTokens:
    """Provides one token. All callers that wait for a new one share one request."""

    def __init__(self, account: ServiceAccount) -> None:
        self._account = account
        self._http = HttpCaller(PROVIDER, timeout=TIMEOUT)
        self._token: str | None = None
        self._good_until = 0.0
        self._asking: asyncio.Task[str] | None = None

    async def current(self) -> str:
        """Return a valid token. Raises only `TransientFailure`."""
        if self._token is not None and time.monotonic() < self._good_until:
            return self._token
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(), name="fcm-access-token")
            self._asking.add_done_callback(self._asked)
        # Shielded: a cancelled sender must not cancel the request for the others.
        return await asyncio.shield(self._asking)

    def discard(self, token: str) -> None:
        """Discard a refused token, unless a newer one has replaced it."""
        if token == self._token:
            self._token = None

    async def aclose(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])
        await self._http.aclose()

    def _asked(self, task: asyncio.Task[str]) -> None:
        self._asking = None
        if not task.cancelled():
            task.exception()  # retrieved here: all waiters may have gone

    async def _ask(self) -> str:
        form = urlencode({"grant_type": GRANT, "assertion": self._assertion()})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = await self._http.request("POST", self._account.token_uri, headers, form.encode())
        except TransientFailure as exc:
            # Whatever the token server received, the message was not sent: never `unknown`.
            raise TransientFailure(exc.reason, provider=PROVIDER, retry_after=exc.retry_after) from exc
        token, seconds = at(answer.json, "access_token"), at(answer.json, "expires_in")
        if answer.status != 200 or not isinstance(token, str):
            raise _refused(answer)
        life = timedelta(seconds=seconds) if isinstance(seconds, int) else LIFETIME
        self._token = token
        self._good_until = time.monotonic() + max(life - MARGIN, life / 2).total_seconds()
        return token

    def _assertion(self) -> str:
        now = int(NOW().timestamp())
        claims = {
            "iss": self._account.email,
            "scope": SCOPE,
            "aud": self._account.token_uri,
            "iat": now,
            "exp": now + int(LIFETIME.total_seconds()),
        }
        return jwt.encode(claims, self._account.key, algorithm="RS256", headers={"kid": self._account.key_id})


def _refused(answer: Answer) -> TransientFailure:
    if answer.status == 429 or answer.status >= 500:
        wait, code = answer.retry_after, str(answer.status)
        return TransientFailure("provider_auth_later", provider=PROVIDER, code=code, retry_after=wait)
    code = f"{answer.status} {at(answer.json, 'error') or ''}"[:200]
    return misconfigured("provider_auth", provider=PROVIDER, code=code)
