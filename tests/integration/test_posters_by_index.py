"""Queries of the page of posters every few seconds never go through those of all years."""

from __future__ import annotations

from typing import Final

import asyncpg
import pytest

from hub.desk.posters.queries import statement_of
from hub.model.posters import PosterState
from hub.storage import Database

_OLD: Final = """
INSERT INTO poster (id, created_at, event_key, event, audience, copropiedad_id, zones, urgent, hangs_until,
                    enders, printed_at, taken_down_at)
SELECT gen_random_uuid(), at, gen_random_uuid(), 'policy.updated', 0, 'ph-1', '{}', false,
       at + interval '9 days', '{}', printed, printed
FROM generate_series(1, 4000) AS number
CROSS JOIN LATERAL (SELECT now() - number * interval '1 day' AS at) AS past
CROSS JOIN LATERAL (SELECT CASE WHEN number % 2 = 0 THEN at END AS printed) AS work
"""


@pytest.mark.parametrize(
    ("state", "index"),
    [
        (PosterState.TO_PRINT, "poster_unprinted"),
        (PosterState.PRINTED, "poster_printed"),
        (PosterState.HUNG, "poster_printed"),
        (PosterState.TO_TAKE_DOWN, "poster_printed"),
    ],
)
async def test_a_list_of_few_posters_goes_by_their_index(
    opened: Database, database: str, state: PosterState, index: str
) -> None:
    await opened.rows(_OLD)
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("ANALYZE poster")
        # As the hub's own statements are planned once they have been asked often: for any arguments.
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        types = "timestamptz, uuid, bigint, text[], text, text"
        await connection.execute(f"PREPARE look ({types}) AS {statement_of(state)}")
        given = f"now(), gen_random_uuid(), 50, NULL, NULL, '{state}'"
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE look ({given})"))
    finally:
        await connection.close()

    assert index in plan
    assert "Seq Scan on poster" not in plan
