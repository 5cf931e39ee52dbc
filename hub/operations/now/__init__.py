"""What an operator sees first: what is wrong, whom it touches, what to press; then how much the hub does."""

from hub.operations.now.headline import Headline, Matter, Situation, headline, matters
from hub.operations.now.read import Activity, NowDeps, activity_of, situation_of

__all__ = [
    "Activity",
    "Headline",
    "Matter",
    "NowDeps",
    "Situation",
    "activity_of",
    "headline",
    "matters",
    "situation_of",
]
