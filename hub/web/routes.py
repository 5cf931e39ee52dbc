"""Every route of the hub in one table: handler, required scopes, and the shapes of its API."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from typing import Final

from aiohttp import hdrs, web

from hub.access.account_rows import AccountMade, AccountRow
from hub.access.document_tokens import PATH as DOCUMENT_PATH
from hub.access.grant_keys import KeyMade, KeyRow
from hub.access.poster_links import PATH as POSTER_PATH
from hub.channels.registry import CALLBACKS, INBOUND
from hub.channels.sms.hooks import RECEIPTS, REPLIES
from hub.channels.whatsapp.reports import HOOK as WHATSAPP_HOOK
from hub.inbound.unsubscribe import PATH as UNSUBSCRIBE_PATH
from hub.intake.dry_run_answer import DryRun
from hub.model.bulk import BulkItem, BulkRun
from hub.model.letters import LetterBuilding, PrintBatch
from hub.model.preferences import PreferencesWhole
from hub.operations.audience import AudienceMeant
from hub.operations.bulk.plan import BulkPlan
from hub.operations.bulk.runs import BulkReport
from hub.operations.cancel import CancelAnswer
from hub.operations.cases.acts import CaseActed, CaseTaken
from hub.operations.cases.listing import CaseRow
from hub.operations.cases.lookup import CaseChoices
from hub.operations.cases.replies import ReplyTask
from hub.operations.cases.schemas import CaseThreadAnswer
from hub.operations.causes import CauseList
from hub.operations.channels import ChannelRow, PauseRow, PauseWhole
from hub.operations.clocks.schemas import ClockExplained, ClockPage
from hub.operations.dead_letters import DeadRow, DeadWhole, ReplayAnswer, Settled
from hub.operations.erase_person import ErasureReport
from hub.operations.evidence import EvidenceRow
from hub.operations.exclusions import ExclusionListRow
from hub.operations.explain.explain import Explanation
from hub.operations.gallery import TemplatePreview, TemplateRow
from hub.operations.genuine import GenuineRow
from hub.operations.incidents import IncidentPage
from hub.operations.indicators import Indicators
from hub.operations.pause import Paused, Resumed
from hub.operations.people_list import PeoplePage
from hub.operations.person_export.schemas import PersonExport
from hub.operations.person_overview import PersonOverview
from hub.operations.recipients import Recipients
from hub.operations.rectify_person import Claim
from hub.operations.redrive import RedrivenAnswer, RedrivenOne
from hub.operations.results import SubscriptionRow
from hub.operations.search.schemas import SearchAnswer
from hub.operations.start_survey import SurveyStarted
from hub.operations.survey_list import CallRow, SurveyListPage
from hub.operations.webhooks import WebhookAnswer, WebhookMade, WebhookRow, WebhookSecret
from hub.sla.ack_links import PATH as ACK_PATH
from hub.sla.acknowledge import AckResult
from hub.web.api import (
    accounts,
    api_keys,
    batches,
    bounces,
    bulk,
    cases,
    clocks,
    constancias,
    dead_letters,
    directory,
    events,
    exclusions,
    explain,
    genuine,
    inbox,
    indicators,
    letters,
    messages,
    pauses,
    people_list,
    person_rights,
    posters,
    preferences,
    recipients,
    replies,
    results,
    search,
    summary,
    surveys,
    templates,
    webhooks,
)
from hub.web.console import console, own_account, own_inbox, second_factor, second_step, sign_in
from hub.web.console.own_line import in_shell
from hub.web.console.routes import CONSOLE
from hub.web.documents import serve
from hub.web.hooks import (
    acknowledge_link,
    genuine_page,
    linked_document,
    poster_page,
    sms,
    survey_page,
    twilio,
    unsubscribe,
    whatsapp,
)
from hub.web.monitoring import health, metrics
from hub.web.requests import adapted
from hub.web.residents import code_page, message_page, own_page
from hub.web.route import ADMIN, INBOX, OPERATE, PRIVACY, PUBLISH, READ, SIGNED_IN, TABLE, Route, Where
from hub.web.schemas import common, intake, people
from hub.web.schemas import inbox as boxes
from hub.web.schemas import preferences as marks
from hub.web.schemas.bulk import BulkCancelled
from hub.web.schemas.common import Problem, list_of, page_of

_DELETE: Final = hdrs.METH_DELETE
_POST: Final = hdrs.METH_POST
_PUT: Final = hdrs.METH_PUT

_read: Final = partial(Route, needs=READ, where=Where.PLACES)
_read_company: Final = partial(Route, needs=READ, where=Where.COMPANY)
_read_private: Final = partial(Route, needs=PRIVACY, where=Where.PLACES)
_right: Final = partial(Route, method=_POST, needs=PRIVACY, where=Where.EVERYWHERE)
_operate: Final = partial(Route, method=_POST, needs=OPERATE, where=Where.PLACES)
_operate_company: Final = partial(Route, needs=OPERATE, where=Where.EVERYWHERE)
_list_keys: Final = partial(Route, needs=ADMIN, where=Where.EVERYWHERE)
_change_keys: Final = partial(Route, method=_POST, needs=ADMIN, where=Where.EVERYWHERE)
_list_accounts: Final = partial(Route, needs=ADMIN, where=Where.PLACES)
_change_accounts: Final = partial(Route, method=_POST, needs=ADMIN, where=Where.PLACES)
_signed_in: Final = partial(Route, needs=SIGNED_IN, where=Where.COMPANY)
_own_inbox: Final = partial(Route, needs=INBOX, where=Where.PERSON)
_open: Final = partial(Route, needs=None)
_linked: Final = partial(Route, needs=None, head=True)
"""A page behind a link of a message."""

_EVENTS: Final = {
    200: DryRun,
    202: intake.EventsAnswer,
    400: Problem,
    413: Problem,
    415: Problem,
    422: intake.EventsRefused,
    503: intake.EventsUnfinished,
}
_ACCOUNT: Final = {200: AccountRow}
_CONSTANCIA: Final = {200: common.Archive, 413: Problem}
_CASE: Final = {200: CaseThreadAnswer, 300: CaseChoices, 404: Problem}
_ACTED: Final = {200: CaseActed, 409: Problem}
_TAKEN: Final = {200: CaseTaken, 409: Problem}
_SETTLED: Final = {200: Settled}
_SETTLED_LIST: Final = {200: list_of(Settled)}
_TOO_LATE: Final = {409: Problem}
_MENDED: Final = {**_SETTLED, **_TOO_LATE, 413: Problem, 422: Problem}
_PREFERENCES: Final = {200: PreferencesWhole}
_MARKED: Final = {200: common.HandedOver, **_TOO_LATE}
_WRITTEN: Final = {200: people.Written, **_TOO_LATE}

_OWN: Final = (
    _signed_in(own_account.ACCOUNT, own_account.show),
    _signed_in(own_account.ACCOUNT, own_account.change, method=_POST, form=True),
    _signed_in(own_account.SECOND_FACTOR, second_factor.show),
    _signed_in(own_account.SECOND_FACTOR, second_factor.enrol, method=_POST, form=True),
    _signed_in(second_factor.RECOVERY_CODES, second_factor.renew, method=_POST, form=True),
    _signed_in(own_inbox.INBOX, own_inbox.show),
    _signed_in(own_inbox.INBOX, own_inbox.act, method=_POST, form=True),
    _signed_in(own_inbox.INBOX + "/{id}", own_inbox.show_item),
)
"""Pages of who has signed in, whatever their scopes."""

ROUTES: Final[tuple[Route, ...]] = (
    Route(
        "/api/events", events.receive, method=_POST, needs=PUBLISH, where=Where.EVERYWHERE, answers=_EVENTS
    ),
    # Messages and promises.
    _read("/api/messages", messages.list_messages, answers={200: page_of(common.MessageRow)}),
    _read("/api/messages/causes", messages.list_causes, answers={200: CauseList}),
    _read("/api/messages/{id}", messages.show_message, answers={200: common.MessageWhole}),
    _read_private("/api/messages/{id}/evidence", messages.show_evidence, answers={200: list_of(EvidenceRow)}),
    _read("/api/search", search.find, answers={200: SearchAnswer}),
    _read("/api/explain", explain.explain, answers={200: Explanation, 404: Problem}),
    _read("/api/genuine/{code}", genuine.show_genuine, answers={200: list_of(GenuineRow), 404: Problem}),
    _read("/api/cases", cases.list_cases, answers={200: page_of(CaseRow)}),
    _read("/api/cases/{key}", cases.show_case, answers=_CASE),
    _operate("/api/cases/{key}/reply", cases.reply_to_case, answers=_ACTED),
    _operate("/api/cases/{key}/close", cases.close_case, answers=_ACTED),
    _operate("/api/cases/{key}/take-on", cases.take_case, answers=_TAKEN),
    _operate("/api/cases/{key}/release", cases.release_case, answers=_TAKEN),
    _read_private(
        "/api/cases/{key}/constancia",
        constancias.case_constancia,
        answers={**_CONSTANCIA, 300: CaseChoices, 404: Problem},
    ),
    _operate("/api/messages/redrive", messages.redrive, answers={200: RedrivenAnswer}),
    _operate("/api/messages/cancel", messages.cancel_messages, answers={200: CancelAnswer}),
    _operate("/api/messages/{id}/redrive", messages.redrive_message, answers={200: RedrivenOne, **_TOO_LATE}),
    _operate("/api/messages/{id}/cancel", messages.cancel_message, answers=_MARKED),
    _operate("/api/messages/{id}/bounced", bounces.confirm, answers={200: common.HandedOver}),
    _operate("/api/messages/{id}/arrived", bounces.dismiss, answers={200: common.HandedOver}),
    _read(
        "/api/events/{key}/recipients", recipients.list_recipients, answers={200: Recipients, 404: Problem}
    ),
    _read("/api/bulk", bulk.list_bulk, answers={200: page_of(BulkRun)}),
    _operate("/api/bulk", bulk.start_bulk, answers={200: BulkPlan, 201: BulkRun, 404: Problem}),
    _read("/api/bulk/{id}", bulk.show_bulk, answers={200: BulkReport}),
    _read("/api/bulk/{id}/items", bulk.list_bulk_items, answers={200: page_of(BulkItem)}),
    _operate("/api/bulk/{id}/cancel", bulk.cancel_bulk, answers={200: BulkCancelled}),
    _read("/api/clocks", clocks.list_clocks, answers={200: ClockPage}),
    _read("/api/clocks/{id}", clocks.show_clock, answers={200: ClockExplained}),
    _operate("/api/clocks/{id}/acknowledge", clocks.acknowledge, answers={200: AckResult, **_TOO_LATE}),
    _read("/api/indicators", indicators.show, answers={200: Indicators}),
    _operate_company("/api/surveys", surveys.start, method=_POST, answers={200: SurveyStarted}),
    _read("/api/surveys", surveys.list_surveys, answers={200: SurveyListPage}),
    _read("/api/surveys/calls", surveys.list_calls, answers={200: list_of(CallRow)}),
    # Events that could not be accepted, or do not reach everybody.
    _read("/api/dead", dead_letters.list_dead, answers={200: page_of(DeadRow)}),
    # Who may replay may look first.
    Route(
        "/api/dead/{id}",
        dead_letters.show_dead,
        needs=PRIVACY | OPERATE,
        where=Where.PLACES,
        answers={200: DeadWhole},
    ),
    _operate("/api/dead/replay", dead_letters.replay_many, answers={200: ReplayAnswer}),
    _operate("/api/dead/discard", dead_letters.discard_many, answers=_SETTLED_LIST),
    _operate("/api/dead/{id}/replay", dead_letters.replay_dead, answers=_SETTLED),
    _operate_company("/api/dead/{id}/mend", dead_letters.mend_dead, method=_POST, answers=_MENDED),
    _operate("/api/dead/{id}/discard", dead_letters.discard_dead, answers=_SETTLED),
    _read("/api/unreached", summary.list_unreached, answers={200: page_of(intake.UnreachedRow)}),
    # People: replies, suppressions, the directory, letters.
    _read("/api/replies", replies.list_replies, answers={200: page_of(people.ReplyRow)}),
    _read_private("/api/replies/{id}", replies.show_reply, answers={200: people.ReplyWhole}),
    _operate("/api/replies/{id}/assign", replies.assign_reply, answers={200: ReplyTask}),
    _operate("/api/replies/{id}/answer", replies.answer_reply, answers=_ACTED),
    _operate("/api/replies/{id}/close", replies.close_reply, answers={200: ReplyTask}),
    _read("/api/suppressions", replies.list_suppressions, answers={200: page_of(people.SuppressionRow)}),
    _read("/api/suppressions/{id}", replies.show_suppression, answers={200: people.SuppressionWhole}),
    _operate("/api/suppressions/lift", replies.lift_suppression, answers={200: people.Lifted}),
    _read("/api/people", directory.list_people, answers={200: page_of(people.Holder)}),
    _read("/api/directory/people", people_list.find_people, answers={200: PeoplePage}),
    _read("/api/people/{ref}/overview", people_list.show_overview, answers={200: PersonOverview}),
    _read("/api/audience", directory.show_audience, answers={200: AudienceMeant}),
    _read("/api/people/{ref}/preferences", preferences.show_preferences, answers=_PREFERENCES),
    _operate("/api/people/{ref}/preferences", preferences.put_preferences, method=_PUT, answers=_PREFERENCES),
    _read("/api/people/{ref}/do-not-contact", preferences.list_marks, answers={200: marks.PersonMarks}),
    _operate("/api/people/{ref}/do-not-contact", preferences.mark_person, answers={200: marks.MarkRow}),
    _operate(
        "/api/people/{ref}/do-not-contact",
        preferences.end_marks,
        method=_DELETE,
        answers={200: marks.MarkEnd},
    ),
    _read("/api/people/{ref}", directory.show_person, answers={200: people.PersonWhole}),
    Route(
        "/api/people/{ref}/export",
        person_rights.export,
        needs=PRIVACY,
        where=Where.EVERYWHERE,
        answers={200: PersonExport, 404: Problem, 413: Problem},
    ),
    Route(
        "/api/people/{ref}/export/pdf",
        person_rights.export_pdf,
        needs=PRIVACY,
        where=Where.EVERYWHERE,
        answers={200: common.Pdf, 404: Problem, 413: Problem},
    ),
    _right("/api/people/{ref}/rectify", person_rights.rectify, answers={200: Claim, 404: Problem}),
    _right(
        "/api/people/{ref}/erase",
        person_rights.erase,
        answers={200: ErasureReport, 202: ErasureReport, 404: Problem, 409: Problem},
    ),
    _read_private("/api/people/{ref}/constancia", constancias.person_constancia, answers=_CONSTANCIA),
    _operate(
        "/api/directory/{kind}/{ref}",
        directory.put_entry,
        method=_PUT,
        body=people.EntryBody,
        answers=_WRITTEN,
    ),
    _operate(
        "/api/directory/{kind}/{ref}",
        directory.delete_entry,
        method=_DELETE,
        body=people.EntryBody,
        answers={**_WRITTEN, 405: Problem},
    ),
    _read("/api/letters", letters.list_letters, answers={200: page_of(common.LetterRow)}),
    _read("/api/letters/buildings", letters.list_buildings, answers={200: page_of(LetterBuilding)}),
    _read("/api/letters/batches", batches.list_batches, answers={200: page_of(PrintBatch)}),
    _operate("/api/letters/batches", batches.make_batch, answers={200: common.BatchMade, 404: Problem}),
    _read("/api/letters/batches/{id}", batches.show_batch, answers={200: common.BatchWhole}),
    _read_private(
        "/api/letters/batches/{id}/pdf", batches.print_batch, answers={200: common.Pdf, **_TOO_LATE}
    ),
    _operate("/api/letters/batches/{id}/printed", batches.mark_printed, answers=_MARKED),
    _operate("/api/letters/batches/{id}/cancel", batches.cancel_batch, answers=_MARKED),
    _operate(
        "/api/letters/batches/{id}/delivered",
        batches.hand_over_batch,
        answers={200: common.BatchDelivered, **_TOO_LATE},
    ),
    _read_private("/api/letters/{id}", letters.show_letter, answers={200: common.LetterWhole}),
    _operate("/api/letters/{id}/posted", letters.mark_posted, answers=_MARKED),
    _operate("/api/letters/{id}/done", letters.hand_over, answers={200: common.HandedOver}),
    # Notice boards: nothing of a person hangs there.
    _read("/api/posters", posters.list_posters, answers={200: page_of(common.PosterRow)}),
    _read("/api/posters/{id}", posters.show_poster, answers={200: common.PosterWhole}),
    _read("/api/posters/{id}/pdf", posters.print_poster, answers={200: common.Pdf}),
    _operate("/api/posters/{id}/printed", posters.mark_poster_printed, answers={200: common.PosterRecorded}),
    _operate("/api/posters/{id}/hung", posters.mark_poster_hung, answers={200: common.PosterRecorded}),
    _operate(
        "/api/posters/{id}/taken-down", posters.mark_poster_taken_down, answers={200: common.PosterRecorded}
    ),
    # The inbox of one person, for portals.
    Route(
        "/api/inbox/tokens",
        inbox.create_inbox_token,
        method=_POST,
        needs=INBOX,
        where=Where.EVERYWHERE,
        answers={201: boxes.InboxToken, 404: Problem},
    ),
    _own_inbox("/api/inbox", inbox.list_inbox, answers={200: boxes.InboxPage}),
    _own_inbox(
        "/api/inbox/read", inbox.read_items, method=_POST, answers={200: boxes.InboxRead, 404: Problem}
    ),
    _own_inbox("/api/inbox/{id}/read", inbox.read_item, method=_POST, answers={200: boxes.InboxRead}),
    _own_inbox("/api/inbox/stream", inbox.stream_inbox, answers={200: boxes.InboxEvents, 429: Problem}),
    # The hub itself.
    _read_company("/api/exclusions", exclusions.show_exclusions, answers={200: ExclusionListRow}),
    _operate_company(
        "/api/exclusions",
        exclusions.load_exclusions,
        method=_POST,
        answers={200: exclusions.ExclusionsAnswer, **_TOO_LATE},
    ),
    _read_company("/api/channels", pauses.list_channels, answers={200: page_of(ChannelRow)}),
    _read_company("/api/pauses", pauses.list_pauses, answers={200: page_of(PauseRow)}),
    _read_company("/api/pauses/{name}", pauses.show_pause, answers={200: PauseWhole}),
    _operate_company("/api/pauses/{name}", pauses.pause, method=_PUT, answers={200: Paused}),
    _operate_company(
        "/api/pauses/{name}", pauses.resume, method=_DELETE, answers={200: Resumed, **_TOO_LATE}
    ),
    _read_company("/api/incidents", summary.list_incidents, answers={200: IncidentPage}),
    _read_company("/api/templates", templates.list_templates, answers={200: page_of(TemplateRow)}),
    _read(
        "/api/templates/{event}/{channel}",
        templates.show_template,
        answers={200: TemplatePreview, 404: Problem},
    ),
    _read("/api/summary", summary.summary, answers={200: common.Summary}),
    # Access: keys, audit, accounts.
    _list_keys("/api/keys", api_keys.list_keys, answers={200: page_of(KeyRow)}),
    _change_keys("/api/keys", api_keys.create_key, answers={201: KeyMade, **_TOO_LATE}),
    _change_keys("/api/keys/{name}/rotate", api_keys.rotate_key, answers={201: KeyMade}),
    _change_keys("/api/keys/{name}/revoke", api_keys.revoke_key, answers={200: api_keys.KeysRevoked}),
    _list_keys("/api/results", results.list_subscriptions, answers={200: page_of(SubscriptionRow)}),
    _change_keys("/api/results", results.subscribe, answers={200: SubscriptionRow}),
    _change_keys(
        "/api/results",
        results.unsubscribe,
        method=_DELETE,
        answers={200: results.SubscriptionSource, 404: Problem},
    ),
    _list_keys("/api/webhooks", webhooks.list_webhooks, answers={200: page_of(WebhookRow)}),
    _change_keys("/api/webhooks", webhooks.add_webhook, answers={201: WebhookMade}),
    _change_keys(
        "/api/webhooks/{id}", webhooks.remove_webhook, method=_DELETE, answers={200: webhooks.WebhookId}
    ),
    _change_keys("/api/webhooks/{id}/on", webhooks.enable_webhook, answers={200: webhooks.WebhookId}),
    _change_keys("/api/webhooks/{id}/rotate", webhooks.rotate_webhook, answers={201: WebhookSecret}),
    _change_keys("/api/webhooks/{id}/test", webhooks.test_webhook, answers={200: WebhookAnswer}),
    Route(
        "/api/audit",
        api_keys.list_notes,
        needs=PRIVACY | ADMIN,
        where=Where.EVERYWHERE,
        answers={200: page_of(api_keys.NoteRow)},
    ),
    _list_accounts("/api/accounts", accounts.list_accounts, answers={200: page_of(AccountRow)}),
    _change_accounts("/api/accounts", accounts.create, answers={201: AccountMade}),
    _change_accounts("/api/accounts/{name}/grant", accounts.grant, answers=_ACCOUNT),
    _change_accounts("/api/accounts/{name}/take", accounts.take, answers={**_ACCOUNT, **_TOO_LATE}),
    _change_accounts("/api/accounts/{name}/reset", accounts.reset, answers={200: AccountMade}),
    _change_accounts("/api/accounts/{name}/disable", accounts.disable, answers={**_ACCOUNT, **_TOO_LATE}),
    _change_accounts("/api/accounts/{name}/enable", accounts.enable, answers=_ACCOUNT),
    _change_accounts("/api/accounts/{name}/unlock", accounts.unlock, answers=_ACCOUNT),
    _change_accounts(
        "/api/accounts/{name}/second-factor", accounts.forget_factor, method=_DELETE, answers=_ACCOUNT
    ),
    Route(
        "/api/accounts/{name}/person",
        accounts.set_person,
        method=_POST,
        needs=ADMIN,
        where=Where.EVERYWHERE,
        answers=_ACCOUNT,
    ),
    # For machines without a key: health, and calls that carry a signature.
    _open("/health/live", health.live, answers={200: common.Health}),
    _open("/health/ready", health.ready, answers={200: common.Health, 503: common.Health}),
    _open(CALLBACKS, twilio.twilio, method=_POST),
    _open(INBOUND, twilio.twilio_inbound, method=_POST),
    _open(RECEIPTS, sms.receipt),
    _open(RECEIPTS, sms.receipt, method=_POST),
    _open(REPLIES, sms.reply),
    _open(REPLIES, sms.reply, method=_POST),
    _open(WHATSAPP_HOOK, whatsapp.verify),
    _open(WHATSAPP_HOOK, whatsapp.receive, method=_POST),
    _linked(ACK_PATH, acknowledge_link.show),
    _open(ACK_PATH, acknowledge_link.take, method=_POST),
    _linked(survey_page.PATH, survey_page.show),
    _open(survey_page.PATH, survey_page.answer, method=_POST),
    _linked(genuine_page.FORM, genuine_page.ask),
    _linked(genuine_page.PATH, genuine_page.show),
    _open(genuine_page.PATH, genuine_page.report, method=_POST),
    _linked(message_page.PATH, message_page.show),
    _open(message_page.PATH, message_page.act, method=_POST),
    _linked(code_page.PATH, code_page.show),
    _open(code_page.PATH, code_page.send, method=_POST),
    _open(own_page.OWN, own_page.show),
    _open(own_page.OWN, own_page.act, method=_POST, form=True),
    _open(own_page.OWN + "/mensajes/{id}", own_page.show_message),
    _linked(UNSUBSCRIBE_PATH, unsubscribe.show),
    _open(UNSUBSCRIBE_PATH, unsubscribe.take, method=_POST),
    _linked(DOCUMENT_PATH, linked_document.show),
    _linked(POSTER_PATH, poster_page.show),
    # Pages and documents.
    Route("/metrics", metrics.show, needs=READ, where=Where.EVERYWHERE),
    _read_company("/openapi.json", serve.show),
    _read_company("/asyncapi.json", serve.show),
    _read_company(serve.FILE, serve.show),
    _read_private("/letters/{id}", letters.print_letter),
    _read_private("/letters/{id}/document", letters.show_document),
    _read_private("/letters/{id}/pdf", letters.show_pdf),
    *map(in_shell, CONSOLE),
    _open("/", console.show),
    _open("/", sign_in.sign_in, method=_POST, form=True),
    _open(sign_in.CODE, second_step.show),
    _open(sign_in.CODE, second_step.enter, method=_POST, form=True),
    _signed_in("/sign-out", sign_in.sign_out, method=_POST, form=True),
    _signed_in(own_inbox.CHANGES, own_inbox.changes),
    *map(in_shell, _OWN),
)


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Add routes to the application and store them as its route table."""
    asked = [(method, route) for route in routes for method in _methods(route)]
    app[TABLE] = {(method, route.path): route for method, route in asked}
    paths = {route.path for _, route in asked}
    for method, route in asked:
        path = _without_words(route.path, paths)
        app.router.add_route(method, path, adapted(route.handler, strict=route.is_api))


def _without_words(path: str, paths: Collection[str]) -> str:
    """
    Return the path for the router: a gap at its end takes no word that makes a path of its own.

    Else `GET /api/dead/replay` would look for a dead letter called `replay`, instead of answering 405.
    """
    head, _, gap = path.rpartition("/")
    ends = (other.rpartition("/") for other in paths)
    words = sorted(word for before, _, word in ends if before == head and not word.startswith("{"))
    if not gap.startswith("{") or not words:
        return path
    return f"{head}/{{{gap[1:-1]}:(?!(?:{'|'.join(words)})$)[^/]+}}"


def _methods(route: Route) -> tuple[str, ...]:
    return (route.method, hdrs.METH_HEAD) if route.head else (route.method,)
