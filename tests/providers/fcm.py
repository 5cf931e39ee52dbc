"""Firebase Cloud Messaging, HTTP v1, with its token server; strict about shapes, sizes and signatures."""

import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.providers.http import HttpServer, still_there

PROJECT: Final = "coproservicios-test"
EMAIL: Final = f"hub@{PROJECT}.iam.gserviceaccount.com"
KEY_ID: Final = "key-1"
SCOPE: Final = "https://www.googleapis.com/auth/firebase.messaging"
GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
MOST_BYTES: Final = 4096
LONGEST_LIFE: Final = 2_419_200

TARGETS: Final = {"token", "topic", "condition"}
PARTS: Final = TARGETS | {"notification", "data", "android", "apns", "webpush", "fcm_options"}
RESERVED: Final = re.compile(r"from|message_type|google.*|gcm.*")

_TTL = re.compile(r"(\d{1,7})s")


PEM = "TEST_FCM_PRIVATE_KEY"
"""Environment variable of the key of all tests."""


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """Return one key for all tests: making a key takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def signing_pem() -> str:
    """
    Return it as Google's files have it.

    The processes that this one starts find it in their environment: to check it takes each hub longer than
    anything else of its start, and the one that they are forked from has done so (`acceptance/warmed.py`).
    """
    pem = signing_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    os.environ[PEM] = pem
    return pem


class FcmServer(HttpServer):
    """`pushes` holds the accepted messages, `tokens_given` counts the granted token requests."""

    def __init__(self) -> None:
        super().__init__()
        self.pushes: list[dict[str, Any]] = []
        self.tokens_given = 0
        self.lifetime = 3599
        self.token_script = type(self.script)()
        self._good_tokens: set[str] = set()

    def credentials(self, folder: Path) -> Path:
        """Write a service account file that points to this server."""
        path = folder / "service-account.json"
        # Put in place whole: a hub that starts now may be reading the file that is there.
        made = folder / "service-account.new"
        made.write_text(
            json.dumps(
                {
                    "type": "service_account",
                    "project_id": PROJECT,
                    "private_key_id": KEY_ID,
                    "private_key": signing_pem(),
                    "client_email": EMAIL,
                    "token_uri": f"{self.base}/token",
                }
            )
        )
        return made.replace(path)

    def url(self, credentials: Path) -> str:
        """The value for HUB_PUSH_URL."""
        return f"fcm+http://127.0.0.1:{self.port}?credentials={credentials}"

    def revoke_tokens(self) -> None:
        """Refuse every token issued so far, like Google after a restart."""
        self._good_tokens.clear()

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.post("/token", self._give_token),
            web.post(f"/v1/projects/{PROJECT}/messages:send", self._send),
        ]

    async def _give_token(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        self.require("grant_type", holds=form.get("grant_type") == GRANT)
        trusted = self._is_signed_well(str(form.get("assertion")))
        if self.token_script:
            return await self.token_script.popleft()(request)
        if not trusted:
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.tokens_given += 1
        token = f"ya29.token-{self.tokens_given}"
        self._good_tokens.add(token)
        return web.json_response({"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"})

    def _is_signed_well(self, assertion: str) -> bool:
        try:
            claims = jwt.decode(
                assertion,
                signing_key().public_key(),
                algorithms=["RS256"],
                audience=f"{self.base}/token",
                issuer=EMAIL,
                options={"require": ["iat", "exp", "iss", "aud"]},
            )
        except jwt.InvalidTokenError as exc:
            return self.require(f"the assertion: {exc}", holds=False)
        short = claims["exp"] - claims["iat"] <= 3600 and claims["iat"] <= time.time()
        key = jwt.get_unverified_header(assertion).get("kid") == KEY_ID
        return self.require("kid, scope or time", holds=short and key and claims.get("scope") == SCOPE)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        message = self._judged(request.content_type, body)
        scripted = await self.scripted(request)
        if scripted is not None:
            return scripted
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._good_tokens:
            return refusal(401, "UNAUTHENTICATED")
        if message is None:
            return refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
        self.pushes.append(message)
        if self.journal is not None:
            answered = still_there(request)
            self.journal.accepted("push", message["token"], _reference(message), answered=answered)
        return web.json_response({"name": f"projects/{PROJECT}/messages/0:{len(self.pushes)}"})

    def _judged(self, content_type: str, body: bytes) -> dict[str, Any] | None:
        """Record every violation; None where this cannot be a message."""
        envelope = json.loads(body)
        message = envelope.get("message")
        if not self.require("message", holds=set(envelope) == {"message"} and isinstance(message, dict)):
            return None
        noted = len(self.violations)
        self.require("the body is not JSON", holds=content_type == "application/json")
        self.require("more than 4096 bytes", holds=len(body) <= MOST_BYTES)
        self.require("unknown parts", holds=set(message) <= PARTS)
        self.require("one target", holds=len(TARGETS & set(message)) == 1)
        self.require("no words", holds=_all_words(message.get("notification", {}), {"title", "body"}))
        self._judge_data(message.get("data", {}))
        self._judge_life(message)
        return message if len(self.violations) == noted else None

    def _judge_data(self, data: Mapping[str, Any]) -> None:
        self.require("data that is no string", holds=all(isinstance(value, str) for value in data.values()))
        self.require("a reserved key", holds=not any(RESERVED.fullmatch(key) for key in data))

    def _judge_life(self, message: Mapping[str, Any]) -> None:
        android, apns = message.get("android", {}), message.get("apns", {}).get("headers", {})
        web_push = message.get("webpush", {}).get("headers", {})
        ttl = _TTL.fullmatch(android.get("ttl", "0s"))
        self.require("ttl", holds=ttl is not None and int(ttl[1]) <= LONGEST_LIFE)
        self.require("priority", holds=android.get("priority", "NORMAL") in {"NORMAL", "HIGH"})
        headers = [*apns.values(), *web_push.values()]
        self.require("headers that are no strings", holds=all(isinstance(value, str) for value in headers))
        self.require("apns-priority", holds=apns.get("apns-priority", "10") in {"1", "5", "10"})
        self.require("apns-collapse-id", holds=len(apns.get("apns-collapse-id", "").encode()) <= 64)
        self.require("apns-expiration", holds=apns.get("apns-expiration", "0").isdecimal())
        urgency = web_push.get("Urgency", "normal")
        self.require("Urgency", holds=urgency in {"very-low", "low", "normal", "high"})


def _reference(message: Mapping[str, Any]) -> str:
    """Return the tag, by which a phone replaces a duplicate."""
    return str(message.get("android", {}).get("notification", {}).get("tag"))


def _all_words(words: Mapping[str, Any], known: set[str]) -> bool:
    return set(words) <= known and all(isinstance(word, str) for word in words.values())


def refusal_body(status: int, word: str, fcm_code: str | None = None) -> dict[str, Any]:
    """Make a refusal in Google's format; `fcm_code` adds FCM's own detail."""
    detail = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": fcm_code}
    error = {"code": status, "message": word, "status": word, "details": [detail] if fcm_code else []}
    return {"error": error}


def refusal(status: int, word: str, fcm_code: str | None = None) -> web.Response:
    return web.json_response(refusal_body(status, word, fcm_code), status=status)
