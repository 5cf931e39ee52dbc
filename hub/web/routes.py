"""Every route of the hub in one table: handler, required scopes, and documentation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aiohttp import hdrs, web

from hub.channels.registry import CALLBACKS, INBOUND
from hub.channels.sms.hooks import RECEIPTS, REPLIES
from hub.channels.whatsapp.reports import HOOK as WHATSAPP_HOOK
from hub.operations.clocks.schemas import ClockPage, ClockWhole
from hub.operations.dead_letters import DeadWhole, Settled
from hub.operations.explain.explain import Explanation
from hub.operations.incidents import IncidentPage
from hub.operations.indicators import Indicators
from hub.operations.pause import Paused, Resumed
from hub.operations.redrive import RedrivenAnswer
from hub.sla.ack_links import PATH as ACK_PATH
from hub.sla.acknowledge import AckResult
from hub.web.api import (
    clocks,
    dead_letters,
    events,
    explain,
    incidents,
    indicators,
    letters,
    messages,
    pauses,
    redrive,
    summary,
    unreached,
)
from hub.web.documents import serve
from hub.web.hooks import acknowledge_link, sms, twilio, whatsapp
from hub.web.monitoring import health, metrics
from hub.web.route import BAD, OPERATE, PRIVACY, PUBLISH, READ, TABLE, UNKNOWN, Route, Where
from hub.web.routes_accounts import ACCOUNTS, CONSOLE
from hub.web.routes_people import ACCESS, PEOPLE
from hub.web.schemas import common, intake, operations

ROUTES: Final[tuple[Route, ...]] = (
    Route(
        method=hdrs.METH_POST,
        path="/api/events",
        handler=events.receive,
        needs=PUBLISH,
        where=Where.EVERYWHERE,
        summary="Publish one event or an array of them",
        answers={
            202: intake.EventsAnswer,
            400: intake.ProblemDetails,
            413: common.Problem,
            415: common.Problem,
            422: intake.EventsRefused,
            503: intake.EventsUnfinished,
        },
    ),
    Route(
        path="/api/messages",
        handler=messages.list_messages,
        needs=READ,
        where=Where.PLACES,
        summary="List messages, newest first",
        query=common.MessagesQuery,
        answers={200: common.MessagePage, **BAD},
    ),
    Route(
        path="/api/messages/{id}",
        handler=messages.show_message,
        needs=READ,
        where=Where.PLACES,
        summary="Show a message with its attempts; masked by default",
        query=common.WholeQuery,
        answers={200: common.MessageWhole, **UNKNOWN},
    ),
    Route(
        path="/api/explain",
        handler=explain.explain,
        needs=READ,
        where=Where.PLACES,
        summary="Explain whether a person was notified of an event, when and by which channel, or why not",
        query=explain.ExplainQuery,
        answers={200: Explanation, **BAD, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/messages/redrive",
        handler=redrive.redrive,
        needs=OPERATE,
        where=Where.PLACES,
        summary="Send lost messages again, by filter; safe to repeat",
        body=operations.RedriveBody,
        answers={200: RedrivenAnswer, **BAD},
    ),
    Route(
        path="/api/clocks",
        handler=clocks.list_clocks,
        needs=READ,
        where=Where.PLACES,
        summary="List promises: the live ones, soonest due first, or those of one state",
        query=common.ClocksQuery,
        answers={200: ClockPage, **BAD},
    ),
    Route(
        path="/api/clocks/{id}",
        handler=clocks.show_clock,
        needs=READ,
        where=Where.PLACES,
        summary="Show a promise: its steps, who was notified at each, who has acknowledged it",
        answers={200: ClockWhole, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/clocks/{id}/acknowledge",
        handler=clocks.acknowledge,
        needs=OPERATE,
        where=Where.PLACES,
        summary="Acknowledge a promise for the level that was notified; safe to repeat",
        answers={200: AckResult, **UNKNOWN, 409: common.Problem},
    ),
    Route(
        path="/api/indicators",
        handler=indicators.show,
        needs=READ,
        where=Where.PLACES,
        summary="Report how the promises that began in a period were kept",
        query=indicators.IndicatorsQuery,
        answers={200: Indicators, **BAD},
    ),
    Route(
        path="/api/dead",
        handler=dead_letters.list_dead,
        needs=READ,
        where=Where.PLACES,
        summary="List events that the hub could not accept, newest first",
        query=common.DeadQuery,
        answers={200: common.DeadPage, **BAD},
    ),
    Route(
        path="/api/dead/{id}",
        handler=dead_letters.show_dead,
        needs=PRIVACY,
        where=Where.PLACES,
        summary="Show a dead letter as it was received",
        answers={200: DeadWhole, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/dead/replay",
        handler=dead_letters.replay_many,
        needs=OPERATE,
        where=Where.PLACES,
        summary="Publish the open dead letters of a filter again; safe to repeat",
        body=common.SettleBody,
        answers={200: common.SettledList, **BAD},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/dead/discard",
        handler=dead_letters.discard_many,
        needs=OPERATE,
        where=Where.PLACES,
        summary="Discard the open dead letters of a filter; they stay in the log",
        body=common.SettleBody,
        answers={200: common.SettledList, **BAD},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/dead/{id}/replay",
        handler=dead_letters.replay_dead,
        needs=OPERATE,
        where=Where.PLACES,
        summary="Publish a dead letter again; safe to repeat",
        answers={200: Settled, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/dead/{id}/discard",
        handler=dead_letters.discard_dead,
        needs=OPERATE,
        where=Where.PLACES,
        summary="Discard a dead letter; it stays in the log",
        answers={200: Settled, **UNKNOWN},
    ),
    Route(
        path="/api/unreached",
        handler=unreached.list_unreached,
        needs=READ,
        where=Where.PLACES,
        summary="List events that do not reach all their recipients, newest first",
        query=common.PageQuery,
        answers={200: intake.UnreachedPage, **BAD},
    ),
    *PEOPLE,
    Route(
        path="/api/channels",
        handler=pauses.list_channels,
        needs=READ,
        where=Where.COMPANY,
        summary="List the channels: providers, pauses, waiting messages",
        answers={200: operations.ChannelList},
    ),
    Route(
        path="/api/pauses",
        handler=pauses.list_pauses,
        needs=READ,
        where=Where.COMPANY,
        summary="List the paused channels and events",
        answers={200: operations.PauseList},
    ),
    Route(
        method=hdrs.METH_PUT,
        path="/api/pauses/{name}",
        handler=pauses.pause,
        needs=OPERATE,
        where=Where.EVERYWHERE,
        summary="Pause a channel (`sms`) or an event (`pqrs.received`), emergencies too; safe to repeat",
        body=operations.PauseBody,
        answers={200: Paused, **BAD, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_DELETE,
        path="/api/pauses/{name}",
        handler=pauses.resume,
        needs=OPERATE,
        where=Where.EVERYWHERE,
        summary="End a pause and release the messages it held; safe to repeat",
        answers={200: Resumed, **UNKNOWN},
    ),
    Route(
        path="/api/incidents",
        handler=incidents.list_incidents,
        needs=READ,
        where=Where.COMPANY,
        summary="List what is wrong with the hub itself, the open ones first",
        query=common.IncidentsQuery,
        answers={200: IncidentPage, **BAD},
    ),
    Route(
        path="/api/summary",
        handler=summary.summary,
        needs=READ,
        where=Where.PLACES,
        summary="Count messages, promises and dead letters by state",
        answers={200: common.Summary},
    ),
    *ACCESS,
    *ACCOUNTS,
    Route(
        path="/health/live",
        handler=health.live,
        needs=None,
        summary="Report that the process answers",
        answers={200: common.Health},
    ),
    Route(
        path="/health/ready",
        handler=health.ready,
        needs=None,
        summary="Report whether every server answers",
        answers={200: common.Health, 503: common.Health},
    ),
    Route(method=hdrs.METH_POST, path=CALLBACKS, handler=twilio.twilio, needs=None),
    Route(method=hdrs.METH_POST, path=INBOUND, handler=twilio.twilio_inbound, needs=None),
    *(
        Route(method=method, path=path, handler=handler, needs=None)
        for path, handler in {RECEIPTS: sms.receipt, REPLIES: sms.reply}.items()
        for method in (hdrs.METH_POST, hdrs.METH_GET)
    ),
    Route(path=WHATSAPP_HOOK, handler=whatsapp.verify, needs=None),
    Route(method=hdrs.METH_POST, path=WHATSAPP_HOOK, handler=whatsapp.receive, needs=None),
    Route(path=ACK_PATH, handler=acknowledge_link.show, needs=None),
    Route(method=hdrs.METH_POST, path=ACK_PATH, handler=acknowledge_link.take, needs=None),
    Route(path="/metrics", handler=metrics.show, needs=READ, where=Where.EVERYWHERE),
    Route(path="/openapi.json", handler=serve.show, needs=READ, where=Where.COMPANY),
    Route(path="/asyncapi.json", handler=serve.show, needs=READ, where=Where.COMPANY),
    Route(path=serve.FILE, handler=serve.show, needs=READ, where=Where.COMPANY),
    Route(path="/letters/{id}", handler=letters.print_letter, needs=PRIVACY, where=Where.PLACES),
    *CONSOLE,
)


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Add routes to the application and store them as its route table."""
    routes = tuple(routes)
    app[TABLE] = {(route.method, route.path): route for route in routes}
    for route in routes:
        app.router.add_route(route.method, route.path, route.handler)
