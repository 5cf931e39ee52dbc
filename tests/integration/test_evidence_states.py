"""The state of a message must be what its sealed attempts and endings say; a legal one keeps its bytes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from hub.desk.letters import queries
from hub.model import Attempt, State
from hub.operations.evidence.flaws import Flaw, Mismatch
from hub.operations.evidence.verify import verify
from hub.storage import Database, PostgresEvidence, PostgresReceipts
from tests.integration.constancias import checked, happen, made, seal_all
from tests.integration.test_evidence import Office, said_by
from tests.integration.test_seals import quiet
from tests.unit.factories import MONDAY

MAIL = "SELECT id FROM message WHERE person = 'p-maria' AND channel = 'email' AND event = 'pqrs.received'"
LETTER = """
INSERT INTO letter (id, person, event, name, subject, text, html)
SELECT id, person, event, name, '', '', '' FROM message WHERE id = $1
"""
LEGAL = "SELECT message_id FROM attempt WHERE content IS NOT NULL ORDER BY message_id LIMIT 1"


@pytest.fixture
async def office(opened: Database) -> Office:
    """Everything that may become of a message, sealed: accepted, in the inbox, read, delivered, not sent."""
    made = await happen(opened)
    await seal_all(opened)
    return made


async def one(database: Database, statement: str) -> UUID:
    [row] = await database.rows(statement)
    found: UUID = row[0]
    return found


async def found(database: Database, *, remake: bool = False) -> list[Mismatch]:
    return (await verify(PostgresEvidence(database), remake=remake, progress=quiet)).mismatches


async def report(database: Database, message: UUID, state: State, minutes: int) -> None:
    """Take a provider's receipt."""
    at = MONDAY + timedelta(hours=1, minutes=minutes)
    attempt = Attempt(message_id=message, at=at, outcome=state, provider="mail")
    await PostgresReceipts(database).settle(message, state=state, reason=None, attempt=attempt)


async def test_states_with_their_attempts_and_endings_fit(office: Office) -> None:
    message = await one(office.database, MAIL)
    await report(office.database, message, State.DELIVERED, 0)
    await report(office.database, message, State.READ, 1)
    await office.database.rows("UPDATE message SET state = 'cancelled', reason = 'over' WHERE state = 'held'")
    whole = await verify(PostgresEvidence(office.database), progress=quiet)
    rows = await office.database.rows("SELECT DISTINCT state FROM message")

    assert [] == whole.mismatches
    assert len(await office.database.rows("SELECT FROM message")) == whole.messages
    assert {"read", "sent", "waiting"} <= {row["state"] for row in rows}


@pytest.mark.parametrize(
    "claimed",
    ["'delivered', reason = NULL", "'read', reason = NULL", "'failed', reason = 'no_contact'", "'bounced'"],
)
async def test_state_without_a_row_that_says_it_is_named(office: Office, claimed: str) -> None:
    message = await one(office.database, MAIL)
    # Without its trigger, as somebody who wants to leave no trace.
    await office.database.rows("ALTER TABLE message DISABLE TRIGGER message_ended")
    await office.database.rows(f"UPDATE message SET state = {claimed} WHERE id = $1", message)
    mismatches = await found(office.database)

    assert [(Flaw.WRONG_STATE, message)] == [(wrong.flaw, wrong.message_id) for wrong in mismatches]


async def test_arrival_that_was_taken_back_is_named(office: Office) -> None:
    message = await one(office.database, MAIL)
    await report(office.database, message, State.DELIVERED, 0)
    await office.database.rows("UPDATE message SET state = 'sent' WHERE id = $1", message)
    [wrong] = await found(office.database)

    assert (Flaw.WRONG_STATE, message) == (wrong.flaw, wrong.message_id)
    assert "dice «Enviado»" in wrong.what


async def test_lost_message_that_claims_to_have_arrived_is_told_by_the_constancia(office: Office) -> None:
    message = await one(office.database, MAIL)
    await office.database.rows("UPDATE message SET state = 'delivered' WHERE id = $1", message)
    constancia = await made(office.database)

    assert any("dice «Entregado»" in finding for finding in constancia.facts.mismatches)
    assert "De nadie consta que le haya llegado." in constancia.facts.summary
    assert any("sus intentos no dicen el estado «delivered»" in wrong for wrong in checked(constancia).wrong)


async def test_message_that_ended_before_endings_were_recorded_fits(office: Office) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    await office.database.rows("UPDATE seal SET minute = $1", later)
    await office.database.rows("ALTER TABLE message DISABLE TRIGGER message_ended")
    await office.database.rows("UPDATE attempt SET recorded_at = NULL")
    await office.database.rows("DELETE FROM ending")
    await office.database.rows("UPDATE message SET state = 'failed', reason = 'template'")

    assert Flaw.WRONG_STATE not in {wrong.flaw for wrong in await found(office.database)}


@pytest.fixture
async def legal(office: Office) -> UUID:
    await said_by(office, ("admin.assembly.convened",))
    return await one(office.database, LEGAL)


async def test_bytes_of_a_legal_message_that_are_gone_are_named(office: Office, legal: UUID) -> None:
    await office.database.rows("UPDATE attempt SET content = NULL WHERE message_id = $1", legal)
    mismatches = await found(office.database)

    assert [(Flaw.MISSING_BYTES, legal)] == [(wrong.flaw, wrong.message_id) for wrong in mismatches]


async def test_bytes_that_went_with_the_data_of_a_person_are_counted(office: Office, legal: UUID) -> None:
    await office.database.rows("UPDATE attempt SET content = NULL, facts = NULL WHERE message_id = $1", legal)
    await office.database.rows("UPDATE message SET name = '', address = '' WHERE id = $1", legal)
    whole = await verify(PostgresEvidence(office.database), progress=quiet)

    assert (1, []) == (whole.erased, whole.mismatches)


async def test_changed_facts_are_named_where_messages_are_made_again(office: Office, legal: UUID) -> None:
    untouched = await found(office.database, remake=True)
    await office.database.rows(
        """UPDATE attempt SET facts = facts || '{"building": "Otro"}' WHERE message_id = $1""", legal
    )
    [wrong] = await found(office.database, remake=True)

    assert [] == untouched
    assert (Flaw.OTHER_WORDS, legal) == (wrong.flaw, wrong.message_id)


async def test_guide_of_a_posted_letter_is_sealed_and_the_message_stays_sent(opened: Database) -> None:
    await happen(opened)
    message = await one(opened, MAIL)
    await opened.rows(LETTER, message)
    await queries.post(opened, message, "RA123456789CO")
    await seal_all(opened)
    whole = await found(opened)
    await opened.rows("UPDATE attempt SET reference = 'RA-2' WHERE code = 'posted'")
    [wrong] = await found(opened)

    assert [] == whole
    assert (Flaw.CHANGED_ROW, message) == (wrong.flaw, wrong.message_id)
