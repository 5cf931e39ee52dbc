"""A page that stays open is one look, not one with each change that it shows."""

from __future__ import annotations

from hub.web.looks import AGAIN, Looks


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
