"""Push over FCM HTTP v1, against a server that verifies signatures and forgives nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.channels.failures import CONFIGURATION_WAIT
from hub.channels.http_calls import Answer
from hub.channels.push.fcm import FcmChannel, failure
from hub.channels.push.oauth import read_service_account
from hub.errors import PermanentFailure, SendFailure, TransientFailure
from hub.model import Lane, Rendered
from tests.providers.fcm import FcmServer, refusal_body
from tests.providers.http import Behaviour, answering, drop, hang
from tests.providers.samples import AT, outgoing, transient

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "fcm_v1.json").read_text())
DEVICE = "fAkE-device:APA91bH" + "x" * 120


@pytest.fixture
async def server() -> AsyncIterator[FcmServer]:
    async with FcmServer() as server:
        yield server
    assert server.violations == []


@pytest.fixture
async def channel(server: FcmServer, tmp_path: Path) -> AsyncIterator[FcmChannel]:
    channel = channel_to(server, tmp_path)
    yield channel
    await channel.aclose()


def channel_to(server: FcmServer, folder: Path, **options: Any) -> FcmChannel:
    account = read_service_account(server.credentials(folder), setting="HUB_PUSH_URL")
    defaults = {"timeout": timedelta(seconds=5), "now": lambda: AT}
    return FcmChannel(server.base, account, **{**defaults, **options})


async def test_a_push_arrives_in_the_shape_of_http_v1(server: FcmServer, channel: FcmChannel) -> None:
    sent = outgoing("push", DEVICE, lane=Lane.URGENT, expires_at=AT + timedelta(hours=2))

    answer = await channel.send(sent)

    reference = str(sent.message.id)
    assert server.pushes == [
        {
            "token": DEVICE,
            "notification": {"title": sent.rendered.subject, "body": sent.rendered.text},
            "data": {"message_id": reference, "event": "pqrs.received"},
            "android": {"priority": "HIGH", "ttl": "7200s", "notification": {"tag": reference}},
            "apns": {
                "headers": {
                    "apns-priority": "10",
                    "apns-expiration": str(int(AT.timestamp()) + 7200),
                    "apns-collapse-id": reference,
                },
                "payload": {"aps": {"sound": "default"}},
            },
            "webpush": {
                "headers": {"TTL": "7200", "Urgency": "high"},
                "notification": {"tag": reference},
            },
        }
    ]
    assert (answer.provider, answer.code) == ("fcm", "200")
    assert answer.reference == "projects/coproservicios-test/messages/0:1"


@pytest.mark.parametrize("character", ["a", "ñ", "€", "🏢", '"', "\n"])
async def test_a_text_that_is_too_long_is_shortened_at_a_character(
    server: FcmServer, channel: FcmChannel, character: str
) -> None:
    await channel.send(outgoing("push", DEVICE, rendered=Rendered(subject="Título", text=character * 5000)))

    (push,) = server.pushes
    body = push["notification"]["body"]
    assert body.endswith("…")
    assert set(body) <= {character, "…"}
    assert push["notification"]["title"] == "Título"


async def test_one_token_serves_many_messages(server: FcmServer, channel: FcmChannel) -> None:
    await asyncio.gather(*(channel.send(outgoing("push", DEVICE)) for _ in range(50)))
    await channel.send(outgoing("push", DEVICE))

    assert len(server.pushes) == 51
    assert server.tokens_given == 1


async def test_a_token_near_its_end_is_renewed(server: FcmServer, channel: FcmChannel) -> None:
    server.lifetime = 0
    await channel.send(outgoing("push", DEVICE))

    await channel.send(outgoing("push", DEVICE))

    assert server.tokens_given == 2


async def test_a_refused_token_is_renewed_once_for_all(server: FcmServer, channel: FcmChannel) -> None:
    await channel.send(outgoing("push", DEVICE))
    server.revoke_tokens()

    await asyncio.gather(*(channel.send(outgoing("push", DEVICE)) for _ in range(20)))

    assert len(server.pushes) == 21
    assert server.tokens_given == 2


async def test_a_second_refusal_in_a_row_waits_for_a_repair(server: FcmServer, channel: FcmChannel) -> None:
    server.script.extend([answering(401, refusal_body(401, "UNAUTHENTICATED"))] * 2)

    failure = await transient(channel, outgoing("push", DEVICE))

    assert (failure.reason, failure.retry_after) == ("provider_auth", CONFIGURATION_WAIT)
    assert server.pushes == []


@pytest.mark.parametrize(
    ("behaviour", "reason", "wait"),
    [
        (answering(400, {"error": "invalid_grant"}), "provider_auth", CONFIGURATION_WAIT),
        (
            answering(503, "<html>away</html>", {"Retry-After": "9"}),
            "provider_auth_later",
            timedelta(seconds=9),
        ),
        (answering(200, "<html>welcome</html>"), "provider_auth", CONFIGURATION_WAIT),
        (drop, "connection_lost", None),
    ],
)
async def test_a_token_that_is_not_given_leaves_no_outcome_open(
    server: FcmServer, channel: FcmChannel, behaviour: Behaviour, reason: str, wait: timedelta | None
) -> None:
    server.token_script.append(behaviour)

    failures = await asyncio.gather(
        *(channel.send(outgoing("push", DEVICE)) for _ in range(5)), return_exceptions=True
    )
    await channel.send(outgoing("push", DEVICE))

    assert [summary(failure) for failure in failures] == [(reason, wait, False)] * 5
    assert len(server.pushes) == 1


def summary(failure: object) -> tuple[str, timedelta | None, bool]:
    assert isinstance(failure, TransientFailure)
    return failure.reason, failure.retry_after, failure.unknown


async def test_a_sender_that_is_cancelled_takes_the_token_from_nobody(
    server: FcmServer, channel: FcmChannel
) -> None:
    first = asyncio.create_task(channel.send(outgoing("push", DEVICE)))
    second = asyncio.create_task(channel.send(outgoing("push", DEVICE)))
    await asyncio.sleep(0)
    first.cancel()

    await second

    assert first.cancelled()
    assert server.tokens_given == 1


@pytest.mark.parametrize("row", VECTORS["errors"], ids=lambda row: row["error_code"])
async def test_every_error_of_the_vectors_has_its_action(
    server: FcmServer, channel: FcmChannel, tmp_path: Path, row: dict[str, Any]
) -> None:
    word, status = row["error_code"], row["http"]
    if row["action"] == "refresh_oauth_then_retry_once":
        server.script.append(answering(401, refusal_body(401, "UNAUTHENTICATED")))
        await channel.send(outgoing("push", DEVICE))
        assert server.tokens_given == 2
        return
    if word == "(connect/read timeout)":
        impatient = channel_to(server, tmp_path, timeout=timedelta(milliseconds=200))
        server.script.append(hang)
        caught = await failing(impatient)
        await impatient.aclose()
    else:
        fcm_code = None if word.startswith("(") else word
        body = refusal_body(status or 500, word, fcm_code) if fcm_code else "<html>bad gateway</html>"
        server.script.append(answering(status or 500, body))
        caught = await failing(channel)

    assert action_of(caught) in ACTIONS[row["action"]]


ACTIONS = {
    "fail": {"fail"},
    "fail_drop_token": {"drop token"},
    "fail_config": {"configuration"},
    "retry": {"retry", "retry, unknown"},
    "retry_limited": {"retry"},
}


def action_of(failure: SendFailure) -> str:
    if isinstance(failure, PermanentFailure):
        return "drop token" if failure.gone else "fail"
    assert isinstance(failure, TransientFailure)
    if failure.retry_after == CONFIGURATION_WAIT:
        return "configuration"
    return "retry, unknown" if failure.unknown else "retry"


async def failing(channel: FcmChannel) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        await channel.send(outgoing("push", DEVICE))
    return caught.value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unregistered", ("unregistered", True)),
        ("invalid_token", ("invalid_token", True)),
        ("invalid_value_not_token", ("invalid_argument", False)),
        ("unavailable", ("unavailable", None)),
    ],
)
def test_the_samples_of_the_vectors_are_understood(name: str, expected: tuple[str, bool | None]) -> None:
    sample = VECTORS["samples"][name]

    caught = failure(Answer(status=sample["http"], body=json.dumps(sample["body"]).encode()))

    assert (caught.reason, getattr(caught, "gone", None)) == expected


async def test_the_sample_of_a_yes_is_understood(server: FcmServer, channel: FcmChannel) -> None:
    sample = VECTORS["samples"]["ok"]
    server.script.append(answering(sample["http"], sample["body"]))

    answer = await channel.send(outgoing("push", DEVICE))

    assert answer.reference == sample["body"]["name"]


@pytest.mark.parametrize(
    ("headers", "wait"), [({}, 60), ({"Retry-After": "90"}, 90), ({"Retry-After": "nonsense"}, 60)]
)
async def test_a_quota_waits_a_minute_or_as_long_as_google_says(
    server: FcmServer, channel: FcmChannel, headers: dict[str, str], wait: int
) -> None:
    server.script.append(answering(429, refusal_body(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), headers))

    caught = await failing(channel)

    assert summary(caught) == ("quota_exceeded", timedelta(seconds=wait), False)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, "<html>not here</html>", "provider_project"),
        (403, {"error": {"status": "PERMISSION_DENIED", "details": [None, 7]}}, "provider_permission"),
        (400, "<html>bad</html>", "http_400"),
        (418, [], "http_418"),
    ],
)
async def test_an_answer_about_no_token_drops_none(
    server: FcmServer, channel: FcmChannel, status: int, body: Any, reason: str
) -> None:
    server.script.append(answering(status, body))

    caught = await failing(channel)

    assert summary(caught) == (reason, CONFIGURATION_WAIT, False)


async def test_a_dropped_request_leaves_the_outcome_open(server: FcmServer, channel: FcmChannel) -> None:
    server.script.append(drop)

    caught = await failing(channel)

    assert summary(caught) == ("connection_lost", None, True)


async def test_no_failure_repeats_the_device_s_token(server: FcmServer, channel: FcmChannel) -> None:
    body = refusal_body(404, f"{DEVICE} is not registered", "UNREGISTERED")
    server.script.append(answering(404, body))

    caught = await failing(channel)

    assert caught.code == "404 UNREGISTERED"
