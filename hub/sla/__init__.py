"""
Clocks: `replay` folds the events of a case into its clocks. Each clock has its steps and their instants.

Pure. The fold reads the case's events in the order of their CloudEvents time, so the order of arrival
never matters: late, early and duplicate events, a stop that arrives after the breach, and a new holiday
all give the same result. Events that the hub emits itself move no clock, unless their catalogue entry
says so: inbound messages, undelivered messages, acknowledgements.
"""

from __future__ import annotations

from hub.sla.digest import (
    SUMMARY,
    DigestKey,
    digest_key,
    digests,
    is_late,
    is_overtaken,
    levels_of,
    summary_event,
)
from hub.sla.events import CHECKED, CONTEXT, EVENTS, NEWS, RESOLVED, event_id, step_event, subject_of
from hub.sla.extensions import last_day, notice_of, outcomes
from hub.sla.follow_ups import events_of, is_stale
from hub.sla.lead_check import checked_event, happens, left_in_time, with_pending, without_warning
from hub.sla.reconcile import (
    TOO_LATE,
    as_history,
    is_history,
    reconcile,
    reschedule,
    skip_past,
    with_progress,
)
from hub.sla.replay import (
    ReplayResult,
    changes_nothing,
    counts_from,
    due_of,
    moves_of,
    must_restart,
    only_ends,
    reopened_by,
    replay,
    replay_whole,
    resume,
    version_of,
)
from hub.sla.resolution import calls, ends, resolved_event
from hub.sla.schedule import schedule
from hub.sla.vacancy import already_notified, levels_from, skip_vacant_levels
