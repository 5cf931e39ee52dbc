"""Sent words are made again, byte for byte, from the stored rows: nothing of today counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from msgspec.structs import replace

from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.evidence import canonical
from hub.messages.delivery.pausing import Pauses
from hub.model import Event, Purpose
from hub.operations.evidence.remake import Finding, Remade, Remaker
from hub.operations.evidence.shown import words_of
from hub.parts.company import CompanyRules
from hub.parts.renderer import renderer
from hub.rendering.wording import packed
from hub.settings import load
from hub.storage import Database, PostgresDelivery, PostgresEvidence, PostgresPauses
from hub.testing import (
    MemoryChannel,
    MemoryInbox,
    MemoryPush,
    MemorySms,
    MemoryThrottle,
    SettableClock,
)
from tests.integration.composing import Composing
from tests.integration.working_hub import WorkingHub
from tests.unit.budget_events import PLACE, batch, town
from tests.unit.factories import (
    MONDAY,
    POLICY,
    device,
    email,
    event,
    home,
    member,
    mobile,
    somebody,
)
from tests.unit.logos import as_text, png

NAMES = (
    "admin.payment.received",
    "pqrs.received",
    "maintenance.request.received",
    "concierge.package.received",
    "emergency.declared",
    "emergency.updated",
    "maintenance.scheduled.announced",
    "admin.assembly.convened",
)
ENVIRON = {
    "HUB_MODE": "live",
    "HUB_EMAIL_URL": "smtp://127.0.0.1:2525",
    "HUB_MAIL_DOMAIN": "correo.example.co",
    "HUB_PUBLIC_URL": "https://hub.example.co",
    "HUB_SECRET": "una frase bastante larga que nadie adivina 0123456789",
}


BRAND: Final = {
    "name": "Altos del Rosal",
    "color": "#e4572e",
    "logo": as_text(png(96, 48)),
    "signature": "Administración de Altos",
    "sms": "Altos",
    "areas": {"conserjeria": {"name": "Portería de Altos", "sms": "Portería"}},
}
LATER: Final = {"name": "Otro remitente", "color": "#7b2d8b", "logo": as_text(png(40, 40)), "sms": "Otro"}


class Office(WorkingHub):
    """Speaks with the company's own words."""

    def __init__(self, database: Database, environ: Mapping[str, str] = ENVIRON) -> None:
        self.rules = CompanyRules(load(dict(environ)))
        self.clock = clock = SettableClock(MONDAY)
        self.email = Composing(self.rules)
        others: list[MemoryChannel] = [MemorySms(), MemoryPush(), MemoryInbox()]
        self.channels = {channel.traits.name: channel for channel in (self.email, *others)}
        deps = DeliveryDeps(
            channels=self.channels,
            render=renderer(self.rules),
            policy=POLICY,
            throttle=MemoryThrottle(lambda: clock().timestamp()),
            now=clock,
            pauses=Pauses(PostgresPauses(database)),
        )
        store = PostgresDelivery(database, self.rules.templates.dated, packed(self.rules.wording))
        super().__init__(database, deps, store=store)

    @property
    def left(self) -> dict[UUID, bytes]:
        """The bytes that left, by message: an email's own, the canonical form of others."""
        others = {
            outgoing.message.id: canonical(outgoing)
            for name, channel in self.channels.items()
            if name != "email"
            for outgoing in channel.sent
        }
        return {**others, **self.email.bytes}


@pytest.fixture
async def office(opened: Database) -> Office:
    made = Office(opened)
    await made.take_in(
        *town(),
        home("102", copropiedad=PLACE),
        member("p-maria", "unit:102", "owner"),
        somebody("p-luis", email("luis@example.com"), mobile("+573001112233"), device("tel-luis")),
        member("p-luis", "unit:102", "resident"),
    )
    return made


async def said_by(office: Office, names: tuple[str, ...] = NAMES, number: int = 0) -> None:
    for name in names:
        await office.take_in(*batch(name, number))
        await office.deliver()


async def all_remade(database: Database, ids: Iterable[UUID]) -> Mapping[UUID, Remade]:
    """Make all again with the same texts and policies, each read once."""
    store = PostgresEvidence(database)
    remaker = Remaker(store)
    return {message_id: await _only(remaker, store, message_id) for message_id in ids}


async def remade(database: Database, message_id: UUID) -> Remade:
    return (await all_remade(database, [message_id]))[message_id]


async def _only(remaker: Remaker, store: PostgresEvidence, message_id: UUID) -> Remade:
    said = await store.said(message_id)
    assert said is not None
    [found] = await remaker.remake(said)
    return found


async def everything_changes(office: Office, folder: Path) -> Office:
    """Change texts, layout, policy, building, unit and people; return the office of the next day."""
    texts = folder / "textos"
    (texts / "es").mkdir(parents=True)
    for name in NAMES:
        (texts / "es" / f"{name}.j2").write_text(
            "{% block subject %}Otro{% endblock %}{% block body %}Otro texto{% endblock %}"
            "{% block sms %}Otro texto{% endblock %}{% block push_title %}Otro{% endblock %}"
        )
    policy = folder / "policy.toml"
    policy.write_text(
        '[company]\nname = "Otra S.A.S."\n[sms]\nprefix = "company"\n'
        '[senders.areas.administracion]\nname = "Otra área"\ncolor = "#ffd400"\nsignature = "Otra firma"\n'
    )
    await office.take_in(
        event(
            "directory.copropiedad.upserted",
            {"copropiedad_id": PLACE, "name": "Otro nombre", "version": 99, "branding": LATER},
            id="renamed",
        ),
        event(
            "directory.unit.upserted",
            {"unit_id": "101", "copropiedad_id": PLACE, "label": "999", "version": 99},
            id="relabelled",
        ),
        somebody("p-maria", email("otra@example.com"), version=99),
    )
    later = Office(office.database, {**ENVIRON, "HUB_TEMPLATES": str(texts), "HUB_POLICY": str(policy)})
    await later.take_in(*batch("admin.payment.received", 90))
    await later.deliver()
    assert any(b"Otra S.A.S." in content for content in later.email.bytes.values())
    return later


@pytest.mark.timeout(300)
async def test_two_thousand_messages_are_made_again_byte_for_byte_whatever_changes(
    office: Office, tmp_path: Path
) -> None:
    """Half of them speak with an identity of the building; it changes afterwards, as all else does."""
    await office.take_in(named(version=50, branding=BRAND))
    await said_by(office)
    await office.take_in(named(version=51))
    await said_by(office, number=1)
    left = office.left
    mails = b"\n".join(office.email.bytes.values())
    await everything_changes(office, tmp_path)
    again = await all_remade(office.database, left)

    assert len(left) >= 2000
    assert {channel for channel in office.channels if office.channels[channel].sent} == set(office.channels)
    assert {found.finding for found in again.values()} == {Finding.SAME}
    assert {message_id: found.content for message_id, found in again.items()} == left
    assert {True, False} == {
        name.startswith(b"Altos del Rosal <") for name in re.findall(rb"(?m)^From: (.*)", mails)
    }
    assert b"Content-Type: image/png" in mails
    assert any(made.rendered.text.startswith("Porteria: ") for made in office.channels["sms"].sent)


def named(*, version: int, **more: object) -> Event:
    """Make the event of the building; with its branding it has an identity."""
    data = {"copropiedad_id": PLACE, "name": "Altos del Rosal", "version": version, **more}
    return event("directory.copropiedad.upserted", data, id=f"named-{version}")


async def test_what_left_late_or_with_a_link_to_its_page_is_made_again(office: Office) -> None:
    luis = {"ref": "p-luis"}
    await said_by(office, ("pqrs.received",))
    await office.take_in(
        *(replace(one, data={**one.data, "petitioner": luis}) for one in batch("pqrs.received", 1)[:5])
    )
    office.clock.advance(timedelta(days=4))
    await office.deliver()
    again = await all_remade(office.database, office.left)
    made_of = [call.call.attempt.evidence.facts for call in again.values() if call.call.attempt.evidence]

    assert {found.finding for found in again.values()} == {Finding.SAME}
    assert any(facts.late and facts.due for facts in made_of if facts)
    assert any(facts.page and "/cases/" in facts.page for facts in made_of if facts)
    assert {message_id: found.content for message_id, found in again.items()} == office.left


async def test_a_legal_message_keeps_its_bytes_and_others_only_their_digest(office: Office) -> None:
    await said_by(office, ("admin.assembly.convened", "admin.payment.received"))
    rows = await office.database.rows(
        "SELECT purpose, content IS NOT NULL AS kept FROM attempt JOIN message ON id = message_id"
    )
    kept = {(row["purpose"] == Purpose.LEGAL, row["kept"]) for row in rows}

    assert kept == {(True, True), (False, False)}


async def test_the_words_of_kept_bytes_are_those_that_left(office: Office) -> None:
    await office.take_in(*batch("admin.assembly.convened", 0)[:2])
    await office.deliver()
    await office.database.rows("DELETE FROM template_version")
    sent = [made for channel in office.channels.values() for made in channel.sent]
    left = {made.message.id: made for made in sent if made.message.purpose is Purpose.LEGAL}
    again = {message_id: await remade(office.database, message_id) for message_id in left}
    words = {key: found.rendered for key, found in again.items() if found.rendered}

    assert {Finding.KEPT} == {found.finding for found in again.values()}
    assert {key: (made.rendered.subject, made.rendered.text) for key, made in left.items()} == {
        key: (found.subject, found.text) for key, found in words.items()
    }
    assert {(made.rendered.subject, made.rendered.text) for made in left.values()} == {
        (found.subject, found.text) for made in left.values() for found in [words_of(canonical(made), "sms")]
    }


async def test_a_changed_message_is_found_and_a_changed_version_named(office: Office) -> None:
    await said_by(office, ("admin.payment.received",))
    first, second, *_ = office.email.bytes
    await office.database.rows("UPDATE message SET name = 'Otra' WHERE id = $1", first)
    changed = await remade(office.database, first)
    same = await remade(office.database, second)
    await office.database.rows("UPDATE template_version SET sources = sources || '\\x00'::bytea")
    await office.database.rows("DELETE FROM template_version")
    gone = await remade(office.database, second)

    assert (changed.finding, same.finding, gone.finding) == (
        Finding.DIFFERENT,
        Finding.SAME,
        Finding.IMPOSSIBLE,
    )
    assert "alguien cambió el mensaje" in changed.why
    assert "No está la versión de los textos" in gone.why


async def test_what_other_code_made_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await said_by(office, ("admin.payment.received",))
    message_id = next(iter(office.email.bytes))
    await office.database.rows("UPDATE message SET name = 'Otra' WHERE id = $1", message_id)
    monkeypatch.setattr("hub.operations.evidence.remake.code_digest", lambda: "0" * 64)
    found = await remade(office.database, message_id)

    assert "Lo hizo otro código (hub 0.1.0" in found.why


async def test_an_identity_that_somebody_changed_or_took_away_is_noticed(office: Office) -> None:
    await office.take_in(named(version=50, branding=BRAND))
    await said_by(office, ("admin.payment.received",))
    message_id = next(iter(office.email.bytes))
    [kept] = await office.database.rows("SELECT brand FROM copropiedad WHERE id = $1", PLACE)
    await office.database.rows(
        "UPDATE template_version SET sources = $2 WHERE digest = $1", kept["brand"], b"otra"
    )
    changed = await remade(office.database, message_id)
    await office.database.rows("DELETE FROM template_version WHERE digest = $1", kept["brand"])
    gone = await remade(office.database, message_id)

    assert {Finding.IMPOSSIBLE} == {changed.finding, gone.finding}
    assert "identidad" in changed.why
