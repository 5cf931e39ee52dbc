"""
Every hook of a provider, called by somebody else: refused, and nothing is believed.

A body that drips, or has no end: see `test_dripping_request_is_cut_and_others_are_answered_meanwhile`.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from aiohttp import hdrs

from hub.access.keyring import KeyRing
from hub.access.webhook_signatures import body_signature
from hub.channels.sms.hooks import Addresses
from hub.settings import Secret
from hub.web.auth.guard import SIGNED_PATHS
from hub.web.hooks.whatsapp import SIGNATURE
from tests.integration.guarded_hub import ENVIRON, Answer, GuardedHub, guarded_hub_on
from tests.integration.identities import API_KEY, SECRET, bearer
from tests.integration.two_buildings import MARKS
from tests.providers import twilio, whatsapp
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC: Final = ENVIRON["HUB_PUBLIC_URL"]
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
NUMBER: Final = "573001111111"
KEYS: Final = {"twilio": "token", "meta": "s", "aggregator": "p", "hub": SECRET}
"""The owner of each key that signs, as `ENVIRON` has them."""
FORMER: Final = "the key that was changed last year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: signed in a header, or in its address."""

    path: str
    body: bytes
    kind: str
    method: str = "POST"
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A hook: the key and the way of its signature, and two bodies that the provider may send."""

    route: str
    signer: str
    kind: str
    sign: Callable[[str, bytes], tuple[str, Mapping[str, str]]]
    """Takes the key and the body; returns the path and the headers."""
    body: bytes
    other: bytes

    def call(self, *, key: str = "", body: bytes | None = None) -> Call:
        sent = self.body if body is None else body
        path, headers = self.sign(key or KEYS[self.signer], sent)
        return Call(path=path, body=sent, kind=self.kind, headers=headers)


def twilio_signed(path: str) -> Callable[[str, bytes], tuple[str, Mapping[str, str]]]:
    def sign(key: str, body: bytes) -> tuple[str, Mapping[str, str]]:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        return path, {"X-Twilio-Signature": twilio.signature(PUBLIC + path, form, key)}

    return sign


def meta_signed(key: str, body: bytes) -> tuple[str, Mapping[str, str]]:
    return "/hooks/whatsapp", {SIGNATURE: whatsapp.signature(body, key)}


def aggregator_signed(key: str, body: bytes) -> tuple[str, Mapping[str, str]]:
    signature = body_signature(key, body, algorithm="sha256", encoding="hex")
    return "/hooks/sms/mensajeria/reply", {"X-Signature": signature}


def address_signed(message: UUID) -> Callable[[str, bytes], tuple[str, Mapping[str, str]]]:
    def sign(key: str, _body: bytes) -> tuple[str, Mapping[str, str]]:
        return Addresses(public_url="", ring=KeyRing([Secret(key)])).of_message("mensajeria", message), {}

    return sign


def hooks(ids: Mapping[str, UUID], others: Mapping[str, UUID]) -> Iterator[Hook]:
    """All of them, each with calls about another message that was sent."""
    status = [urlencode(twilio.status_form(word)).encode() for word in ("delivered", "undelivered")]
    texts = [
        urlencode(
            {"MessageSid": f"SM{uuid4().hex}", "From": f"+{NUMBER}", "To": "+573009876543", "Body": text}
        )
        for text in ("¿Cuándo vienen?", "BAJA")
    ]
    words = [{"id": uuid4().hex, "from": NUMBER, "message": text} for text in ("¿Cuándo?", "BAJA")]
    notices = [
        whatsapp.notice(statuses=[whatsapp.status_item(word, str(ids["NOTE"]), "wamid.1")])
        for word in ("delivered", "failed")
    ]
    yield Hook(
        route="/hooks/twilio",
        signer="twilio",
        kind=FORM,
        sign=twilio_signed(f"/hooks/twilio?message={ids['TEXT']}"),
        body=status[0],
        other=status[1],
    )
    yield Hook(
        route="/hooks/twilio/inbound",
        signer="twilio",
        kind=FORM,
        sign=twilio_signed("/hooks/twilio/inbound"),
        body=texts[0].encode(),
        other=texts[1].encode(),
    )
    yield Hook(
        route="/hooks/sms/{name}",
        signer="hub",
        kind=FORM,
        sign=address_signed(others["TEXT"]),
        body=b"id=m-1&estado=ENTREGADO",
        other=b"id=m-1&estado=NO_EXISTE",
    )
    yield Hook(
        route="/hooks/sms/{name}/reply",
        signer="aggregator",
        kind=JSON,
        sign=aggregator_signed,
        body=json.dumps(words[0]).encode(),
        other=json.dumps(words[1]).encode(),
    )
    yield Hook(
        route="/hooks/whatsapp", signer="meta", kind=JSON, sign=meta_signed, body=notices[0], other=notices[1]
    )


def unsigned(call: Call) -> Call:
    return replace(call, path=call.path.partition("&sig=")[0], headers={})


def misspelt(call: Call) -> Call:
    """The signature with another letter at its end."""
    headers = {
        name: f"{value[:-2]}{'B' if value[-2] == 'A' else 'A'}=" for name, value in call.headers.items()
    }
    path = call.path if headers else f"{call.path[:-2]}AA"
    return replace(call, path=path, headers=headers)


def attacks(hook: Hook) -> Iterator[tuple[str, Call]]:
    """Calls that the provider has not made."""
    right = hook.call()
    yield "no signature", unsigned(right)
    yield "no signature, but the hub's own key", replace(unsigned(right), headers=bearer(API_KEY))
    yield "a wrong signature", misspelt(right)
    yield "a key that was changed", hook.call(key=FORMER)
    yield "an empty key", hook.call(key=" ")
    for whose, key in KEYS.items():
        if whose != hook.signer:
            yield f"the key of {whose}", hook.call(key=key)
    yield "GET", replace(unsigned(right), method=hdrs.METH_GET, body=b"")
    if right.headers:
        yield "the signature of another body", replace(right, headers=hook.call(body=hook.other).headers)
        yield "GET with a signature", replace(right, method=hdrs.METH_GET, body=b"")
    if hook.signer == "twilio":
        more = "&" if "?" in right.path else "?"
        yield "another address", replace(right, path=f"{right.path}{more}x=1")
    if hook.signer == "hub":
        signature = right.path.partition("&sig=")[2]
        path = f"/hooks/sms/mensajeria?message={uuid4()}&sig={signature}"
        yield "the address of another message", replace(right, path=path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[GuardedHub]:
    async with guarded_hub_on(servers) as hub:
        yield hub


async def call(hub: GuardedHub, given: Call, number: int = 0) -> Answer:
    headers = {**given.headers, hdrs.CONTENT_TYPE: given.kind, hdrs.X_FORWARDED_FOR: f"198.18.9.{number}"}
    return await hub.send(given.method, given.path, headers, given.body)


def all_hooks(hub: GuardedHub) -> list[Hook]:
    return list(hooks(*(hub.buildings[mark].ids for mark in MARKS)))


async def test_every_signed_hook_is_attacked(hub: GuardedHub) -> None:
    assert sorted(SIGNED_PATHS) == sorted(hook.route for hook in all_hooks(hub))


async def test_what_the_provider_has_not_signed_is_refused_and_changes_nothing(hub: GuardedHub) -> None:
    before = await hub.state()
    tried = [attack for hook in all_hooks(hub) for attack in attacks(hook)]
    answers = [
        (f"{given.path}, {what}", await call(hub, given, number))
        for number, (what, given) in enumerate(tried)
    ]

    # 401: by GET there is no such hook, and a missing route is guarded.
    assert [] == [(what, answer.status) for what, answer in answers if answer.status not in {401, 403, 405}]
    assert before == await hub.state()


async def test_a_call_that_is_right_counts_and_its_replay_changes_nothing(hub: GuardedHub) -> None:
    for hook in all_hooks(hub):
        before = await hub.state()
        first = await call(hub, hook.call())
        once = await hub.state()
        again = [await call(hub, hook.call(), number) for number in range(3)]

        assert {first.status, *(answer.status for answer in again)} <= {200, 204}, hook.route
        assert before != once, hook.route
        assert once == await hub.state(), hook.route


async def test_no_body_is_read_beyond_its_limit(hub: GuardedHub) -> None:
    before = await hub.state()
    for hook in all_hooks(hub):
        for size in (3 * 1024 * 1024 + 1, 32 * 1024 * 1024):
            giant = replace(unsigned(hook.call()), body=b"a" * size)
            assert (await call(hub, giant)).status == 413, hook.route

    assert before == await hub.state()
