"""The first page of an operator: faults, affected people and remedies; then the activity of the hub."""

from hub.operations.now.answer import Activity, NowAnswer, answer_of
from hub.operations.now.headline import Headline, headline, matters
from hub.operations.now.matter import Matter, Urgency
from hub.operations.now.situation import Situation

__all__ = [
    "Activity",
    "Headline",
    "Matter",
    "NowAnswer",
    "Situation",
    "Urgency",
    "answer_of",
    "headline",
    "matters",
]
