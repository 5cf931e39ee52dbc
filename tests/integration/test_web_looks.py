"""Personal data is masked unless the caller may see it and asks; a look that cannot be audited is refused."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, cast

import pytest

from hub.desk.letters import queries as letters
from hub.errors import StorageUnavailable
from hub.model import Reach, Scope
from hub.storage import Database, PostgresAudit
from hub.testing import MemoryAudit
from tests.contract.stores import open_stores
from tests.integration.test_web_scope import GET, POST, PUT, ask
from tests.integration.town import A, Town, everything_in

EVERYWHERE: Final[Reach] = dict.fromkeys(Scope)
ADDRESSES: Final = ("@lives.example", "+57300")
SECRET: Final = ("Persona", *ADDRESSES)
READER: Final[Reach] = {Scope.READ: None, Scope.PRIVACY: None}
"""Who answers for the data, and not to the people."""
LISTS: Final = (
    *("/api/messages", "/api/letters", "/api/replies", "/api/suppressions", "/api/clocks"),
    *("/api/people?role=owner&unit=u-alfa", "/api/people?role=owner&copropiedad=ph-alfa"),
)


@pytest.fixture
async def town(database: str) -> AsyncIterator[Town]:
    async with open_stores(database) as stores:
        town = Town(replace(stores, audit=cast(Any, MemoryAudit())))
        await town.happen()
        yield town


def items(town: Town) -> dict[str, tuple[str, str, str | None]]:
    """Path of a record with one person's data → the action that audits a look at it."""
    return {
        f"/api/messages/{town.a.message}": ("message.show", f"message:{town.a.message}", "p-alfa"),
        "/api/people/p-alfa": ("person.show", "person:p-alfa", "p-alfa"),
        f"/api/suppressions/{town.a.suppression}": (
            "suppression.show",
            f"suppression:{town.a.suppression}",
            "p-alfa",
        ),
    }


def noted(town: Town) -> MemoryAudit:
    return cast(MemoryAudit, town.stores.audit)


@pytest.mark.parametrize(
    ("reach", "hidden", "how"),
    [(READER, SECRET, {"whole": False}), (EVERYWHERE, ADDRESSES, {"whole": False, "named": True})],
    ids=["reads", "answers"],
)
async def test_records_are_masked_by_default_and_the_look_is_audited(
    town: Town, reach: Reach, hidden: Sequence[str], how: Mapping[str, bool]
) -> None:
    for path, look in items(town).items():
        async with town.seen_by(reach) as client:
            status, text = await ask(client, GET, path)
        note = noted(town).rows[-1]

        assert (200, True, True) == (status, json.loads(text)["masked"], json.loads(text)["may_unmask"])
        assert not any(word in text for word in hidden)
        assert ("Persona alfa" in text) == (hidden is ADDRESSES and "suppressions" not in path)
        assert (look, how) == ((note.action, note.subject, note.person), note.detail)


async def test_permitted_caller_sees_the_whole_record_on_request_and_it_is_audited(town: Town) -> None:
    for path, look in items(town).items():
        async with town.seen_by(everything_in(A)) as client:
            status, text = await ask(client, GET, f"{path}?whole=true")
        note = noted(town).rows[-1]

        assert (200, False) == (status, json.loads(text)["masked"])
        assert "alfa@lives.example" in text
        assert (look, {"whole": True}) == ((note.action, note.subject, note.person), note.detail)
        assert "ana" == note.who


@pytest.mark.parametrize("scope", [Scope.OPERATE, Scope.ADMIN])
async def test_caller_without_the_scope_sees_no_whole_record_and_nothing_is_audited(
    town: Town, scope: Scope
) -> None:
    reach = {Scope.READ: None, scope: None}
    for path in items(town):
        async with town.seen_by(reach) as client:
            masked = await ask(client, GET, path)
            noted(town).rows.clear()
            whole = await ask(client, GET, f"{path}?whole=true")

        assert (200, False) == (masked[0], json.loads(masked[1])["may_unmask"])
        assert (403, []) == (whole[0], noted(town).rows)
        assert not any(word in whole[1] for word in SECRET)


@pytest.mark.parametrize(
    ("reach", "shown"),
    [
        ({Scope.READ: None}, ""),
        ({Scope.READ: None, Scope.PRIVACY: frozenset({"ph-beta"})}, ""),
        (everything_in(A), "la hija Ana lo contó"),
    ],
)
async def test_note_of_a_mark_is_for_who_may_see_personal_data(town: Town, reach: Reach, shown: str) -> None:
    path = "/api/people/p-alfa/do-not-contact"
    async with town.seen_by(EVERYWHERE) as client:
        await ask(client, POST, path, {"reason": "deceased", "note": "la hija Ana lo contó"})
    async with town.seen_by(reach) as client:
        status, text = await ask(client, GET, path)
    [mark] = json.loads(text)["items"]

    assert (200, "deceased", shown) == (status, mark["reason"], mark["note"])


@pytest.mark.parametrize(("reach", "hidden"), [(READER, SECRET), (EVERYWHERE, ADDRESSES)])
async def test_lists_have_no_address_and_names_only_for_who_answers(
    town: Town, reach: Reach, hidden: Sequence[str]
) -> None:
    for path in LISTS:
        async with town.seen_by(reach) as client:
            status, text = await ask(client, GET, path)

        assert 200 == status
        assert not any(word in text for word in hidden)


CONTACT: Final = "/api/people/p-alfa/contact"


async def test_contact_in_full_is_noted_with_the_page_and_once_in_ten_minutes(town: Town) -> None:
    """The purpose is the answer (Ley 1581 de 2012, art. 4 b, f): who, when, whose, and from where."""
    reach: Reach = dict.fromkeys((Scope.READ, Scope.OPERATE), frozenset({A}))
    asked = {"kind": "phone", "page": "/cases/pqrs_id%3ACASE-alfa"}
    async with town.seen_by(reach) as client:
        answers = [await ask(client, POST, CONTACT, asked) for _ in range(2)]
        other = await ask(client, POST, CONTACT, {"kind": "email"})
        town.ahead += timedelta(minutes=11)
        await ask(client, POST, CONTACT, asked)
    rows = [(row.who, row.action, row.person, row.detail) for row in noted(town).rows]

    assert [200, 200] == [status for status, _ in answers]
    assert [["+573001111111"]] * 2 == [values(text) for _, text in answers]
    assert ["alfa@lives.example"] == values(other[1])
    by_phone = ("ana", "person.contact", "p-alfa", asked)
    assert [by_phone, (*by_phone[:3], {"kind": "email", "page": ""}), by_phone] == rows


def values(text: str) -> list[str]:
    return [point["value"] for point in json.loads(text)["contacts"]]


async def test_contact_in_full_is_not_for_others_nor_from_anywhere(town: Town) -> None:
    of_b: Reach = dict.fromkeys((Scope.READ, Scope.OPERATE), frozenset({"ph-beta"}))
    # The words of a search would be a name in the audit; another site is no page.
    pages = [(EVERYWHERE, page, 400) for page in ("/search?q=maria", "//evil.example")]
    for reach, page, status in [({Scope.READ: None}, "", 403), (of_b, "", 404), *pages]:
        async with town.seen_by(reach) as client:
            answer = await ask(client, POST, CONTACT, {"kind": "phone", "page": page})

        assert (status, []) == (answer[0], noted(town).rows)
        assert "+57300" not in answer[1]


async def test_a_look_at_a_clock_is_noted(town: Town) -> None:
    async with town.seen_by(EVERYWHERE) as client:
        await ask(client, GET, f"/api/clocks/{town.a.clock}")

    assert [("clock.show", f"clock:{town.a.clock}")] == [
        (note.action, note.subject) for note in noted(town).rows
    ]


async def test_a_list_names_each_row_where_one_answers_and_no_other(town: Town) -> None:
    reach: Reach = {Scope.READ: frozenset({A, "ph-beta"}), Scope.OPERATE: frozenset({A})}
    for path in ("/api/directory/people", "/api/replies"):
        async with town.seen_by(reach) as client:
            _, text = await ask(client, GET, path)

        assert ("Persona alfa" in text, "Persona beta" in text) == (True, False)
        assert "p-beta" in text


async def test_a_list_with_names_notes_the_question_and_not_each_row(town: Town) -> None:
    async with town.seen_by(EVERYWHERE) as client:
        for path in LISTS:
            await ask(client, GET, path)

    assert [("people.list", "unit:u-alfa", None), ("people.list", "copropiedad:ph-alfa", None)] == [
        (note.action, note.subject, note.person) for note in noted(town).rows
    ]
    assert {"role": "owner", "on": None, "found": 2} == noted(town).rows[0].detail


async def test_missing_record_is_not_audited(town: Town) -> None:
    async with town.seen_by(everything_in()) as client:
        answers = [
            (await ask(client, GET, f"{path}{whole}"))[0]
            for path in items(town)
            for whole in ("", "?whole=true")
        ]

    assert {404} == set(answers)
    assert [] == noted(town).rows


async def test_letter_is_handed_over_only_after_the_audit_note(town: Town) -> None:
    path = f"/api/letters/{town.a.message}/done"
    async with town.seen_by(EVERYWHERE) as client:
        noted(town).faults.script("add", StorageUnavailable())
        refused, _ = await ask(client, POST, path)
        before = await letters.letter(town.stores.database, town.a.message)
        done, _ = await ask(client, POST, path)
        after = await letters.letter(town.stores.database, town.a.message)

    assert (503, 200) == (refused, done)
    assert before is not None
    assert after is not None
    assert (None, True) == (before.handed_over_at, after.handed_over_at is not None)
    assert [("letter.done", "p-alfa")] == [(row.action, row.person) for row in noted(town).rows]


async def test_look_or_change_that_cannot_be_audited_is_refused(town: Town) -> None:
    person = {"version": 9, "names": "Otra", "contact_points": []}
    looks = [
        *((GET, f"{path}{whole}", None) for path in items(town) for whole in ("", "?whole=true")),
        *((GET, f"/api/replies/{town.a.reply}", None), (GET, f"/api/dead/{town.dead.id}", None)),
        *((GET, f"/api/letters/{town.a.message}", None), (GET, f"/letters/{town.a.message}", None)),
        (GET, f"/api/clocks/{town.a.clock}", None),
        (GET, f"/api/messages/{town.a.message}/evidence", None),
        *((GET, path, None) for path in LISTS if path.startswith("/api/people")),
        (GET, "/api/audit?person=p-alfa", None),
        (PUT, "/api/directory/people/p-alfa", person),
    ]
    async with town.seen_by(EVERYWHERE) as client:
        for method, path, body in looks:
            noted(town).faults.script("add", StorageUnavailable())
            status, text = await ask(client, method, path, body)

            assert (path, 503) == (path, status)
            assert not any(word in text for word in (*SECRET, "words-alfa", "html-alfa"))
    unchanged = await town.stores.roster.somebody("p-alfa", whole=True)

    assert [] == noted(town).rows
    assert unchanged is not None
    assert (1, "Persona alfa") == (unchanged["version"], unchanged["name"])


async def test_audit_lists_looks_at_a_person_and_reports_of_the_person(town: Town, opened: Database) -> None:
    town.stores = replace(town.stores, audit=PostgresAudit(opened))
    async with town.seen_by(EVERYWHERE) as client:
        await ask(client, GET, f"/api/messages/{town.a.message}")
        await ask(client, GET, f"/api/messages/{town.b.message}")
        await ask(client, GET, f"/api/letters/{town.a.message}")
        await ask(client, GET, f"/api/replies/{town.a.reply}")
        await ask(
            client,
            PUT,
            "/api/directory/memberships/m-alfa",
            {"version": 9, "person_id": "p-alfa", "scope": "unit:u-alfa", "role": "resident"},
        )
        await ask(client, POST, f"/api/letters/{town.a.message}/done")
        status, text = await ask(client, GET, "/api/audit?person=p-alfa")
    rows = [(row["who"], row["action"], row["subject"]) for row in json.loads(text)["items"]]

    assert 200 == status
    assert {
        ("ana", "message.show", f"message:{town.a.message}"),
        *(("ana", action, f"letter:{town.a.message}") for action in ("letter.show", "letter.done")),
        ("ana", "reply.show", f"reply:{town.a.reply}"),
        ("ana", "directory.upserted", "memberships:m-alfa"),
        ("urn:hub:api", "directory.upserted", "membership:m-alfa"),
        ("urn:crm", "directory.upserted", "membership:m-alfa"),
        ("urn:crm", "directory.upserted", "person:p-alfa"),
    } == set(rows)
    assert "Persona" not in text


@pytest.mark.parametrize("path", ["/api/audit", "/api/audit?person=p-alfa"])
async def test_audit_needs_reach_everywhere(town: Town, path: str) -> None:
    async with town.seen_by(everything_in(A)) as client:
        assert 403 == (await ask(client, GET, path))[0]
