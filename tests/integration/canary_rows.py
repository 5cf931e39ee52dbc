"""Rows with words of one person, in tables that few events lead to."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import uuid4

from hub.model import own_event
from hub.model.ids import uuid8
from hub.storage import Database
from tests.integration.test_evidence import Office

_AT: Final = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)


async def she_wishes(database: Database, person: str, name: str, note: str) -> None:
    """Keep a preference that somebody entered for her, and a mark with a note that has ended."""
    await database.rows(
        "INSERT INTO preference (person, version, at, by, way, wishes) VALUES ($1, 1, $2, $3, 'api', '{}')",
        person,
        _AT,
        f"a petición de {name}",
    )
    await database.rows(
        "INSERT INTO do_not_contact (id, person, reason, since, until, by, note, ended_at, ended_by) "
        "VALUES ($1, $2, 'contested_account', $3, NULL, 'ana', $4, $3, 'ana')",
        uuid4(),
        person,
        _AT,
        note,
    )


async def she_is_in_a_reason(database: Database, name: str) -> None:
    """Keep words of staff for colleagues: why a bulk action ran, and why a channel stands."""
    why = f"Lo pidió {name} por teléfono"
    await database.rows(
        "INSERT INTO bulk_run (id, made_at, kind, state, by, reason, chosen) "
        "VALUES ($1, $2, 'cancel', 'done', 'ana', $3, 1)",
        uuid4(),
        _AT,
        why,
    )
    await database.rows("INSERT INTO pause (subject, by, reason) VALUES ('channel:push', 'ana', $1)", why)
    await database.rows(
        "INSERT INTO saved_view (who, name, query) "
        "VALUES ('account:ana', 'Ella', jsonb_build_object('q', $1::text))",
        name,
    )


async def she_is_in_communications(database: Database, name: str) -> None:
    """Let staff have written of her to many, planned it, had it released; another system, too."""
    number, plan, said = uuid4(), uuid4(), json.dumps({"data": {"title": f"Gracias a {name}"}})
    await database.rows(
        "INSERT INTO communication (id, kind, origin, title, words, draft, by, made_at, changed_at) "
        "VALUES ($1, 'admin.circular.issued', 'desk', $2, $2, $3, 'ana', $4, $4)",
        number,
        name,
        said.encode(),
        _AT,
    )
    await database.rows(
        "INSERT INTO communication_plan (id, communication, version, made_at, state, shown) "
        "VALUES ($1, $2, 1, $3, 'ready', $4)",
        *(plan, number, _AT, said.encode()),
    )
    await database.rows(
        "INSERT INTO communication_part (plan, part, place, event_id, data, chosen, on_boards, event) "
        "VALUES ($1, 0, 'ph', 'x', $2, true, true, $3)",
        *(plan, said.encode(), said.encode()),
    )
    await database.rows(
        "WITH kept AS (INSERT INTO document (sha256, kind, size, content, fetched_at) "
        "VALUES (sha256('c'), 'application/pdf', 1, 'c', now()) RETURNING sha256) "
        "INSERT INTO communication_file (communication, place, name, sha256) "
        "SELECT $1, 0, $2, sha256 FROM kept",
        *(number, f"{name}.pdf"),
    )
    await database.rows(
        "INSERT INTO approval (communication, asked_at, asked_by, plan, digest, people, senior, ends_at, "
        "verdict, at, by, reason, shown) VALUES ($1, $2, 'ana', $3, 'd', 60, false, $2, "
        "'refused', $2, 'beto', $4, $5)",
        *(number, _AT, plan, f"Pregúntele a {name}", said.encode()),
    )
    await database.rows(
        "INSERT INTO held_event (source, event_id, key, content, communication, received_at, people, "
        "routing_key, headers, body) VALUES ('urn:x', 'h', $1, 'd', $2, $3, 60, 'x', '{}', $4)",
        *(uuid4(), number, _AT, said.encode()),
    )
    await database.rows(
        "INSERT INTO communication_model (id, name, kind, draft, by, at) "
        "VALUES ($1, $2, 'admin.circular.issued', $3, 'ana', $4)",
        *(uuid4(), f"Homenaje a {name}", said.encode(), _AT),
    )
    await database.rows(
        "INSERT INTO saved_audience (id, name, whom, by, at) VALUES ($1, $2, $3, 'ana', $4)",
        *(uuid4(), f"La familia de {name}", b"{}", _AT),
    )


async def she_is_in_notes(database: Database, name: str, words: str) -> None:
    """Keep what colleagues wrote in a case of hers, and in another's case of her."""
    for case, said in (("pqrs_id:pqrs-77", words), ("pqrs_id:other", f"La vecina {name} lo vio")):
        await database.rows(
            "INSERT INTO case_note (id, case_key, at, by, kind, words) "
            "VALUES ($1, $2, $3, 'ana', 'note', $4)",
            uuid8(datetime(1970, 1, 1, tzinfo=UTC), case, said),  # a note's id is of no month
            case,
            _AT,
            said,
        )


async def she_opens_her_page(database: Database, person: str, shown: str) -> None:
    """Keep a code that was sent, an open page, and a contact of a day."""
    now = datetime.now(UTC)
    await database.rows(
        "INSERT INTO resident_code (hash, person, digest, shown, created_at, ends_at) "
        "VALUES ('\\x01', $1, 'd', $2, $3, $4)",
        person,
        shown,
        now,
        now + _HOUR,
    )
    await database.rows(
        "INSERT INTO resident_session (hash, person, created_at, ends_at) VALUES ('\\x02', $1, $2, $3)",
        person,
        now,
        now + _HOUR,
    )
    await database.rows(
        "INSERT INTO contact_slot (person, day, message_id, channel, lease) VALUES ($1, $2, $3, 'sms', $3)",
        person,
        date(2026, 3, 9),
        uuid4(),
    )


async def she_does_not_recognise(office: Office, person: str, comment: str, *, name: str = "") -> None:
    """Take in the hub's own event that her message was reported: it names nobody by reference."""
    [message] = await office.database.rows(
        "SELECT id, event, event_id FROM message WHERE person = $1"
        " AND NOT EXISTS (SELECT FROM reported WHERE message_id = message.id) ORDER BY id LIMIT 1",
        person,
    )
    data = {
        "message_id": str(message["id"]),
        "about": message["event"],
        "about_id": message["event_id"],
        "channel": "email",
        "sent_at": _AT.isoformat(),
        "comment": comment,
        **({"person_name": name} if name else {}),
    }
    at = office.clock()
    name_of = f"unrecognised:{message['id']}"
    await office.take_in(own_event("notification.unrecognised", name_of, data, time=at))
    await office.database.rows("INSERT INTO reported (message_id, at) VALUES ($1, $2)", message["id"], _AT)


async def she_is_on_the_wall(database: Database, words: str) -> None:
    """Keep a poster that was made, with her words, of the event of her petition."""
    await database.rows(
        "INSERT INTO poster (id, event_key, event, audience, copropiedad_id, zones, urgent, hangs_until, "
        "enders, title, html, sha256, made_at) "
        "SELECT gen_random_uuid(), key, type, 0, 'ph-1', '{}', false, now() + interval '1 day', '{}', "
        "'Aviso', $1, '\\x00', now() FROM event WHERE id = 'pqrs.received-pqrs-77'",
        f"<p>{words}</p>",
    )
