"""The API of events, messages, cases and promises: a section of the route table."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs

from hub.desk.dead_letters.rows import Settled
from hub.doors.act import PUBLISH, Where
from hub.intake.dry_run_schemas import DryRun
from hub.model.audiences import UnreachedRow
from hub.model.bulk import BulkItem, BulkRun
from hub.model.letters import HandedOver
from hub.model.message_rows import MessageRow, MessageWhole
from hub.model.pages import page_of
from hub.operations.bulk.plan import BulkPlan
from hub.operations.bulk.runs import BulkReport
from hub.operations.cases.acts import CaseTaken
from hub.operations.cases.listing import CaseRow
from hub.operations.cases.lookup import CaseChoices
from hub.operations.cases.schemas import CaseThreadAnswer
from hub.operations.causes import CauseList
from hub.operations.evidence import EvidenceRow
from hub.operations.indicators import Indicators
from hub.operations.now import NowAnswer
from hub.operations.recipients import Recipients
from hub.operations.redrive import RedrivenOne
from hub.web.api import (
    bounces,
    bulk,
    cases,
    constancias,
    dead_letters,
    events,
    indicators,
    messages,
    now,
    recipients,
    summary,
)
from hub.web.api.answers import ACTED, CONSTANCIA, MARKED, TOO_LATE
from hub.web.route import Route, operate, operate_company, read, read_private
from hub.web.schemas import intake
from hub.web.schemas.bulk import BulkCancelled
from hub.web.schemas.common import Problem, list_of

_POST: Final = hdrs.METH_POST
_EVENTS: Final = {
    200: DryRun,
    202: intake.EventsAnswer,
    400: Problem,
    409: intake.EventsRefused,
    413: Problem,
    415: Problem,
    422: intake.EventsRefused,
    503: intake.EventsUnfinished,
}
_CASE: Final = {200: CaseThreadAnswer, 300: CaseChoices, 404: Problem}
_TAKEN: Final = {200: CaseTaken, 409: Problem}
_BULK: Final = {200: BulkPlan, 201: BulkRun, 404: Problem}
_MENDED: Final = {200: Settled, **TOO_LATE, 413: Problem, 422: Problem}

MESSAGES: Final[tuple[Route, ...]] = (
    Route(
        "/api/events", events.receive, method=_POST, needs=PUBLISH, where=Where.EVERYWHERE, answers=_EVENTS
    ),
    # Messages and promises.
    read("/api/messages", messages.list_messages, answers={200: page_of(MessageRow)}),
    read("/api/messages/causes", messages.list_causes, answers={200: CauseList}),
    read("/api/messages/{id}", messages.show_message, answers={200: MessageWhole}),
    read_private("/api/messages/{id}/evidence", messages.show_evidence, answers={200: list_of(EvidenceRow)}),
    read("/api/cases", cases.list_cases, answers={200: page_of(CaseRow)}),
    read("/api/cases/{key}", cases.show_case, answers=_CASE),
    operate("/api/cases/{key}/close", cases.close_case, answers=ACTED),
    operate("/api/cases/{key}/take-on", cases.take_case, answers=_TAKEN),
    operate("/api/cases/{key}/release", cases.release_case, answers=_TAKEN),
    read_private(
        "/api/cases/{key}/constancia",
        constancias.case_constancia,
        answers={**CONSTANCIA, 300: CaseChoices, 404: Problem},
    ),
    operate("/api/messages/redrive", messages.redrive, answers=_BULK),
    operate("/api/messages/cancel", messages.cancel_messages, answers=_BULK),
    operate("/api/messages/{id}/redrive", messages.redrive_message, answers={200: RedrivenOne, **TOO_LATE}),
    operate("/api/messages/{id}/cancel", messages.cancel_message, answers=MARKED),
    operate("/api/messages/{id}/bounced", bounces.confirm, answers={200: HandedOver}),
    operate("/api/messages/{id}/arrived", bounces.dismiss, answers={200: HandedOver}),
    read("/api/events/{key}/recipients", recipients.list_recipients, answers={200: Recipients, 404: Problem}),
    read("/api/bulk", bulk.list_bulk, answers={200: page_of(BulkRun)}),
    operate("/api/bulk", bulk.start_bulk, answers=_BULK),
    read("/api/bulk/{id}", bulk.show_bulk, answers={200: BulkReport}),
    read("/api/bulk/{id}/items", bulk.list_bulk_items, answers={200: page_of(BulkItem)}),
    operate("/api/bulk/{id}/cancel", bulk.cancel_bulk, answers={200: BulkCancelled}),
    read("/api/indicators", indicators.show, answers={200: Indicators}),
    # Events that could not be accepted, or do not reach everybody.
    operate_company("/api/dead/{id}/mend", dead_letters.mend_dead, method=_POST, answers=_MENDED),
    read("/api/now", now.show_now, answers={200: NowAnswer}),
    read("/api/unreached", summary.list_unreached, answers={200: page_of(UnreachedRow)}),
)
