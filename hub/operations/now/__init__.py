"""The first page of an operator: faults, affected people and remedies; then the activity of the hub."""

from hub.operations.now.answer import NowAnswer, answer_of
from hub.operations.now.headline import Headline, headline, matters
from hub.operations.now.matter import Matter, Urgency
from hub.operations.now.read import HOUR, Activity, NowDeps, activity_of, situation_of
from hub.operations.now.situation import Situation

__all__ = [
    "HOUR",
    "Activity",
    "Headline",
    "Matter",
    "NowAnswer",
    "NowDeps",
    "Situation",
    "Urgency",
    "activity_of",
    "answer_of",
    "headline",
    "matters",
    "situation_of",
]
