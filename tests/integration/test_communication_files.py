"""Documents of a communication: judged by their bytes, kept once, and given to each part when it starts."""

import re
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

import pytest
from aiohttp import hdrs

from hub.channels.registry import traits_of
from hub.desk.communications import acts, files, reading
from hub.desk.communications.files import FileBody, FilePlaceBody
from hub.desk.communications.rows import CommunicationBody
from hub.errors import ChangedDraft, InvalidDocument, NotOffered
from hub.messages.planning.reach import LETTER
from hub.model import Account
from hub.parts.dry_run import DryRuns
from hub.web.hooks.linked_document import as_file
from tests.doubled import with_doubles
from tests.integration.test_communication_plan import reaching
from tests.integration.test_communications import BODY, BOTH, Desk, desk
from tests.unit.factories import CHANNELS, SCHEMAS, email, somebody
from tests.unit.paper_documents import pdf_of as pdf

__all__ = ["desk"]

REPORT = "admin.financial_report.published"


def with_links(desk: Desk) -> Desk:
    """Give the desk the settings with which the office makes links of its own."""
    stores = with_doubles(desk.by.stores, company=desk.office.rules)
    return replace(desk, by=replace(desk.by, stores=stores))


async def test_a_document_is_named_in_each_part_and_given_to_it(desk: Desk) -> None:
    desk, to = with_links(desk), (*BOTH, "residents@copropiedad:ph-b")
    row = await acts.make_communication(desk.by, CommunicationBody(data=BODY, to=to))
    one, two = pdf("uno"), pdf("dos")
    given = await files.attach_file(desk.by, row.id, FileBody(version=1, file=one, file_name="Programa.pdf"))
    with pytest.raises(ChangedDraft):
        await files.attach_file(desk.by, row.id, FileBody(version=1, file=two))
    given = await files.attach_file(desk.by, row.id, FileBody(version=given.version, file=two))
    given = await files.drop_file(desk.by, row.id, FilePlaceBody(version=given.version, place=2))
    await desk.send(await acts.plan_communication(desk.by, row.id))
    parts = await desk.publish()

    sent = await files.show_document(desk.by, row.id)

    assert ["Programa.pdf"] == [file.name for file in given.files]
    assert ("Programa", "application/pdf", one) == (sent.name, sent.kind, sent.content)
    assert [sha256(one).hexdigest()] * 2 == [part.data["document_sha256"] for part in parts]
    assert ["Programa"] * 2 == [part.data["document_ref"] for part in parts]
    stored = await desk.by.db.rows("SELECT sha256, state FROM document_request")
    assert [(sha256(one).digest(), "stored")] * 2 == [(row["sha256"], row["state"]) for row in stored]


async def test_the_name_of_a_document_that_is_opened_breaks_no_header(desk: Desk) -> None:
    desk = with_links(desk)
    row = await acts.make_communication(desk.by, CommunicationBody(data=BODY, to=BOTH))
    body = FileBody(version=1, file=pdf("uno"), file_name='Acta "ñ"\r\nX: y.pdf')
    await files.attach_file(desk.by, row.id, body)

    answer = as_file(await files.show_document(desk.by, row.id))

    named = answer.headers[hdrs.CONTENT_DISPOSITION]
    assert re.fullmatch(r'attachment; filename="[\w.-]+\.pdf"', named, re.ASCII), named


async def test_a_letter_costs_the_pages_of_its_document_too(desk: Desk) -> None:
    traits = {**CHANNELS, **traits_of([LETTER])}
    dry = DryRuns(desk.by.db, desk.office.rules, lambda: traits)
    stores = with_doubles(desk.by.stores, company=desk.office.rules, dry_run=dry)
    desk = replace(desk, by=replace(desk.by, stores=stores))
    await desk.office.take_in(somebody("p-mute", version=2, digital_access=False))
    [example, *_] = SCHEMAS.by_name[REPORT].document["examples"]
    body = CommunicationBody(kind=REPORT, data=example, to=("owners@copropiedad:ph-a",))
    row = await acts.make_communication(desk.by, body)
    costs = [(await acts.plan_communication(desk.by, row.id)).plan]
    await files.attach_file(desk.by, row.id, FileBody(version=1, file=pdf("uno", "dos", "tres")))
    costs.append((await acts.plan_communication(desk.by, row.id)).plan)
    prices = desk.by.stores.policy.prices

    assert [prices.letter + prices.page, prices.letter + 4 * prices.page] == [
        plan.shown.cost.pesos["print"] for plan in costs if plan and plan.shown and plan.shown.cost
    ]


async def test_what_is_no_document_is_refused_whatever_its_name(desk: Desk) -> None:
    desk = with_links(desk)
    row = await acts.make_communication(desk.by, CommunicationBody(data=BODY, to=BOTH))
    with pytest.raises(InvalidDocument):
        await files.attach_file(desk.by, row.id, FileBody(version=1, file=b"MZ program", file_name="a.pdf"))
    outage = CommunicationBody(kind="building.outage.reported", data={}, to=BOTH)
    other = await acts.make_communication(desk.by, outage)
    with pytest.raises(NotOffered):
        await files.attach_file(desk.by, other.id, FileBody(version=1, file=pdf("uno")))


async def test_a_document_whose_link_would_lead_nowhere_is_refused(desk: Desk) -> None:
    """Without a secret, or by plain http, its messages would say nothing of it."""
    row = await acts.make_communication(desk.by, CommunicationBody(data=BODY, to=BOTH))
    with pytest.raises(NotOffered, match="HUB_SECRET"):
        await files.attach_file(desk.by, row.id, FileBody(version=1, file=pdf("uno")))


async def test_a_test_reaches_its_maker_alone_and_starts_no_clock(desk: Desk) -> None:
    desk = reaching(desk)
    row = await acts.make_communication(desk.by, CommunicationBody(data=BODY, to=BOTH))
    await acts.plan_communication(desk.by, row.id)
    with pytest.raises(NotOffered):  # a shell is no person
        await reading.try_communication(desk.by, row.id)
    await desk.office.take_in(somebody("p-ana", email("ana@example.com")))
    ana = Account(
        id=uuid4(),
        name="ana",
        display_name="Ana",
        password_hash="",
        grants=(),
        must_change=False,
        created_at=desk.by.now,
        created_by="test",
    )
    await desk.by.stores.accounts.add(ana)
    await desk.by.stores.accounts.set_person(ana.id, "p-ana")
    await reading.try_communication(replace(desk.by, who="account:ana"), row.id)
    [own] = desk.publisher.events
    await desk.office.take_in(own)
    await desk.office.deliver()

    assert reading.TRIED == own.name
    assert {("p-ana", "email"), ("p-ana", "inbox")} == set(await desk.messages())
    [mail] = desk.office.email.sent
    assert "Prueba: Lavado del tanque" == mail.rendered.subject
    assert "Hola, Persona" in mail.rendered.text
    [begun] = await desk.by.db.rows(
        "SELECT (SELECT count(*) FROM clock) + (SELECT count(*) FROM poster) AS n"
    )
    assert 0 == begun["n"]
    assert "draft" == (await acts.show_communication(desk.by, row.id)).row.state
