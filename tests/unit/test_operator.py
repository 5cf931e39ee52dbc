"""Operators: where rows are shown whole is where the scope to read them and `privacy` meet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, cast

import pytest

from hub.desk.surveys.acts import list_surveys
from hub.desk.surveys.rows import SurveysQuery
from hub.doors.operator import Operator
from hub.errors import PrivacyNeeded
from hub.model import PropertyScope, Reach, Scope
from tests.operators import operator

A, B, C = "ph-a", "ph-b", "ph-c"
REACHES: Final[dict[str, tuple[PropertyScope, PropertyScope, PropertyScope]]] = {
    "everywhere": (None, None, None),
    "privacy in one": (None, frozenset({A}), frozenset({A})),
    "reading in one": (frozenset({A}), None, frozenset({A})),
    "both in one of two": (frozenset({A, B}), frozenset({B, C}), frozenset({B})),
}
"""Where one reads, where one has `privacy`, and where rows are whole."""


class Asked:
    """A database that has nothing, and remembers the values that it was asked with."""

    def __init__(self) -> None:
        self.values: list[object] = []

    async def rows(self, _: str, *values: object) -> list[object]:
        self.values += values
        return []


def reader(reach: Reach, database: Asked) -> Operator:
    return replace(operator(cast(Any, database), reach=reach), needs=frozenset({Scope.READ}))


@pytest.mark.parametrize("reach", REACHES.values(), ids=REACHES)
def test_rows_are_whole_where_one_reads_and_has_privacy(
    reach: tuple[PropertyScope, PropertyScope, PropertyScope],
) -> None:
    read, private, both = reach
    by = reader({Scope.READ: read, Scope.PRIVACY: private}, Asked())

    assert (read, both) == (by.places_shown(whole=False), by.places_shown(whole=True))


@pytest.mark.parametrize(("whole", "places"), [(False, [A, B]), (True, [B])])
async def test_answers_of_surveys_are_whole_where_one_has_privacy_too(
    places: list[str], *, whole: bool
) -> None:
    database = Asked()
    by = reader({Scope.READ: frozenset({A, B}), Scope.PRIVACY: frozenset({B, C})}, database)
    await list_surveys(by, SurveysQuery(whole=whole))

    assert [places] == [sorted(value) for value in database.values if isinstance(value, list)]


async def test_without_privacy_nothing_is_whole() -> None:
    by = reader({Scope.READ: None}, Asked())
    with pytest.raises(PrivacyNeeded):
        by.places_shown(whole=True)
    with pytest.raises(PrivacyNeeded):
        await list_surveys(by, SurveysQuery(whole=True))
