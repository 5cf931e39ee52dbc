"""Pages that stay open: they hear what has changed, and are one look with all that they show."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from hub.access.actor import Actor
from hub.errors import StorageUnavailable
from hub.testing import MemoryAudit
from hub.web.live import MOST, MOST_OF_ONE, LiveChanges, LiveStream, case_of, topic_of
from hub.web.looks import AGAIN, Looks
from tests.acceptance.harness import until
from tests.contract.values import NOON

LONG = 5.0  # seconds


class Topics:
    """Topics whose marks a test changes; it counts how often each was asked for."""

    def __init__(self) -> None:
        self.marks = {"messages": 0, "clocks": 0}
        self.asked: Counter[str] = Counter()
        self.is_away = False

    def mark(self, topic: str) -> Callable[[], Awaitable[object]]:
        async def asked() -> object:
            self.asked[topic] += 1
            if self.is_away:
                raise StorageUnavailable("PostgreSQL is away")
            return self.marks[topic]

        return asked

    def changes(self) -> LiveChanges:
        return LiveChanges({topic: self.mark(topic) for topic in self.marks}, every=0.01)

    async def asked_again(self, topic: str) -> None:
        """Wait until a look has begun and ended that knows the marks of now."""
        wanted = self.asked[topic] + 2
        await until(lambda: self.asked[topic] >= wanted, f"two looks at {topic}")


async def test_page_hears_what_has_changed_and_nothing_else() -> None:
    topics = Topics()
    changes = topics.changes()
    async with (
        changes.open(frozenset({"messages"})) as messages,
        changes.open(frozenset({"clocks"})) as clocks,
    ):
        await topics.asked_again("clocks")
        topics.marks["messages"] += 1

        assert await messages.next(LONG) == ["messages"]
        assert await clocks.next(0.05) == []
    await changes.aclose()


async def test_page_hears_what_changes_right_after_it_was_opened() -> None:
    topics = Topics()
    changes = LiveChanges({topic: topics.mark(topic) for topic in topics.marks}, every=0.2)
    async with changes.open(frozenset({"clocks"})):
        await until(lambda: topics.asked["clocks"] >= 2, "the first look")
        async with changes.open(frozenset({"messages"})) as messages:
            topics.marks["messages"] += 1

            assert await messages.next(LONG) == ["messages"]
    await changes.aclose()


async def test_page_of_a_case_hears_of_that_case_alone() -> None:
    seen = {"pqrs_id:1": 0, "pqrs_id:2": 0}

    async def of_case(case: str) -> object:
        return seen[case]

    changes = LiveChanges({}, of_case=of_case, every=0.01)
    async with (
        changes.open(frozenset({topic_of("pqrs_id:1")})) as first,
        changes.open(frozenset({topic_of("pqrs_id:2")})) as second,
    ):
        seen["pqrs_id:1"] += 1

        assert await first.next(LONG) == ["case:pqrs_id%3A1"]
        assert await second.next(0.05) == []
    await changes.aclose()


async def test_page_hears_at_once_whether_its_case_has_changed_since_it_was_made() -> None:
    seen = {"pqrs_id:1": (1, None)}

    async def of_case(case: str) -> object:
        return seen[case]

    topic = topic_of("pqrs_id:1")
    changes = LiveChanges({}, of_case=of_case, every=60)
    stood = await changes.stands(topic)
    async with changes.open(frozenset({topic}), stood=stood) as same:
        assert await same.next(0.05) == []
    seen["pqrs_id:1"] = (2, None)
    async with changes.open(frozenset({topic}), stood=stood) as other:
        assert await other.next(0.05) == [topic]
    await changes.aclose()

    assert await changes.stands("") == ""


async def test_page_of_several_topics_that_stand_as_they_stood_is_left_alone() -> None:
    topics = Topics()
    changes = LiveChanges({topic: topics.mark(topic) for topic in topics.marks}, every=60)
    stood = await changes.stands(*topics.marks)
    async with changes.open(frozenset(topics.marks), stood=stood) as same:
        assert await same.next(0.05) == []
    topics.marks["clocks"] += 1
    async with changes.open(frozenset(topics.marks), stood=stood) as other:
        assert await other.next(0.05) == ["clocks", "messages"]
    await changes.aclose()


async def test_page_whose_case_cannot_be_asked_for_loads_itself_again() -> None:
    async def of_case(_: str) -> object:
        raise StorageUnavailable("PostgreSQL is away")

    topic = topic_of("pqrs_id:1")
    changes = LiveChanges({}, of_case=of_case, every=60)
    async with changes.open(frozenset({topic}), stood="abc") as stream:
        assert await stream.next(0.05) == [topic]
    await changes.aclose()


def test_topic_of_a_case_has_its_key_unless_that_is_too_long() -> None:
    assert case_of(topic_of("pqrs_id:PQ/1 ñ")) == "pqrs_id:PQ/1 ñ"
    assert topic_of("x" * 300) == ""
    assert case_of("messages") is None


async def test_topics_of_no_open_page_are_not_asked_for() -> None:
    topics = Topics()
    changes = topics.changes()
    async with changes.open(frozenset({"clocks"})):
        await topics.asked_again("clocks")
    await changes.aclose()

    assert topics.asked["messages"] == 0


async def test_look_ends_with_the_last_page() -> None:
    topics = Topics()
    changes = topics.changes()
    async with changes.open(frozenset({"clocks"})):
        await topics.asked_again("clocks")

    await until(lambda: all(task.get_name() != "live changes" for task in asyncio.all_tasks()), "the end")


async def test_page_goes_on_after_an_outage() -> None:
    topics = Topics()
    changes = topics.changes()
    async with changes.open(frozenset({"messages"})) as messages:
        await topics.asked_again("messages")
        topics.is_away = True
        await topics.asked_again("messages")
        topics.marks["messages"] += 1
        topics.is_away = False

        assert await messages.next(LONG) == ["messages"]
    await changes.aclose()


async def test_closed_stream_returns_at_once() -> None:
    changes = Topics().changes()
    async with changes.open(frozenset({"messages"})) as stream:
        await changes.aclose()

        assert await stream.next(LONG) == []
        assert not stream.is_open


async def test_process_serves_a_bounded_number_of_pages() -> None:
    changes = Topics().changes()
    async with asyncio.timeout(LONG):
        streams = [changes.open(frozenset({"messages"})) for _ in range(MOST)]
        for stream in streams:
            await stream.__aenter__()

        assert changes.is_full

        for stream in streams:
            await stream.__aexit__(None, None, None)
    await changes.aclose()


async def test_one_caller_has_some_streams_and_the_next_ends_the_oldest() -> None:
    changes = Topics().changes()
    async with AsyncExitStack() as stack:

        async def opened(who: str) -> LiveStream:
            return await stack.enter_async_context(changes.open(frozenset({"messages"}), who=who))

        first, other = await opened("account:ana"), await opened("account:eva")
        rest = [await opened("account:ana") for _ in range(MOST_OF_ONE)]

        assert not first.is_open
        assert other.is_open
        assert all(stream.is_open for stream in rest)
    await changes.aclose()


async def test_change_before_the_first_look_at_a_topic_is_heard() -> None:
    """A page may open while others are looked at: its own topics have no mark yet."""
    topics = Topics()
    changes = topics.changes()
    async with changes.open(frozenset({"messages"})):
        await topics.asked_again("messages")
        async with changes.open(frozenset({"clocks"})) as late:
            topics.marks["clocks"] += 1

            assert await late.next(LONG) == ["clocks"]
    await changes.aclose()


class OpenPage:
    """An open page that asks by itself."""

    def __init__(self) -> None:
        self._looks = Looks(lambda: 0.0)

    def repeats(self, look: tuple[object, ...]) -> bool:
        return not self._looks.is_new(look)

    def put(self, look: tuple[object, ...]) -> None:
        self._looks.put(look)


async def test_look_at_another_person_or_at_more_of_one_is_another_look() -> None:
    notes = MemoryAudit()
    by = Actor(who="account:ana", notes=notes, now=NOON, looks=OpenPage())
    for person, whole in (("p-1", False), ("p-1", False), ("p-2", False), ("p-1", True)):
        await by.note_look("case.show", "case:1", person=person, whole=whole)

    assert [("p-1", False), ("p-2", False), ("p-1", True)] == [
        (row.person, row.detail["whole"]) for row in notes.rows
    ]


def test_same_look_is_new_again_after_a_while() -> None:
    now = 0.0
    looks = Looks(lambda: now)
    first = looks.is_new(("ana", "case.show", "case:1"))
    looks.put(("ana", "case.show", "case:1"))
    soon, other = looks.is_new(("ana", "case.show", "case:1")), looks.is_new(("eva", "case.show", "case:1"))
    now = AGAIN

    assert (True, False, True) == (first, soon, other)
    assert looks.is_new(("ana", "case.show", "case:1"))


def test_what_is_remembered_of_looks_is_bounded() -> None:
    looks = Looks(lambda: 0.0)
    for number in range(10_001):
        looks.put((number,))

    assert looks.is_new((0,))
    assert not looks.is_new((1,))
