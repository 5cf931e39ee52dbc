"""Receipts: their instant, the ends that they promise and their word about opening hours are of one clock."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from hub import sla
from hub.catalog import BY_NAME
from hub.rendering.filters import NBSP, fecha_corta, fecha_hora
from tests.unit.factories import POLICY, event, local
from tests.unit.test_templates import TEMPLATES, context, examples
from tests.unit.test_templates import plain as without_accents

THURSDAY: Final = local("2026-11-26 16:00")
"""When it came, within opening hours: the terms count from then."""
SATURDAY: Final = local("2026-11-28 10:00")
"""When its publisher registered it: nobody is there."""
RECEIPTS: Final = ["pqrs.received", "privacy.query.received", "privacy.claim.received"]


def said(
    name: str,
    channel: str,
    *,
    variant: str | None = None,
    came: datetime = THURSDAY,
    at: datetime = SATURDAY,
) -> str:
    data = {**examples(name)[0], "received_at": came.isoformat()}
    clocks = sla.replay("case", [event(name, data, at=at)], BY_NAME, POLICY)
    assert {came} == {clock.started_at for clock in clocks}
    reader = replace(context(name, data, due=sla.due_of(clocks)), event_time=at, leaves=at)
    words = TEMPLATES.render(name, channel, reader, variant=variant)
    return without_accents(f"{words.subject}\n{words.text}").replace(NBSP, " ")


def plain(words: str) -> str:
    return without_accents(words).replace(NBSP, " ")


@pytest.mark.parametrize("name", RECEIPTS)
@pytest.mark.parametrize("channel", ["email", "print"])
def test_receipt_names_the_instant_from_which_it_counts_and_no_other(name: str, channel: str) -> None:
    words = said(name, channel)

    assert plain(fecha_hora(THURSDAY)) in words
    assert "sabado 28" not in words
    assert "horario" not in words
    assert "Llego fuera de nuestro horario" in said(name, channel, came=SATURDAY)


@pytest.mark.parametrize("channel", ["sms", "push", "whatsapp"])
def test_short_receipts_of_a_petition_name_it_too(channel: str) -> None:
    words = said("pqrs.received", channel)
    ways = {plain(fecha_corta(THURSDAY)).rstrip("."), plain(fecha_hora(THURSDAY))}

    assert any(way in words for way in ways)
    assert "28 nov" not in words
    assert "sabado 28" not in words


def test_receipt_within_opening_hours_says_nothing_about_them() -> None:
    assert "horario" not in said("pqrs.received", "email", at=THURSDAY)


def test_missing_information_counts_from_the_instant_that_its_receipt_names() -> None:
    data = {**examples("pqrs.info_received")[0], "received_at": THURSDAY.isoformat()}
    reader = replace(
        context("pqrs.info_received", data), event_time=SATURDAY, leaves=SATURDAY + timedelta(minutes=1)
    )
    words = TEMPLATES.render("pqrs.info_received", "email", reader, variant=None).text.replace(NBSP, " ")

    assert fecha_hora(THURSDAY).replace(NBSP, " ") in words
    assert "sábado 28" not in words


@pytest.mark.parametrize("name", RECEIPTS)
def test_staff_reads_both_instants_where_they_differ(name: str) -> None:
    late, at_once = (said(name, "email", variant="staff", at=at) for at in (SATURDAY, THURSDAY))

    assert all(plain(fecha_hora(at)) in late for at in (THURSDAY, SATURDAY))
    assert [1, 0] == [len(re.findall(r"Registrado\W+sabado 28", words)) for words in (late, at_once)]
