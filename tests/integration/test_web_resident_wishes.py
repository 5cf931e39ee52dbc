"""Preferences, corrections and downloads on a person's own page."""

import json
import re
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest
from aiohttp import hdrs

from hub.access.link_rate import OF_A_FILE
from hub.errors import PaperFailure
from hub.model import MarkEntry, MarkReason, PreferenceEntry, Preferences, Purpose, QuietHours
from hub.operations.person_export import paper
from hub.operations.residents.wishes import ORDER
from hub.people.claims import CLAIMED
from hub.storage import Database
from tests.contract.values import NOON
from tests.integration.residents import HUB
from tests.integration.test_erasures import MAIL, NAME, REF, WORDS, Rights, rights
from tests.integration.test_web_resident_own import act, at_home, published, world_of_maria
from tests.integration.test_web_resident_sign_in import Cookies, csrf, look, send, signed_in
from tests.integration.web_doubles import Reply, World, browsing

__all__ = ["rights"]

COMPANY: Final = {purpose.value: "company" for purpose in ORDER}
EMAIL_FIRST: Final = {
    "service": "chosen",
    "service.sms": "on",
    "service.email": "on",
    "service.first": "email",
}


async def wish(world: World, cookies: Cookies, **changes: str) -> Reply:
    return await act(world, cookies, "wish", **{**COMPANY, **changes})


async def test_person_chooses_a_digest_and_ends_it() -> None:
    world, _, cookies = await at_home()
    for chosen in ("weekly", "", "daily", "hourly"):
        await wish(world, cookies, digest=chosen)

    assert ["weekly", None, "daily", None] == [entry.wishes.digest for entry in world.preferences.kept]


async def test_page_shows_the_digest_that_is_in_force() -> None:
    world, _, cookies = await at_home()
    reply = await wish(world, cookies, digest="daily")

    assert '<option value="daily" selected>' in reply.text
    assert "Avisos que no son urgentes: juntos, una vez al día" in reply.text


async def test_person_chooses_channels_hours_language_and_print() -> None:
    world, _, cookies = await at_home()
    reply = await wish(
        world,
        cookies,
        **EMAIL_FIRST,
        survey="none",
        quiet_since="21:00",
        quiet_until="7:00",
        language="en",
        large_print="yes",
    )
    [kept] = world.preferences.kept

    assert ("p-1", "person:p-1", "page") == (kept.person, kept.by, kept.way)
    assert kept.wishes == Preferences(
        channels={Purpose.SERVICE: ("email", "sms"), Purpose.SURVEY: ()},
        quiet_hours=QuietHours(since="21:00", until="07:00"),
        language="en",
        large_print=True,
    )
    assert "Guardamos sus preferencias." in reply.text
    assert 'value="07:00"' in reply.text
    assert "Horas de silencio: de 21:00 a 07:00" in reply.text
    assert "person.preferences.change" in {note.action for note in world.audit.rows}


async def test_emergencies_and_legal_notices_cannot_be_switched_off_and_the_page_says_why() -> None:
    world, _, cookies = await at_home()
    text = (await look(world, "/mi", cookies)).text
    await wish(world, cookies, emergency="none", legal="none")

    assert "Avisa de un peligro para la vida o los bienes. Por eso no se puede desactivar." in text
    assert "La ley obliga a enviar este aviso. Por eso no se puede desactivar." in text
    assert not re.search(r'name="(emergency|legal|internal)', text)
    assert {} == world.preferences.kept[0].wishes.channels


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"service": "chosen"}, "Marque al menos un medio."),
        ({"service": "x"}, "Elija una opción."),
        ({"transactional": "none"}, "Responde a algo que usted pidió o hizo."),
        ({"quiet_since": "21:00"}, "Escriba las dos horas, o ninguna."),
        ({"quiet_since": "25:00", "quiet_until": "07:00"}, "Escriba la hora así: 21:00."),
        ({"quiet_since": "07:00", "quiet_until": "06:00"}, "entre un minuto y dieciséis horas"),
        ({"language": "fr"}, "No hay textos en ese idioma"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(
    given: dict[str, str], said: str
) -> None:
    world, _, cookies = await at_home()
    reply = await wish(world, cookies, **given)
    [error] = re.findall(r'role="alert" id="error-[a-z]+">([^<]+)<', reply.text)

    assert said in error
    assert "No guardamos nada todavía." in reply.text
    assert [] == world.preferences.kept


async def test_what_was_typed_stays_in_the_form_that_is_wrong() -> None:
    world, _, cookies = await at_home()
    reply = await wish(world, cookies, **EMAIL_FIRST, quiet_since="21:00")

    assert 'value="21:00"' in reply.text
    assert re.search(r'name="service.sms" checked', reply.text)


async def test_wishes_that_the_page_does_not_show_stay() -> None:
    world, _, cookies = await at_home()
    before = Preferences(channels={Purpose.SERVICE: ("sms", "inbox", "print")})
    entry = PreferenceEntry(person="p-1", version=1, at=NOON, by="ana", way="api", wishes=before)
    world.preferences.kept.append(entry)
    await wish(world, cookies, **EMAIL_FIRST)

    assert ("email", "sms", "inbox", "print") == world.preferences.kept[-1].wishes.channels[Purpose.SERVICE]


async def test_preferences_need_the_token_of_the_page() -> None:
    world, _, cookies = await at_home()
    reply = await send(world, "/mi", cookies, action="wish", csrf="x", **COMPANY, language="en")

    assert (403, []) == (reply.status, world.preferences.kept)


async def test_look_changes_nothing() -> None:
    world, _, cookies = await at_home()
    before = len(world.audit.rows)
    await look(world, "/mi?action=wish&language=en&action=download-pdf", cookies)

    assert ([], before) == (world.preferences.kept, len(world.audit.rows))


async def test_marks_in_force_are_shown_without_their_reason() -> None:
    world, _, cookies = await at_home()
    mark = MarkEntry(
        id=uuid4(), person="p-1", reason=MarkReason.CONTESTED_ACCOUNT, since=NOON, by="ana", note="secreta"
    )
    world.preferences.marked.append(mark)
    text = (await look(world, "/mi", cookies)).text

    assert "Pregúntenos por qué." in text
    assert not re.search("secreta|en discusión|contested", text)


async def test_correction_says_which_datum_and_what_is_right() -> None:
    world, _, cookies = await at_home()
    reply = await act(world, cookies, "correct", datum="correo", right="maria.nueva@example.com")
    event = world.publisher.events[-1]

    assert (CLAIMED, "correccion", "Correo: debe quedar maria.nueva@example.com") == (
        event.name,
        event.data["kind"],
        event.data["detail"],
    )
    assert event.data["case_id"] in reply.text


async def test_correction_without_what_is_right_starts_nothing_and_says_so_beside_the_field() -> None:
    world, _, cookies = await at_home()
    for given in ({"datum": "correo", "right": "  "}, {"datum": "clave", "right": "x"}):
        reply = await act(world, cookies, "correct", **given)
        assert 'aria-describedby="error-right"' in reply.text

    assert [] == published(world)


async def test_overdue_case_is_climbed_from_the_list_of_cases() -> None:
    world, mail, cookies = await at_home()
    text = (await look(world, "/mi", cookies)).text
    await act(world, cookies, "not-answered", id=str(mail.id))

    assert "Lo que ha pasado" in text
    assert f'<input type="hidden" name="id" value="{mail.id}">' in text
    assert ["pqrs.escalated"] == published(world)


async def her_page(database: Database) -> tuple[World, Cookies]:
    """Return a world over this database in which she has opened her page."""
    world, mail = world_of_maria()
    cookies = await signed_in(world, mail)
    for kept in world.resident_access.sessions.values():
        object.__setattr__(kept, "person", REF)
    world.residents.files[REF] = world.residents.files["p-1"]
    world.database = database
    return world, cookies


async def test_wishes_are_read_back_from_the_database(rights: Rights) -> None:
    world, cookies = await her_page(rights.database)
    reply = await wish(world, cookies, **EMAIL_FIRST, quiet_since="21:00", quiet_until="07:00")
    [kept, _] = await rights.database.rows(
        "SELECT version, way, wishes FROM preference ORDER BY version DESC"
    )

    assert (2, "page") == (kept["version"], kept["way"])
    assert {"since": "21:00", "until": "07:00"} == kept["wishes"]["quiet_hours"]
    assert "Avisos del servicio: Correo y SMS" in reply.text


async def load(world: World, cookies: Cookies, form: str) -> Reply:
    page = await look(world, "/mi", cookies)
    return await send(world, "/mi", cookies, action=f"download-{form}", csrf=csrf(page.text))


async def loads(world: World, cookies: Cookies, form: str, *, times: int) -> list[tuple[int, bytes]]:
    """Press the button again and again, in one hub."""
    fields = {"action": f"download-{form}", "csrf": csrf((await look(world, "/mi", cookies)).text)}
    headers = {hdrs.ORIGIN: HUB, hdrs.COOKIE: "; ".join(f"{name}={value}" for name, value in cookies.items())}
    found = []
    async with browsing(world) as client:
        for _ in range(times):
            async with client.post("/mi", data=fields, headers=headers) as answer:
                found.append((answer.status, await answer.read()))
    return found


async def test_person_loads_everything_that_is_held(rights: Rights) -> None:
    world, cookies = await her_page(rights.database)
    reply = await load(world, cookies, "json")
    held = json.loads(reply.text)
    [note] = [note for note in world.audit.rows if note.action == "person.export"]

    assert "attachment" in reply.headers[hdrs.CONTENT_DISPOSITION]
    assert NAME == held["identity"]["name"]
    assert all(WORDS[word] in reply.text for word in ("petition", "reply", "comment"))
    assert MAIL in reply.text
    assert (f"person:{REF}", REF, "page") == (note.who, note.person, note.detail["way"])


async def test_document_is_a_pdf_and_why_staff_marked_somebody_stays_with_staff(rights: Rights) -> None:
    world, cookies = await her_page(rights.database)
    [(status, pdf)] = await loads(world, cookies, "pdf", times=1)
    held = (await load(world, cookies, "json")).text

    assert (200, b"%PDF") == (status, pdf[:4])
    assert b"pdfuaid" in pdf
    assert WORDS["note"] not in held
    assert "contested" not in held


async def test_who_loads_without_end_is_stopped(rights: Rights) -> None:
    world, cookies = await her_page(rights.database)
    answers = await loads(world, cookies, "json", times=OF_A_FILE + 1)

    assert [200] * OF_A_FILE + [429] == [status for status, _ in answers]
    assert OF_A_FILE == len([note for note in world.audit.rows if note.action == "person.export"])


async def test_document_that_fails_is_said_on_the_page(
    rights: Rights, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> bytes:
        raise PaperFailure("The document could not be set.")

    monkeypatch.setattr(paper, "make_pdf", fails)
    world, cookies = await her_page(rights.database)
    reply = await load(world, cookies, "pdf")

    assert "No pudimos hacer el documento." in reply.text


async def test_download_needs_an_open_page(rights: Rights) -> None:
    world, cookies = await her_page(rights.database)
    page = await look(world, "/mi", cookies)
    world.ahead = timedelta(hours=2)
    reply = await send(world, "/mi", cookies, action="download-json", csrf=csrf(page.text))

    assert NAME not in reply.text
    assert hdrs.CONTENT_DISPOSITION not in reply.headers
