"""The first page of an operator: faults, affected people and remedies; then the activity of the hub."""

from hub.operations.now.answer import NowAnswer, answer_of
from hub.operations.now.headline import Headline, Matter, Situation, headline, matters
from hub.operations.now.read import HOUR, Activity, NowDeps, activity_of, situation_of

__all__ = [
    "HOUR",
    "Activity",
    "Headline",
    "Matter",
    "NowAnswer",
    "NowDeps",
    "Situation",
    "activity_of",
    "answer_of",
    "headline",
    "matters",
    "situation_of",
]
