"""Prometheus gauges of surveys, of the last 90 days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from prometheus_client import Metric

from hub.model import Period
from hub.model.surveys import SurveyRecord
from hub.sla.indicator_rows import SurveyFigures
from hub.sla.satisfaction import by_group, satisfaction
from hub.storage import PostgresSurveys
from hub.web.monitoring.gauges import gauge_of
from hub.web.monitoring.remembered import Remembered

_BACK: Final = timedelta(days=90)
_FRESH: Final = 300.0
"""Seconds: answers come some in an hour, and the query reads a quarter of a year."""
AREAS: Final = ("administracion", "contabilidad", "inmobiliaria", "conserjeria", "mantenimiento")
OTHER: Final = "other"
ALL: Final = "all"
"""Labels are bounded: a publisher may give an area any name."""
PLACES: Final = 500
"""Copropiedades with figures of their own, those with most surveys; more would slow Prometheus."""
GAUGES: Final = {
    "hub_survey_nps": ("net promoter score, from -100 to 100", "nps"),
    "hub_survey_satisfaction": ("mean score, from 0 to 100", "index"),
    "hub_survey_response_ratio": ("share of the surveys that have an answer", "response_rate"),
}


class SurveyGauges:
    """The gauges, cached for five minutes. Groups with too few answers have none."""

    def __init__(self, store: PostgresSurveys, *, fewest: int, now: Callable[[], datetime]) -> None:
        self._store, self._fewest, self._now = store, fewest, now
        self._known: Remembered[None, Sequence[Metric]] = Remembered(fresh=_FRESH)

    async def get(self) -> Sequence[Metric]:
        """Return the gauges. May raise Unavailable."""
        return await self._known.get(None, self._read)

    async def _read(self) -> Sequence[Metric]:
        now = self._now()
        records = await self._store.records(Period(since=now - _BACK, until=now))
        groups = list(_groups(records, self._fewest))
        return [
            gauge_of(
                name,
                f"{words}, by area of the company or by copropiedad, of 90 days",
                ["area", "copropiedad"],
                [(labels, value) for labels, group in groups if (value := getattr(group, field)) is not None],
            )
            for name, (words, field) in GAUGES.items()
        ]


def _groups(records: Sequence[SurveyRecord], fewest: int) -> Iterator[tuple[Sequence[str], SurveyFigures]]:
    """Yield the figures of all, of each area and of each copropiedad, with their labels."""
    yield (ALL, ALL), satisfaction(records, fewest=fewest)
    for group in by_group(records, _area, fewest=fewest):
        yield (group.name, ALL), group
    count = Counter(record.copropiedad_id for record in records if record.copropiedad_id)
    known = {place for place, _ in count.most_common(PLACES)}
    for group in by_group(records, lambda record: _place(record, known), fewest=fewest):
        yield (ALL, group.name), group


def _place(record: SurveyRecord, known: Collection[str]) -> str:
    place = record.copropiedad_id
    return place if place is not None and place in known else OTHER


def _area(record: SurveyRecord) -> str:
    return record.service_area if record.service_area in AREAS else OTHER
