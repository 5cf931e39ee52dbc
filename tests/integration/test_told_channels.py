"""The names of delivery's channels in PostgreSQL."""

from hub.storage import Database, PostgresToldChannels


async def test_of_several_deliveries_the_last_one_counts_and_a_repeat_writes_nothing(
    opened: Database,
) -> None:
    store, seen = PostgresToldChannels(opened), []
    for names in ([], ["email", "inbox"], ["inbox"], ["inbox"]):
        if names:
            await store.tell(names)
        rows = await opened.rows("SELECT xmin::text AS version FROM told_channels")
        seen.append((list(await store.told()), [row["version"] for row in rows]))

    nothing, first, second, repeat = seen
    assert ([], []) == nothing
    assert (["email", "inbox"], ["inbox"]) == (first[0], second[0])
    assert first != second == repeat
