"""The API of the hub itself and of who enters: a section of the route table."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.access.account_rows import AccountMade, AccountRow
from hub.doors.act import ADMIN, PRIVACY, Where
from hub.model.pages import page_of
from hub.operations.gallery import TemplatePreview, TemplateRow
from hub.operations.incidents import IncidentPage
from hub.operations.results import SubscriptionRow
from hub.operations.webhooks import WebhookAnswer, WebhookMade, WebhookRow, WebhookSecret
from hub.web.api import accounts, api_keys, results, summary, templates, webhooks
from hub.web.api.answers import TOO_LATE
from hub.web.route import Route, read, read_company
from hub.web.schemas import common
from hub.web.schemas.common import Problem

_DELETE: Final = hdrs.METH_DELETE
_POST: Final = hdrs.METH_POST
_list_keys: Final = partial(Route, needs=ADMIN, where=Where.EVERYWHERE)
_change_keys: Final = partial(Route, method=_POST, needs=ADMIN, where=Where.EVERYWHERE)
_list_accounts: Final = partial(Route, needs=ADMIN, where=Where.PLACES)
_change_accounts: Final = partial(Route, method=_POST, needs=ADMIN, where=Where.PLACES)
_ACCOUNT: Final = {200: AccountRow}

HUB: Final[tuple[Route, ...]] = (
    # The hub itself.
    read_company("/api/incidents", summary.list_incidents, answers={200: IncidentPage}),
    read_company("/api/templates", templates.list_templates, answers={200: page_of(TemplateRow)}),
    read(
        "/api/templates/{event}/{channel}",
        templates.show_template,
        answers={200: TemplatePreview, 404: Problem},
    ),
    read("/api/summary", summary.summary, answers={200: common.Summary}),
    # Access: keys, audit, accounts.
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
    _change_accounts("/api/accounts/{name}/take", accounts.take, answers={**_ACCOUNT, **TOO_LATE}),
    _change_accounts("/api/accounts/{name}/reset", accounts.reset, answers={200: AccountMade}),
    _change_accounts("/api/accounts/{name}/disable", accounts.disable, answers={**_ACCOUNT, **TOO_LATE}),
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
)
