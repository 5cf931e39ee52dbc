"""Explanations of whether a person was notified of an event: the look is audited."""

from __future__ import annotations

from hub.desk.explain.rows import ExplainQuery, Explanation, shown
from hub.doors.operator import Operator
from hub.errors import NotExplained, SeveralEvents
from hub.operations.explain import explain as explaining
from hub.operations.explain.verdict import UNKNOWN, ExplainOutcome, Verdict


async def explain(by: Operator, query: ExplainQuery) -> Explanation:
    """Explain whether a person was notified of an event, when and by which channel, or why not."""
    verdict = await judged(by, query.event, query.person, source=query.source)
    if verdict.outcome in UNKNOWN:
        several = verdict.outcome is ExplainOutcome.SEVERAL_EVENTS
        raise (SeveralEvents if several else NotExplained)(" ".join(verdict.sentences))
    return shown(verdict)


async def judged(by: Operator, event: str, person: str, *, source: str | None = None) -> Verdict:
    """Return the verdict within reach; a question without an answer is not audited as a look."""
    verdict = await explaining.explain(by.stores.explain, event, person, source=source, places=by.places)
    if verdict.event is not None and verdict.outcome not in UNKNOWN:
        await by.audit("event.explain", f"event:{verdict.event.key}", person=person, outcome=verdict.outcome)
    return verdict
