"""Acts on marked cases: what they are given is read as that of one case, before the first is done."""

from __future__ import annotations

import pytest

from hub.desk.cases.rows import CloseBody, HandOverBody
from hub.web.console.marked_cases import body_of
from hub.web.responses import Refusal

FORM = {"case:pqrs_id:PQ-1": "on", "back": "/cases", "sure": "true", "csrf": "x", "form": "f-1"}


def test_marked_cases_are_given_to_another_with_a_reason_only() -> None:
    given = body_of({**FORM, "to": "luz.mora", "reason": "Salgo hoy."}, HandOverBody)
    with pytest.raises(Refusal) as blank:
        body_of({**FORM, "to": "luz.mora", "reason": "  "}, HandOverBody)

    assert HandOverBody(to="luz.mora", reason="Salgo hoy.", form="f-1") == given
    assert 400 == blank.value.status


def test_form_without_its_name_is_closed_under_a_name_of_its_own() -> None:
    assert CloseBody(words="Listo.") == body_of({"words": "Listo."}, CloseBody)
