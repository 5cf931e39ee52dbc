"""Calls after surveys: the name is shown to the caller, and to staff who may read people's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import pytest

from hub.desk.surveys.acts import list_calls
from hub.model import PropertyScope, Scope
from tests.operators import operator

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Calls:
    """A database with a call in each of two buildings."""

    async def rows(self, *_: object) -> Sequence[Mapping[str, object]]:
        return [
            {
                "id": UUID(int=number),
                "case": f"survey_id:{number}",
                "state": "open",
                "due_at": NOON,
                "copropiedad_id": place,
            }
            for number, place in enumerate(("ph-1", "ph-2"))
        ]


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        (None, ["survey_id:0", "survey_id:1"]),
        (frozenset({"ph-2"}), [None, "survey_id:1"]),
        (frozenset[str](), [None, None]),
    ],
)
async def test_case_of_a_call_is_for_who_calls_there(whose: PropertyScope, said: list[str | None]) -> None:
    by = operator(cast(Any, Calls()), reach={Scope.READ: None, Scope.OPERATE: whose})
    calls = (await list_calls(by)).items

    assert said == [call.case for call in calls]
    assert [case is None for case in said] == [call.id is None for call in calls]
    assert ["ph-1", "ph-2"] == [call.copropiedad_id for call in calls]
