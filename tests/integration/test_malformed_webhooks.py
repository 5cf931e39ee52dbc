"""Malformed posts to the hooks of providers: the answer is no fault of ours and names the mistake."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from hub.access.keyring import KeyRing
from hub.access.webhook_signatures import body_signature
from hub.channels.sms.hooks import Addresses, Use
from hub.settings import Secret
from hub.web.auth.guard import SIGNED_PATHS
from hub.web.routes import ROUTES
from tests.integration.test_receipts import PUBLIC, TWILIO
from tests.integration.test_whatsapp_hook import META
from tests.integration.web_doubles import Reply, World, ask
from tests.malformed import JSON, TEXT
from tests.providers import twilio, whatsapp
from tests.providers.aggregator import EXAMPLE

Headers = Mapping[str, str]
Signed = tuple[str, Headers]
"""The address and the headers of a call that is signed."""

DESCRIBED: Final = "mensajeria"
SMS: Final = {
    "HUB_SMS_URL": f"{TWILIO['HUB_SMS_URL']} http+https://u:p@api.example?spec={EXAMPLE}",
    "HUB_SECRET": "a secret",
}
ADDRESSES: Final = Addresses(public_url="", ring=KeyRing([Secret("a secret")]))


def signed_by_twilio(path: str, body: bytes) -> Signed:
    """Sign a form by its fields. For any other body Twilio signs the address with the body's hash."""
    hashed = f"{path}&bodySHA256={sha256(body).hexdigest()}"
    try:
        form = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
    except ValueError:
        return hashed, {"X-Twilio-Signature": twilio.signature(PUBLIC + hashed, {})}
    return path, {"X-Twilio-Signature": twilio.signature(PUBLIC + path, form)}


def signed_by_meta(path: str, body: bytes) -> Signed:
    return path, {"X-Hub-Signature-256": whatsapp.signature(body)}


def receipts_address(path: str, _body: bytes) -> Signed:
    return f"{path}&{urlsplit(ADDRESSES.fixed(DESCRIBED, Use.RECEIPTS)).query}", {}


def signed_by_aggregator(path: str, body: bytes) -> Signed:
    return path, {"X-Signature": body_signature("p", body, algorithm="sha256", encoding="hex")}


SIGNERS: Final[Mapping[str, Callable[[str, bytes], Signed]]] = {
    "/hooks/twilio": signed_by_twilio,
    "/hooks/twilio/inbound": signed_by_twilio,
    "/hooks/sms/{name}": receipts_address,
    "/hooks/sms/{name}/reply": signed_by_aggregator,
    "/hooks/whatsapp": signed_by_meta,
}
"""Path → how its provider signs; a new hook brings its own."""
POSTS: Final = sorted(
    {route.path for route in ROUTES if route.path in SIGNED_PATHS and route.method == "POST"}
)
TYPES: Final = ("application/x-www-form-urlencoded", "application/json", "text/plain", "")
WORDS: Final = st.sampled_from(
    [
        *("MessageStatus", "MessageSid", "ErrorCode", "Body", "From", "NumMedia"),
        *("entry", "changes", "value", "statuses"),
        *("estado", "codigo", "id", "from", "message"),
    ]
)
FORMS: Final = st.dictionaries(WORDS | TEXT, TEXT, max_size=4).map(
    lambda form: urlencode(form, errors="replace").encode()
)
NESTED: Final = st.recursive(
    JSON, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2), max_leaves=8
)
BODIES: Final = st.binary(max_size=200) | FORMS | NESTED.map(lambda value: json.dumps(value).encode())
MESSAGES: Final = st.just("019cd2d1-9a20-8f3e-9b41-5c1c0e6f7a10") | TEXT

pytestmark = [pytest.mark.slow]


def test_every_signed_route_is_thrown_at() -> None:
    assert set(SIGNED_PATHS) == set(SIGNERS)
    assert set(POSTS) == set(SIGNERS)


@pytest.mark.parametrize("path", POSTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
@given(body=BODIES, message=MESSAGES, kind=st.sampled_from(TYPES), good=st.booleans())
async def test_what_is_thrown_at_a_hook_has_an_answer_that_is_no_fault_of_ours(
    path: str, body: bytes, message: str, kind: str, good: bool
) -> None:
    address = f"{path.format(name=DESCRIBED)}?message={quote(message, errors='replace')}"
    unsigned = (address, {"X-Twilio-Signature": "=", "X-Hub-Signature-256": "sha256=0"})
    reply = await post(kind, body, *(SIGNERS[path](address, body) if good else unsigned))

    assert reply.status < 500
    assert reply.status < 400 or reply.text
    assert good or reply.status >= 400


async def post(kind: str, body: bytes, path: str, signature: Headers) -> Reply:
    world = World(environ={**TWILIO, **META, **SMS})
    return await ask(
        world, path, method="POST", headers=CIMultiDict({"Content-Type": kind, **signature}), body=body
    )
