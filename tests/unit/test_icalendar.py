"""A calendar as its readers want it (RFC 5545): lines, escapes, instants and days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from hub.rendering.icalendar import CalendarEvent, written_calendar

NOW: Final = datetime(2026, 3, 9, 17, tzinfo=UTC)
WORDS: Final = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"), max_size=200)


def event(at: datetime | date = NOW, **words: str) -> CalendarEvent:
    return CalendarEvent(
        **{"uid": "promise-1@hub", "summary": "Vence", "where": "", "url": "https://hub.example/x", **words},
        at=at,
    )


def test_instant_is_in_utc_and_a_day_ends_before_the_next() -> None:
    text = written_calendar("Hub", [event(), event(date(2026, 3, 31))], now=NOW)

    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert 2 == text.count("BEGIN:VEVENT\r\nUID:promise-1@hub\r\nDTSTAMP:20260309T170000Z\r\n")
    assert "DTSTART:20260309T170000Z\r\n" in text
    assert "DTSTART;VALUE=DATE:20260331\r\nDTEND;VALUE=DATE:20260401\r\n" in text


@given(WORDS, WORDS)
def test_words_come_back_as_they_were_from_lines_of_75_octets(summary: str, where: str) -> None:
    text = written_calendar("Hub", [event(summary=summary, where=where)], now=NOW)
    lines = text.removesuffix("\r\n").split("\r\n")
    whole = text.replace("\r\n ", "").split("\r\n")

    assert [] == [line for line in lines if len(line.encode()) > 75 or "\n" in line]
    assert summary == _read(whole, "SUMMARY:")
    assert where == _read(whole, "LOCATION:")
    assert {"BEGIN:VEVENT"} == {line for line in whole if line.startswith("BEGIN:VE")}


def _read(lines: list[str], name: str) -> str:
    """Undo the escapes as RFC 5545 has them."""
    raw = next((line.removeprefix(name) for line in lines if line.startswith(name)), "")
    pieces = raw.split("\\\\")
    return "\\".join(one.replace("\\n", "\n").replace("\\;", ";").replace("\\,", ",") for one in pieces)
