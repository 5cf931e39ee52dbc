"""A person's own page: messages, cases, data, consents with their proof; and nothing of anybody else."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest
from aiohttp import hdrs

from hub.access.lockout import FREE
from hub.contact_rules.consents import GRANTED, PURPOSES, REVOKED
from hub.model import Consent, ContactPoint, Message, Stance, State
from hub.model.residents import (
    AnswerWay,
    OwnConversation,
    OwnWords,
    ResidentFile,
    ResidentPlace,
    SentLine,
)
from hub.operations.residents.acts import ClaimKind, ResidentActs, claim_of
from hub.operations.residents.consent_words import words_digest
from hub.people.claims import CLAIMED
from hub.storage import Database
from hub.web.residents import pages
from hub.web.residents.pages import MOST_SENT
from tests.contract.values import NOON
from tests.integration.residents import BUILDING, HUB
from tests.integration.test_web_resident_sign_in import (
    Cookies,
    asked,
    csrf,
    look,
    send,
    signed_in,
    world_with_person,
)
from tests.integration.web_doubles import Reply, World, ask, browsing

DIGEST: Final = "9f86d081884c7d65"
PDF: Final = b"%PDF-1.7\n%%EOF"


async def at_home() -> tuple[World, Message, Cookies]:
    """Return a world in which María has opened her page."""
    world, mail = world_of_maria()
    return world, mail, await signed_in(world, mail)


def world_of_maria(**settings: str) -> tuple[World, Message]:
    """Return a world that knows María: contacts, a home, and a yes with its proof."""
    world, mail = world_with_person(**settings)
    world.residents.lines.append(
        SentLine(id=mail.id, event="pqrs.received", channel="email", state=State.SENT, created_at=NOON)
    )
    said = Consent(
        id=uuid4(),
        person="p-1",
        purpose="commercial",
        at=NOON,
        granted=True,
        said_by=uuid4(),
        channels=("email",),
        text_version="2026-02",
        method="web",
        evidence_hash=DIGEST,
    )
    world.residents.files["p-1"] = ResidentFile(
        person="p-1",
        name="María Peña",
        locale="es",
        contacts=[
            ContactPoint(id="x", kind="email", value="maria@example.com", verified=True),
            ContactPoint(id="x", kind="push", value="token-of-a-device"),
        ],
        places=[ResidentPlace(role="owner", building="Altos del Rosal", unit="Torre 1, apto. 101")],
        consents=[said],
        stances=[Stance(purpose="commercial", granted=True, at=NOON, method="web", text_version="2026-02")],
    )
    return world, mail


async def act(world: World, cookies: Cookies, action: str, **given: str) -> Reply:
    """Press a button of the page that is shown now."""
    page = await look(world, "/mi", cookies)
    form = re.search(r'name="form" value="([^"]+)"', page.text)
    assert form
    offered = re.search(
        rf'value="{given.get("purpose", "-")}"><input type="hidden" name="channels" value="([^"]+)"',
        page.text,
    )
    fields = {"form": form[1], **({"channels": offered[1]} if offered else {}), **given}
    return await send(world, "/mi", cookies, action=action, csrf=csrf(page.text), **fields)


def published(world: World) -> list[str]:
    return [event.name for event in world.publisher.events if not event.name.startswith("resident.")]


async def test_page_shows_data_and_consents_with_their_proof() -> None:
    world, _, cookies = await at_home()
    text = (await look(world, "/mi", cookies)).text

    for said in (
        "María Peña",
        "Correo: maria@example.com (comprobado)",
        "Propietario: Torre 1, apto. 101, Altos del Rosal",
        f"Huella de la prueba: {DIGEST}",
        "Versión del texto: 2026-02",
        "todavía no ha dicho nada. Sin su autorización no le escribimos con esta finalidad.",
        "Número PQ-2026-7",
        "PQRS recibida",
    ):
        assert said in text
    assert "token-of-a-device" not in text
    assert "<script" not in text


async def test_message_in_a_digest_says_so() -> None:
    world, _, cookies = await at_home()
    [line] = world.residents.lines
    world.residents.lines[:] = [replace(line, state=State.CANCELLED, reason="in_digest")]
    text = (await look(world, "/mi", cookies)).text

    assert "en su resumen" in text.lower()
    assert "cancelado" not in text.lower()


async def test_message_opens_with_its_text_and_one_of_somebody_else_is_not_found() -> None:
    world, mail, cookies = await at_home()
    assert "Recibimos su petición" in (await look(world, f"/mi/mensajes/{mail.id}", cookies)).text

    world.residents.received[mail.id] = replace(world.residents.received[mail.id], person="p-2")
    for other in (str(mail.id), str(uuid4()), "x"):
        reply = await look(world, f"/mi/mensajes/{other}", cookies)
        assert (404, False) == (reply.status, "petición" in reply.text)
    assert 404 == (await act(world, cookies, "not-answered", id=str(mail.id))).status
    assert [] == published(world)


async def test_matter_opens_with_both_sides_words_and_takes_an_answer_once() -> None:
    world, mail, cookies = await at_home()
    way = AnswerWay(message_id=mail.id, channel="email", address="maria@example.com")
    heard = [OwnWords(at=NOON, words="El plomero va el lunes.", name="Laura Quintero")]
    world.residents.talks["p-1", "pqrs_id:PQ-1"] = OwnConversation(said=heard, way=way)
    opened = {"subject": "Humedad", "petitioner": {"ref": "p-1"}}
    world.residents.received[mail.id] = replace(world.residents.received[mail.id], opened=opened)
    where = f"/mi/asuntos/{mail.id}"
    page = await look(world, where, cookies)
    for words in ("Sí, aquí estoy.", "Sí, aquí estoy.", " "):
        reply = await send(world, where, cookies, words=words, form="same", csrf=csrf(page.text))

    assert where in (await look(world, "/mi", cookies)).text
    for words in ("<h1>Humedad</h1>", "Usted", "El plomero va el lunes.", "Laura Quintero"):
        assert words in page.text
    assert "Escriba su respuesta." in reply.text
    first, second = world.replies
    assert (mail.id, "email", "Sí, aquí estoy.") == (first.message_id, first.channel, first.text)
    assert (first.reference, "page") == (second.reference, second.provider)


def with_file(content: bytes, times: int, /, **fields: str) -> bytes:
    """Write a form with a file, or with several of the same, as a browser does."""
    head = 'Content-Disposition: form-data; name="{}"'
    parts = [f"{head.format(name)}\r\n\r\n{value}\r\n".encode() for name, value in fields.items()]
    none = f'{head.format("file")}; filename=""\r\n\r\n\r\n'.encode()
    file = f'{head.format("file")}; filename="gotera.pdf"\r\n\r\n'.encode() + content + b"\r\n"
    return b"".join(b"--B\r\n" + part for part in [*parts, none, *[file] * times]) + b"--B--\r\n"


async def sent_with(
    world: World, where: str, cookies: Cookies, content: bytes, times: int = 1, /, **fields: str
) -> Reply:
    token = {"csrf": csrf((await look(world, "/mi", cookies)).text)} if cookies else {}
    headers = {
        hdrs.CONTENT_TYPE: "multipart/form-data; boundary=B",
        hdrs.ORIGIN: HUB,
        hdrs.ACCEPT: "text/html",
        hdrs.COOKIE: "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }
    body = with_file(content, times, **token, **fields)
    return await ask(world, where, method=hdrs.METH_POST, body=body, headers=headers)


async def test_person_attaches_photos_and_documents_and_nothing_else(opened: Database) -> None:
    """Nothing is sent with a file that would not be kept: its sender is here, and can choose another."""
    world, mail, cookies = await at_home()
    world.database = opened
    where = f"/mi/asuntos/{mail.id}"
    received = world.residents.received[mail.id]
    world.residents.received[mail.id] = replace(received, case="pqrs_id:PQ-1", opened={"subject": "Humedad"})
    way = AnswerWay(message_id=mail.id, channel="email", address="maria@example.com")
    world.residents.talks["p-1", "pqrs_id:PQ-1"] = OwnConversation(way=way)
    petition = {"action": "claim", "kind": "queja", "detail": "Gotea"}
    page, stranger = b"<script>%PDF-1.7 %%EOF</script>", await sent_with(world, "/mi", {}, PDF, **petition)
    refused = [
        await sent_with(world, where, cookies, page, words="Mire la foto"),
        await sent_with(world, "/mi", cookies, page, **petition),
    ]
    before = [*world.replies, *published(world)]
    answered = await sent_with(world, where, cookies, PDF, words="Mire la foto")
    claimed = await sent_with(world, "/mi", cookies, PDF, **petition)
    rows = await opened.rows("SELECT name, person, content FROM given_file JOIN document USING (sha256)")

    assert (403, True, []) == (stranger.status, "Abra un mensaje" in stranger.text, before)
    for again, words in zip(refused, ("Mire la foto</textarea>", "Gotea</textarea>"), strict=True):
        assert "Todavía no enviamos nada: hay un archivo" in again.text
        assert words in again.text
    assert "Recibimos su respuesta." in answered.text
    assert [("gotera.pdf", PDF)] == [(file.name, file.content) for file in world.replies[0].files]
    assert "Recibimos su solicitud." in claimed.text
    assert [("gotera.pdf", "p-1", PDF)] == [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("content", "times", "words"),
    [
        (b" " * (MOST_SENT + 1), 1, "hasta 20 MB en total"),
        (PDF, 20, "Todavía no enviamos nada: hay un archivo"),
    ],
    ids=["too heavy", "too many"],
)
async def test_person_who_sends_too_much_is_told_what_fits(content: bytes, times: int, words: str) -> None:
    world, _, cookies = await at_home()
    fields = {"action": "claim", "kind": "queja", "detail": "Gotea"}
    answer = await sent_with(world, "/mi", cookies, content, times, **fields)

    assert words in answer.text
    assert [] == published(world)


async def test_matter_of_somebody_else_is_like_one_that_does_not_exist() -> None:
    world, mail, cookies = await at_home()
    token = csrf((await look(world, "/mi", cookies)).text)
    received = world.residents.received[mail.id]
    world.residents.received[mail.id] = replace(received, person="p-2", opened={"subject": "Humedad"})
    way = AnswerWay(message_id=mail.id, channel="email", address="p2@example.com")
    world.residents.talks["p-2", "pqrs_id:PQ-1"] = OwnConversation(way=way)

    for other in (mail.id, uuid4(), "x"):
        refused = await look(world, f"/mi/asuntos/{other}", cookies)
        assert (404, False) == (refused.status, "Humedad" in refused.text)
    assert 404 == (await send(world, f"/mi/asuntos/{mail.id}", cookies, words="Hola", csrf=token)).status
    assert 403 == (await send(world, f"/mi/asuntos/{mail.id}", cookies, words="Hola")).status
    assert "Abra un mensaje" in (await look(world, f"/mi/asuntos/{mail.id}", {})).text
    assert [] == world.replies


async def test_page_has_the_name_and_colours_of_the_only_building() -> None:
    world, _, cookies = await at_home()
    home = world.residents.files["p-1"]
    place = ResidentPlace(role="owner", building=BUILDING, unit="Torre 1, apto. 101")
    world.residents.files["p-1"] = replace(home, places=[place])
    assert "--brand: #7a1f5c" in (await look(world, "/mi", cookies)).text

    other = replace(place, building="Otro conjunto")
    world.residents.files["p-1"] = replace(home, places=[place, other])
    assert "--brand: #7a1f5c" not in (await look(world, "/mi", cookies)).text


async def test_form_for_the_code_has_the_name_and_colours_of_the_page_that_led_to_it() -> None:
    world, mail = world_of_maria()
    home = world.residents.files["p-1"]
    place = ResidentPlace(role="owner", building=BUILDING, unit="Torre 1, apto. 101")
    world.residents.files["p-1"] = replace(home, places=[place])
    waiting = await asked(world, mail)
    text = (await look(world, "/mi", waiting)).text

    assert "Escriba su código" in text
    assert BUILDING in text
    assert "--brand: #7a1f5c" in text
    assert BUILDING not in (await look(world, "/mi", {})).text


async def test_message_is_closed_without_a_session() -> None:
    world, mail, _ = await at_home()

    text = (await look(world, f"/mi/mensajes/{mail.id}", {})).text
    assert (True, False) == ("Abra un mensaje" in text, "petición" in text)


async def test_person_asks_the_next_level_from_the_own_page() -> None:
    world, mail, cookies = await at_home()
    reply = await act(world, cookies, "not-answered", id=str(mail.id))

    assert ["pqrs.escalated"] == published(world)
    assert "Su caso pasó al nivel siguiente." in reply.text


async def test_consent_is_revoked_and_granted_through_the_ledger() -> None:
    world, _, cookies = await at_home()
    await act(world, cookies, "revoke", purpose="commercial")
    await act(world, cookies, "grant", purpose="survey")
    revoked, granted = world.publisher.events[-2:]

    assert (REVOKED, "p-1", ["commercial"]) == (
        revoked.name,
        revoked.data["subject_id"],
        revoked.data["purposes"],
    )
    assert (GRANTED, ["survey"], "web") == (granted.name, granted.data["purposes"], granted.data["method"])
    assert ["email", "push"] == granted.data["channels"]
    assert words_digest("survey", ["email", "push"]) == granted.data["evidence_hash"]


async def test_each_button_withdraws_its_own_consent() -> None:
    """Ley 1581 de 2012, art. 8 e: a person revokes the consent; what the law still needs is asked for."""
    world, _, cookies = await at_home()
    held = world.residents.files["p-1"]
    yes = [Stance(purpose=one, granted=True, at=NOON, method="web", text_version="1") for one in PURPOSES]
    world.residents.files["p-1"] = replace(held, stances=yes)
    text = (await look(world, "/mi", cookies)).text
    forms = re.findall(r'<form method="post" action="/mi">((?:(?!</form>).)*?[Rr]etir.*?)</form>', text)
    asked = [dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form)) for form in forms]
    for fields in asked:
        assert (await send(world, "/mi", cookies, **fields)).status == 200

    done = [event for event in world.publisher.events if event.name in {REVOKED, CLAIMED}]
    assert len(PURPOSES) == len(forms) == len(done)
    assert ["commercial", "survey"] == sorted(
        one for event in done if event.name == REVOKED for one in event.data["purposes"]
    )
    claims = [event.data for event in done if event.name == CLAIMED]
    assert {"revocatoria"} == {claim["kind"] for claim in claims}
    assert len(claims) == len({claim["detail"] for claim in claims})


async def test_form_that_is_sent_twice_is_one_act() -> None:
    world, _, cookies = await at_home()
    for _ in range(2):
        await act(world, cookies, "claim", kind="correccion", detail="Mi correo es otro", form="same")
        await act(world, cookies, "revoke", purpose="survey", form="same")

    assert 4 == len(published(world))
    assert 2 == len({event.id for event in world.publisher.events if not event.name.startswith("resident.")})


def answered(world: World, purpose: str, *granted: bool) -> None:
    """Let the ledger have the person's decisions, one statement after the other."""
    held = world.residents.files["p-1"]
    said = [
        Consent(
            id=uuid4(),
            person="p-1",
            purpose=purpose,
            at=NOON + timedelta(minutes=number),
            granted=yes,
            said_by=uuid4(),
            method="web",
            text_version="2026-02",
        )
        for number, yes in enumerate(granted)
    ]
    stance = Stance(
        purpose=purpose, granted=granted[-1], at=said[-1].at, method="web", text_version="2026-02"
    )
    world.residents.files["p-1"] = replace(held, consents=said, stances=[stance])


async def test_older_form_revokes_again_what_was_granted_since() -> None:
    world, _ = world_of_maria()
    acts = ResidentActs(publisher=world.publisher)
    for decisions in ((True,), (True, False), (True, False, True)):
        answered(world, "survey", *decisions)
        assert await acts.revoke(world.residents.files["p-1"], "survey", form="first", now=NOON)

    first, again, third = [event.id for event in world.publisher.events if event.name == REVOKED]
    assert (first, False) == (again, first == third)


async def test_older_form_revokes_again_also_before_the_ledger_has_the_grant() -> None:
    world, _ = world_of_maria()
    publisher = world.publisher
    acts, held = ResidentActs(publisher=publisher), world.residents.files["p-1"]
    channels = ["email", "push"]
    for minute, form in enumerate(("first", "first", "second", "first", "first")):
        now = NOON + timedelta(minutes=minute)
        if form == "second":
            assert await acts.grant(held, "survey", channels, form=form, now=now)
        else:
            assert await acts.revoke(held, "survey", form=form, now=now)

    ids = [event.id for event in publisher.events]
    assert (ids[0], ids[3]) == (ids[1], ids[4])
    assert 3 == len(set(ids))


def test_older_form_that_asks_for_something_else_is_another_claim() -> None:
    given = (ClaimKind.CORRECTION, "Mi correo"), (ClaimKind.ERASURE, "Mi correo"), (ClaimKind.ERASURE, "Todo")

    assert 3 == len({claim_of("p-1", kind, words, form="same", now=NOON).id for kind, words in given})


async def test_consent_goes_no_further_than_the_channels_that_stood_beside_its_button() -> None:
    world, _, cookies = await at_home()
    text = (await look(world, "/mi", cookies)).text
    assert "Autorizo que me escriban por correo y notificación móvil con esta finalidad: encuestas." in text

    for channels in ("", "email", "email push sms", "x"):
        reply = await act(world, cookies, "grant", purpose="survey", channels=channels)
        assert "Sus contactos cambiaron. Lea otra vez lo que autoriza" in reply.text
    assert [] == published(world)


async def test_yes_without_proof_is_shown_as_such_and_can_be_given_with_one() -> None:
    world, _, cookies = await at_home()
    held = world.residents.files["p-1"]
    stances = [Stance(purpose="survey", granted=True, at=NOON, method="web")]
    world.residents.files["p-1"] = replace(held, stances=stances)
    text = (await look(world, "/mi", cookies)).text

    assert "dijo que sí, pero no consta prueba. Sin prueba no le escribimos con esta finalidad." in text
    assert "Autorizar: encuestas" in text
    assert "Retirar la autorización: encuestas" in text
    await act(world, cookies, "grant", purpose="survey")
    assert [GRANTED] == published(world)


async def test_page_says_in_spanish_how_something_was_said() -> None:
    world, _, cookies = await at_home()
    held = world.residents.files["p-1"]
    said = [replace(held.consents[0], method=method) for method in ("paper", "one_click", "kiosk")]
    world.residents.files["p-1"] = replace(held, consents=said)
    text = (await look(world, "/mi", cookies)).text

    for words in ("Se dijo en papel", "Se dijo con el enlace de un correo", "Se dijo de otra forma"):
        assert words in text
    assert not [word for word in ("por paper", "one_click", "kiosk") if word in text]


async def test_only_what_the_page_offers_can_be_granted() -> None:
    world, _, cookies = await at_home()
    for purpose in ("data_treatment", "collection", "x", ""):
        reply = await act(world, cookies, "grant", purpose=purpose)
        assert "No entendimos lo que pide." in reply.text

    assert [] == published(world)


async def test_claim_starts_a_case_of_law_in_the_words_of_the_person() -> None:
    world, _, cookies = await at_home()
    reply = await act(world, cookies, "claim", kind="correccion", detail="Mi correo\x00 es otro")
    event = world.publisher.events[-1]

    assert (CLAIMED, "correccion", "Mi correo es otro", {"ref": "p-1"}) == (
        event.name,
        event.data["kind"],
        event.data["detail"],
        event.data["data_subject"],
    )
    assert event.data["case_id"] in reply.text


async def test_claim_of_no_kind_and_petition_without_words_start_nothing() -> None:
    world, _, cookies = await at_home()

    assert "No entendimos" in (await act(world, cookies, "claim", kind="todo")).text
    assert "Cuéntenos qué pasa." in (await act(world, cookies, "claim", kind="queja", about=" ")).text
    long = await act(world, cookies, "claim", kind="queja", detail="ruido " * 200)
    assert (True, True) == ("Cuéntelo más corto" in long.text, "ruido ruido" in long.text)
    assert [] == published(world)


async def test_person_opens_a_petition_about_the_own_unit_and_about_no_other() -> None:
    world, _, cookies = await at_home()
    file = world.residents.files["p-1"]
    [home] = file.places
    home = replace(home, copropiedad_id="ph-altos", unit_id="t1-101")
    world.residents.files["p-1"] = replace(file, places=[home])
    given = {"kind": "reclamo", "about": "Cobro doble", "detail": "Dos veces marzo"}
    reply = await act(world, cookies, "claim", place="t1-101", **given)
    await act(world, cookies, "claim", place="t1-102", **given)
    own, other = [event.data for event in world.publisher.events if event.name == "pqrs.received"]

    assert own["radicado"] in reply.text
    assert ("Cobro doble: Dos veces marzo", {"ref": "p-1"}) == (own["subject"], own["petitioner"])
    # Ley 1755 de 2015, art. 13: whatever somebody asks is a petition of a kind, and its terms run.
    assert ("reclamo", "ph-altos", "t1-101") == (own["kind"], own["copropiedad_id"], own["unit_id"])
    assert ("ph-altos", None) == (other["copropiedad_id"], other.get("unit_id"))


async def test_person_who_presses_without_end_is_stopped() -> None:
    world, _, cookies = await at_home()
    given = {"action": "claim", "kind": "correccion", "csrf": csrf((await look(world, "/mi", cookies)).text)}
    statuses: list[int] = []
    async with browsing(world) as client:
        headers = {hdrs.ORIGIN: HUB, hdrs.COOKIE: "; ".join(f"{n}={v}" for n, v in cookies.items())}
        for number in range(FREE + 1):
            async with client.post("/mi", data={**given, "form": str(number)}, headers=headers) as answer:
                statuses.append(answer.status)

    assert [200] * FREE + [429] == statuses
    assert FREE == len(published(world))


async def test_person_who_sends_too_many_bytes_is_stopped_and_may_still_act(
    opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_AN_HOUR", 3 * len(PDF))
    world, _, cookies = await at_home()
    world.database = opened
    token = csrf((await look(world, "/mi", cookies)).text)
    fields = {"action": "claim", "kind": "queja", "about": "Gotera", "detail": "Gotea", "csrf": token}
    headers = {
        hdrs.CONTENT_TYPE: "multipart/form-data; boundary=B",
        hdrs.ORIGIN: HUB,
        hdrs.COOKIE: "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }
    statuses: list[int] = []
    async with browsing(world) as client:
        for times in (1, 2, 1, 0):
            body = with_file(PDF, times, **fields, form=f"form-{len(statuses)}")
            async with client.post("/mi", data=body, headers=headers) as answer:
                statuses.append(answer.status)

    assert [200, 200, 429, 200] == statuses
    assert 3 == len(published(world))


async def test_list_goes_on_where_the_page_ends() -> None:
    world, mail, cookies = await at_home()
    for number in range(25):
        line = replace(world.residents.lines[0], id=UUID(int=number))
        world.residents.received[line.id] = replace(world.residents.received[mail.id], message_id=line.id)
        world.residents.lines.insert(1, line)
    first = await look(world, "/mi", cookies)
    [after] = re.findall(r"/mi\?after=([0-9a-f-]+)", first.text)
    second = await look(world, f"/mi?after={after}", cookies)

    assert 20 == first.text.count('href="/mi/mensajes/')
    assert 6 == second.text.count('href="/mi/mensajes/')
