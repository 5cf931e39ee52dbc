"""No table is forgotten: each holds a canary of the erased person, or the reason why it holds nothing."""

from typing import Final

from tests.integration.test_erasures import Rights, leave, rights, table_of

__all__ = ["rights"]

HOLDS_NOTHING: Final = {
    "account_role": "roles of accounts; a person who has an account is not erased before it is disabled",
    "account": "staff: its person and name go once it is disabled (`forget_account`)",
    "alembic_version": "the schema",
    "api_key": "machines",
    "audience_record": "how many people, and the rule that found them",
    "audit": "who looked: a reference, kept for its own time and exported",
    "bulk_item": "ids of messages, letters and dead letters, and reasons of a list",
    "case_task": "a case, and the account that has it",
    "case_merge": "two cases, and the account that joined them",
    "case_snooze": "a case, an instant, and an account",
    "case_owner": "a case, and the publisher that opened it",
    "case_state": "ids and instants of a case",
    "clock_extension": "ids, dates, and a reason of a list",
    "calendar_link": "a digest of staff",
    "communication_person": "a reference and units; goes at once (`forget_chosen`)",
    "communication_row": "a reference, and a row of a list, masked; goes at once (`forget_chosen`)",
    "consent": "a reference, kept as the proof",
    "contact_slot": "a reference, a day and a channel, for two weeks",
    "copropiedad": "a building",
    "early_receipt": "ids of providers",
    "emergency_alert": "a reference and an instant",
    "ending": "ids and states",
    "erasure": "the reference, and marks; its words go with the end (`finish`)",
    "exclusion": "keyed digests of a public register",
    "exclusion_list": "the date of a list",
    "heartbeat": "processes",
    "leave": "references of staff",
    "left_out": "a reference, and reasons of a list",
    "membership": "references and roles",
    "notice_digest": "a reference, ids, and until it is published news; goes at once (`forget_digests`)",
    "person_join": "two references, ids and versions",
    "print_batch": "how many letters of a building",
    "recall": "ids of events",
    "radicado_series": "numbers",
    "registration": "ids, numbers and an account; for seconds an event, which is erased once it is taken in",
    "recovery_code": "digests of staff",
    "reply_task": "an id, and accounts of staff",
    "reported": "ids and instants",
    "resident_session": "a reference and a digest; goes at once (`close_page`)",
    "result": "ids and states",
    "result_subscription": "publishers",
    "rota": "references of staff",
    "seal": "digests",
    "seal_stamp": "digests",
    "second_factor": "secrets of staff",
    "session": "digests of staff",
    "sheet_import": "a sheet of people until it is applied, a day at most; goes at once (`forget_sheets`)",
    "sign_in_lock": "digests",
    "survey_turn": "a reference and an instant; goes at once (`forget_turns`)",
    "template_version": "the company's words",
    "told_channels": "names of channels",
    "trouble": "states of the hub",
    "unit": "homes",
    "untold_reset": "references of staff, for seconds; an erased one has no contact left that it could reach",
    "unreached": "ids, and reasons of a list",
}
"""Tables without words of a person, and why."""


async def _tables(rights: Rights) -> set[str]:
    rows = await rights.database.rows(
        "SELECT table_name AS of FROM information_schema.tables "
        "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
    )
    return {table_of(row["of"]) for row in rows}


async def test_each_table_has_a_canary_or_a_reason_to_have_none(rights: Rights) -> None:
    with_words = {table for table, _ in await rights.seen()}

    assert await _tables(rights) == with_words | HOLDS_NOTHING.keys()
    assert set() == with_words & HOLDS_NOTHING.keys()


async def test_tables_without_words_have_none_while_an_erasure_runs_but_its_own(rights: Rights) -> None:
    await leave(rights)
    await rights.store.begin("p-77", by="ana", reason="x")
    with_words = {table for table, _ in await rights.seen()}

    assert {"erasure"} == with_words & HOLDS_NOTHING.keys()
