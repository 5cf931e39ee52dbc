"""
Satisfaction (the company's policy, 8.2): recommendation, satisfaction and response to surveys. Pure.

* NPS (Reichheld, "The One Number You Need to Grow", Harvard Business Review, 2003): the share of the scores
  9 and 10 less the share of 0 to 6, from -100 to 100. Only surveys that ask about a recommendation count.
* Satisfaction index: the mean score on a scale from 0 to 100, as the American Customer Satisfaction Index
  rescales its own. All surveys count.
* Response rate: the share with an answer by now, of the surveys that were asked in the period.

Figures of few answers are left out: a small group would show who has given them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from hub.model.surveys import SurveyRecord
from hub.policy.surveys import HIGHEST
from hub.sla.indicator_rows import SurveyFigures

RECOMMENDING: Final = frozenset({"semestral", "post_servicio"})
"""Kinds of surveys that ask whether somebody would recommend the company."""
PROMOTER: Final = 9
DETRACTOR: Final = 6
"""Bounds of the NPS by its definition; who is called is the policy's own affair."""


def satisfaction(records: Iterable[SurveyRecord], *, fewest: int, name: str = "") -> SurveyFigures:
    """Return the figures of these surveys as one group."""
    known = list(records)
    asked = sum(record.asked for record in known)
    scores = [record.score for record in known if record.score is not None]
    answered = sum(record.answered for record in known)
    if 0 < max(len(scores), answered) < fewest:
        return unanswered(name, asked, few=True)
    return SurveyFigures(
        name=name,
        asked=asked,
        answers=len(scores),
        response_rate=answered / asked if asked else None,
        nps=_nps([record.score for record in known if record.kind in RECOMMENDING], fewest),
        index=100 * sum(scores) / (HIGHEST * len(scores)) if scores else None,
        few=False,
    )


def unanswered(name: str, asked: int = 0, *, few: bool = False) -> SurveyFigures:
    """Return the figures of surveys of which only is known, or shown, how many were asked."""
    return SurveyFigures(
        name=name, asked=asked, answers=None, response_rate=None, nps=None, index=None, few=few
    )


def by_group(
    records: Iterable[SurveyRecord], group: Callable[[SurveyRecord], str | None], *, fewest: int
) -> list[SurveyFigures]:
    """
    Return the figures of each group, by name; surveys without one are the group "".

    Where the hidden groups are too few in sum, the smallest of the others is hidden too: otherwise the total
    less the shown figures would give the hidden ones.
    """
    groups: dict[str, list[SurveyRecord]] = {}
    for record in records:
        groups.setdefault(group(record) or "", []).append(record)
    found = [satisfaction(groups[name], fewest=fewest, name=name) for name in sorted(groups)]
    hidden = sum(_answers(groups[figures.name]) for figures in found if figures.few)
    if 0 < hidden < fewest:
        found = _without_smallest(found)
    return found


def _without_smallest(found: Sequence[SurveyFigures]) -> list[SurveyFigures]:
    shown = [figures for figures in found if figures.answers]
    if not shown:
        return list(found)
    smallest = min(shown, key=lambda figures: (figures.answers, figures.name))
    return [unanswered(one.name, one.asked, few=True) if one is smallest else one for one in found]


def _answers(records: Iterable[SurveyRecord]) -> int:
    known = list(records)
    return max(sum(record.score is not None for record in known), sum(record.answered for record in known))


def _nps(given: Iterable[int | None], fewest: int) -> float | None:
    scores = [score for score in given if score is not None]
    if len(scores) < fewest:
        return None
    promoters = sum(score >= PROMOTER for score in scores)
    detractors = sum(score <= DETRACTOR for score in scores)
    return 100 * (promoters - detractors) / len(scores)
