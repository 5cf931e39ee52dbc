"""A page that stays open is one look, not one with each change that it shows."""

from __future__ import annotations

from hub.access.actor import Actor
from hub.testing import MemoryAudit
from hub.web.looks import AGAIN, Looks
from tests.contract.values import NOON


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
