"""The page of a promise: it can be taken on once for each level."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model import ClockHistory
from hub.model.clocks import Acknowledgement
from hub.web.console.clock_page import why_not
from tests.contract.values import clock, now


@pytest.mark.parametrize(
    ("level", "taken", "offered"), [(2, (), True), (2, (2,), False), (3, (2,), True), (1, (), False)]
)
def test_promise_is_taken_on_once_for_each_level(level: int, taken: tuple[int, ...], offered: bool) -> None:
    held = tuple(Acknowledgement(level=one, at=now(), by="account:ana") for one in taken)
    promise = replace(clock(level=level, name="first_reply"), course=ClockHistory(acknowledged=held))

    assert offered == (why_not(promise) is None)
