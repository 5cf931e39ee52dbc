"""Nouns: the table of the desk. It is the list of all that people at the company can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.desk.accounts.noun import NOUN as ACCOUNTS
from hub.desk.audiences.noun import NOUN as AUDIENCES
from hub.desk.audit.noun import NOUN as AUDIT
from hub.desk.buildings.noun import NOUN as BUILDINGS
from hub.desk.bulk.noun import NOUN as BULK
from hub.desk.calendar.noun import NOUN as CALENDAR
from hub.desk.cases.noun import NOUN as CASES
from hub.desk.cases.noun import REPLIES
from hub.desk.channels.noun import NOUN as CHANNELS
from hub.desk.clocks.noun import NOUN as CLOCKS
from hub.desk.communications.noun import APPROVALS
from hub.desk.communications.noun import NOUN as COMMUNICATIONS
from hub.desk.dead_letters.noun import NOUN as DEAD_LETTERS
from hub.desk.exclusions.noun import NOUN as EXCLUSIONS
from hub.desk.explain.noun import NOUN as EXPLAIN
from hub.desk.genuine.noun import NOUN as GENUINE
from hub.desk.imports.noun import NOUN as IMPORTS
from hub.desk.indicators.noun import NOUN as INDICATORS
from hub.desk.keys.noun import NOUN as KEYS
from hub.desk.letters.noun import BATCHES
from hub.desk.letters.noun import NOUN as LETTERS
from hub.desk.messages.noun import BOUNCES, RECALLS
from hub.desk.messages.noun import NOUN as MESSAGES
from hub.desk.models.noun import NOUN as MODELS
from hub.desk.people.noun import NOUN as PEOPLE
from hub.desk.posters.noun import NOUN as POSTERS
from hub.desk.preferences.noun import NOUN as PREFERENCES
from hub.desk.registrations.noun import NOUN as REGISTRATIONS
from hub.desk.rights.noun import NOUN as RIGHTS
from hub.desk.search.noun import NOUN as SEARCH
from hub.desk.suppressions.noun import NOUN as SUPPRESSIONS
from hub.desk.suppressions.noun import OPT_OUTS
from hub.desk.surveys.noun import NOUN as SURVEYS
from hub.desk.tasks.noun import NOUN as TASKS
from hub.desk.views.noun import NOUN as VIEWS
from hub.desk.webhooks.noun import NOUN as WEBHOOKS
from hub.desk.webhooks.noun import RESULTS
from hub.doors.act import Noun

NOUNS: Final[tuple[Noun, ...]] = (
    ACCOUNTS,
    APPROVALS,
    AUDIENCES,
    AUDIT,
    BUILDINGS,
    BULK,
    CALENDAR,
    CASES,
    CHANNELS,
    CLOCKS,
    COMMUNICATIONS,
    DEAD_LETTERS,
    EXCLUSIONS,
    EXPLAIN,
    GENUINE,
    IMPORTS,
    INDICATORS,
    KEYS,
    BATCHES,
    LETTERS,
    MESSAGES,
    BOUNCES,
    RECALLS,
    MODELS,
    PEOPLE,
    POSTERS,
    PREFERENCES,
    REGISTRATIONS,
    REPLIES,
    RIGHTS,
    SEARCH,
    SUPPRESSIONS,
    OPT_OUTS,
    SURVEYS,
    TASKS,
    VIEWS,
    WEBHOOKS,
    RESULTS,
)
AUDITED: Final[Mapping[str, str]] = {word: means for noun in NOUNS for word, means in noun.audited.items()}
"""Words of the audit that nouns write → what they mean, in Spanish."""
