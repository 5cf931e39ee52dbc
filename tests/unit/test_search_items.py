"""Found things in Spanish: what a list says of each."""

from __future__ import annotations

import pytest

from hub.desk.search import items_es
from hub.ports.cases import KnownCase


@pytest.mark.parametrize(
    ("key", "detail"),
    [("pqrs_id:PQ-2026-7", "PQ-2026-7"), ("thread_id:de-59df0a7be1c2d3e4f5a6b7c8", "")],
    ids=["a petition", "what somebody wrote"],
)
def test_case_without_radicado_has_only_a_number_that_people_read(key: str, detail: str) -> None:
    assert detail == items_es.case(KnownCase(case=key, alone=True), words=True).detail
