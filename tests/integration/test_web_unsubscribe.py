"""The link that stops mails of one purpose: only the POST of RFC 8058 changes anything."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from aiohttp import FormData, hdrs

from hub.access.keyring import KeyRing
from hub.access.refusals import GUESSES
from hub.inbound.unsubscribe import VALID_FOR, UnsubscribeLinks
from hub.model import Message, Purpose, State
from hub.settings import Secret
from tests.contract.values import event, message, stored
from tests.integration.residents import HUB
from tests.integration.test_web_access import GUARDED
from tests.integration.web_doubles import Reply, World, ask, browsing

SECRET: Final = "a-secret-that-nobody-guesses-and-long-enough"
LINKS: Final = UnsubscribeLinks(public_url=HUB, ring=KeyRing([Secret(SECRET)]))
OTHERS: Final = UnsubscribeLinks(
    public_url=HUB, ring=KeyRing([Secret("the secret of somebody else, as long")])
)
ONE_CLICK: Final = {"List-Unsubscribe": "One-Click"}


def surveyed(**fields: Any) -> tuple[World, Message]:
    """Return a world in which `p-1` got a survey by mail an hour ago."""
    world = World(environ={**GUARDED, "HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB})
    of = stored(event(time=datetime.now(UTC) - timedelta(hours=1)))
    mail = message(of, **{"purpose": Purpose.SURVEY, "state": State.SENT, **fields})
    world.intake.tables.add_message(mail, mail.created_at)
    return world, mail


def path(mail: Message, links: UnsubscribeLinks = LINKS, purpose: str = "survey") -> str:
    return links.to(mail.id, purpose).removeprefix(HUB)


async def press(world: World, where: str, body: Any = ONE_CLICK, **more: Any) -> Reply:
    return await ask(world, where, method=hdrs.METH_POST, body=body, **more)


def refused(world: World) -> list[tuple[str, str]]:
    return list(world.intake.tables.opt_outs)


async def test_scanner_that_opens_the_link_changes_nothing() -> None:
    world, mail = surveyed()
    reply = await ask(world, path(mail))

    assert (200, [], []) == (reply.status, refused(world), world.audit.rows)
    assert '<form method="post"><button name="List-Unsubscribe" value="One-Click">' in reply.text
    assert "¿Ya no quiere recibir encuestas?" in reply.text
    assert '<span lang="en">No more surveys</span>' in reply.text
    assert hdrs.SET_COOKIE not in reply.headers


async def test_one_click_revokes_the_purpose_by_every_channel_with_proof_and_note() -> None:
    world, mail = surveyed()
    reply = await press(world, path(mail))
    (said,) = world.intake.tables.consents.values()
    (noted,) = world.audit.rows

    assert (200, [(mail.address, "survey")]) == (reply.status, refused(world))
    assert ("p-1", "survey", (), False, "one_click") == (
        said.person,
        said.purpose,
        said.channels,
        said.granted,
        said.method,
    )
    assert (said.evidence_hash or "").startswith("sha256:")
    assert ("consent.revoke", "link:p-1", "p-1", f"message:{mail.id}") == (
        noted.action,
        noted.who,
        noted.person,
        noted.subject,
    )
    assert "Listo: no le enviaremos más encuestas, por ningún canal" in reply.text


async def test_mailbox_provider_may_send_the_form_as_multipart() -> None:
    world, mail = surveyed()
    form = FormData(default_to_multipart=True)
    form.add_field("List-Unsubscribe", "One-Click")

    assert 200 == (await press(world, path(mail), body=form)).status
    assert [(mail.address, "survey")] == refused(world)


async def test_pressing_again_writes_nothing_more() -> None:
    world, mail = surveyed()
    first, again = await press(world, path(mail)), await press(world, path(mail))

    assert (200, 200) == (first.status, again.status)
    assert (1, 1) == (len(world.intake.tables.consents), len(world.audit.rows))


@pytest.mark.parametrize(
    "body",
    [
        None,
        {"List-Unsubscribe": "Yes"},
        {**ONE_CLICK, "more": "1"},
        {"list-unsubscribe": "One-Click"},
        b"List-Unsubscribe=One-Click",
    ],
    ids=["nothing", "another value", "another field", "another name", "no form"],
)
async def test_other_bodies_change_nothing(body: Any) -> None:
    world, mail = surveyed()
    reply = await press(world, path(mail), body=body)

    assert reply.status in {400, 415}
    assert ([], []) == (refused(world), world.audit.rows)


async def test_forged_link_is_refused() -> None:
    world, mail = surveyed()
    replies = [
        await press(world, path(mail, OTHERS)),
        await press(world, path(mail).replace("purpose=survey", "purpose=commercial")),
        await press(world, path(mail).partition("?")[0]),
        await press(world, path(mail, purpose="legal")),
    ]

    assert [403] * 4 == [reply.status for reply in replies]
    assert "no es válido" in replies[0].text
    assert [] == refused(world)


async def test_expired_link_is_refused_and_says_so() -> None:
    world, mail = surveyed()
    world.ahead = VALID_FOR
    reply = await press(world, path(mail))

    assert (410, []) == (reply.status, refused(world))
    assert "ya venció" in reply.text


async def test_link_of_a_mail_that_is_no_longer_stored_says_that_it_ended() -> None:
    world, mail = surveyed()
    world.intake.tables.messages.clear()

    assert 410 == (await press(world, path(mail))).status


async def test_address_with_many_forged_links_is_refused_and_a_valid_one_is_not() -> None:
    world, mail = surveyed()
    async with browsing(world) as client:
        statuses = []
        for _ in range(GUESSES + 1):
            async with client.get(path(mail, OTHERS)) as answer:
                statuses.append(answer.status)
        async with client.post(path(mail), data=ONE_CLICK) as answer:
            valid = answer.status

    assert ([403] * GUESSES + [429], 200) == (statuses, valid)


@pytest.mark.parametrize("purpose", sorted(Purpose))
def test_only_mail_that_nobody_has_to_receive_has_the_link(purpose: Purpose) -> None:
    _, mail = surveyed(purpose=purpose)
    _, text = surveyed(purpose=purpose, channel="sms")

    assert (purpose in {Purpose.SURVEY, Purpose.COMMERCIAL}) is bool(LINKS.of(mail))
    assert not LINKS.of(text)


def test_there_is_no_link_in_clear_or_without_a_key() -> None:
    _, mail = surveyed()
    ring = KeyRing([Secret(SECRET)])

    assert not UnsubscribeLinks(public_url="http://hub.example.co", ring=ring).of(mail)
    assert not UnsubscribeLinks(public_url=HUB, ring=KeyRing([])).of(mail)
