"""
Clocks: `replay` folds the events of a case into its clocks, each with what it will do, and when.

Pure. A late, early or duplicate event, a stop that arrives after the breach, a new holiday: all are
the same fold over the case's events in the order of their CloudEvents time, so that the order of
arrival never matters. Events that the hub emits itself move no clock, but for those whose entry in the
catalogue says so: what people write to it, what has not arrived, who has taken a matter on.
"""

from __future__ import annotations

from hub.sla.digest import SUMMARY, DigestKey, digest_key, digests, is_late, levels_of, summary_event
from hub.sla.events import CHECKED, CONTEXT, EVENTS, RESOLVED, event_id, step_event, subject_of
from hub.sla.lead_check import checked_event, happens, left_in_time, with_pending, without_warning
from hub.sla.reconcile import reconcile, reschedule, skip_past, with_progress
from hub.sla.replay import moves_of, replay
from hub.sla.resolution import calls, ends, resolved_event
from hub.sla.schedule import schedule
from hub.sla.vacancy import already_told, levels_from, skip_vacant_levels
