"""Every route of the hub, in one table: what is served, what guards it, what the documents say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from hub.channels.registry import CALLBACKS, INBOUND
from hub.channels.sms.hooks import RECEIPTS, REPLIES
from hub.channels.whatsapp.reports import HOOK as WHATSAPP_HOOK
from hub.web import (
    api,
    channels,
    console,
    contacts,
    correspondence,
    documents,
    events,
    health,
    hooks,
    metrics,
    operating,
    people,
    printed,
    redriving,
    roster,
    shapes,
    sms_hooks,
    troubles,
    whatsapp,
)
from hub.web.answers import Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`answers` maps a status to the shape of its body; without them the route is not part of the API."""

    method: str = hdrs.METH_GET
    path: str
    handler: Handler
    summary: str = ""
    query: type[msgspec.Struct] = shapes.NoQuery
    body: type[msgspec.Struct] | None = None
    answers: Mapping[int, Any] = field(default_factory=dict)


_UNKNOWN: Final = {404: shapes.Problem}
_BAD: Final = {400: shapes.Problem}

ROUTES: Final[tuple[Route, ...]] = (
    Route(
        method=hdrs.METH_POST,
        path="/api/events",
        handler=events.receive,
        summary="Publish one event or an array of them",
        answers={
            202: shapes.EventsAnswer,
            **_BAD,
            413: shapes.Problem,
            415: shapes.Problem,
            503: shapes.EventsUnfinished,
        },
    ),
    Route(
        path="/api/messages",
        handler=api.list_messages,
        summary="List messages, newest first",
        query=shapes.MessagesQuery,
        answers={200: shapes.MessagePage, **_BAD},
    ),
    Route(
        path="/api/messages/{id}",
        handler=api.show_message,
        summary="Show a message with its attempts",
        answers={200: shapes.MessageWhole, **_UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/messages/redrive",
        handler=redriving.redrive,
        summary="Send lost messages again, by filter; safe to repeat",
        body=operating.RedriveBody,
        answers={200: operating.RedrivenAnswer, **_BAD},
    ),
    Route(
        path="/api/clocks",
        handler=api.list_clocks,
        summary="List promises: the live ones, soonest due first, or those of one state",
        query=shapes.ClocksQuery,
        answers={200: shapes.ClockPage, **_BAD},
    ),
    Route(
        path="/api/dead",
        handler=api.list_dead,
        summary="List events that could not be taken in, newest first",
        query=shapes.DeadQuery,
        answers={200: shapes.DeadPage, **_BAD},
    ),
    Route(
        path="/api/dead/{id}",
        handler=api.show_dead,
        summary="Show a dead letter as it came",
        answers={200: shapes.DeadWhole, **_UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/dead/replay",
        handler=api.replay_many,
        summary="Publish the open dead letters of a filter again; safe to repeat",
        body=shapes.SettleBody,
        answers={200: shapes.SettledList, **_BAD},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/dead/discard",
        handler=api.discard_many,
        summary="Say that the open dead letters of a filter need nothing more",
        body=shapes.SettleBody,
        answers={200: shapes.SettledList, **_BAD},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/dead/{id}/replay",
        handler=api.replay_dead,
        summary="Publish a dead letter again; safe to repeat",
        answers={200: shapes.Settled, **_UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/dead/{id}/discard",
        handler=api.discard_dead,
        summary="Say that a dead letter needs nothing more",
        answers={200: shapes.Settled, **_UNKNOWN},
    ),
    Route(
        path="/api/replies",
        handler=contacts.list_replies,
        summary="List what people wrote, newest first, without the words",
        query=correspondence.RepliesQuery,
        answers={200: correspondence.ReplyPage, **_BAD},
    ),
    Route(
        path="/api/replies/{id}",
        handler=contacts.show_reply,
        summary="Show what somebody wrote",
        answers={200: correspondence.ReplyWhole, **_UNKNOWN},
    ),
    Route(
        path="/api/suppressions",
        handler=contacts.list_suppressions,
        summary="List contact points that nobody is written to at, newest first",
        query=correspondence.PageQuery,
        answers={200: correspondence.SuppressionPage, **_BAD},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/suppressions/lift",
        handler=contacts.lift_suppression,
        summary="Write to a contact point again; safe to repeat",
        body=correspondence.LiftBody,
        answers={200: correspondence.Lifted, **_BAD},
    ),
    Route(
        path="/api/people",
        handler=roster.list_people,
        summary="List who holds a role of a unit or a copropiedad, now or on a day",
        query=people.HoldersQuery,
        answers={200: people.HolderPage, **_BAD},
    ),
    Route(
        path="/api/people/{ref}",
        handler=roster.show_person,
        summary="Show somebody of the directory, masked",
        answers={200: people.PersonWhole, **_UNKNOWN},
    ),
    Route(
        method=hdrs.METH_PUT,
        path="/api/directory/{kind}/{ref}",
        handler=roster.put_entry,
        summary="Write into the directory; an older version than the stored one changes nothing",
        body=people.EntryBody,
        answers={200: people.Written, **_BAD, **_UNKNOWN},
    ),
    Route(
        method=hdrs.METH_DELETE,
        path="/api/directory/{kind}/{ref}",
        handler=roster.delete_entry,
        summary="Take out of the directory: a person, a membership, a leave, a rota",
        body=people.EntryBody,
        answers={200: people.Written, **_BAD, **_UNKNOWN, 405: shapes.Problem},
    ),
    Route(
        path="/api/channels",
        handler=channels.list_channels,
        summary="List the channels: providers, whether paused, what waits",
        answers={200: operating.ChannelList},
    ),
    Route(
        path="/api/pauses",
        handler=channels.list_pauses,
        summary="List the channels and events that are held back",
        answers={200: operating.PauseList},
    ),
    Route(
        method=hdrs.METH_PUT,
        path="/api/pauses/{name}",
        handler=channels.pause,
        summary="Hold a channel (`sms`) or an event (`pqrs.received`) back, emergencies too; safe to repeat",
        body=operating.PauseBody,
        answers={200: operating.Paused, **_BAD, **_UNKNOWN},
    ),
    Route(
        method=hdrs.METH_DELETE,
        path="/api/pauses/{name}",
        handler=channels.resume,
        summary="Take a pause away and release what it held; safe to repeat",
        answers={200: operating.Resumed, **_UNKNOWN},
    ),
    Route(
        path="/api/letters",
        handler=printed.list_letters,
        summary="List letters to be printed and handed over, newest first",
        query=operating.LettersQuery,
        answers={200: operating.LetterPage, **_BAD},
    ),
    Route(
        path="/api/letters/{id}",
        handler=printed.show_letter,
        summary="Show a letter as it is printed",
        answers={200: operating.LetterWhole, **_UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/letters/{id}/done",
        handler=printed.hand_over,
        summary="Say that a letter was handed over: its message is delivered; safe to repeat",
        answers={200: operating.HandedOver, **_UNKNOWN},
    ),
    Route(
        path="/api/troubles",
        handler=troubles.list_troubles,
        summary="List what is wrong with the hub itself, the open ones first",
        query=shapes.TroublesQuery,
        answers={200: shapes.TroublePage, **_BAD},
    ),
    Route(
        path="/api/summary",
        handler=api.summary,
        summary="Count messages, promises and dead letters by state",
        answers={200: shapes.Summary},
    ),
    Route(
        path="/health/live",
        handler=health.live,
        summary="Tell that the process answers",
        answers={200: shapes.Health},
    ),
    Route(
        path="/health/ready",
        handler=health.ready,
        summary="Tell whether every server answers",
        answers={200: shapes.Health, 503: shapes.Health},
    ),
    Route(method=hdrs.METH_POST, path=CALLBACKS, handler=hooks.twilio),
    Route(method=hdrs.METH_POST, path=INBOUND, handler=hooks.twilio_inbound),
    *(
        Route(method=method, path=path, handler=handler)
        for path, handler in {RECEIPTS: sms_hooks.receipt, REPLIES: sms_hooks.reply}.items()
        for method in (hdrs.METH_POST, hdrs.METH_GET)
    ),
    Route(path=WHATSAPP_HOOK, handler=whatsapp.introduce),
    Route(method=hdrs.METH_POST, path=WHATSAPP_HOOK, handler=whatsapp.receive),
    Route(path="/metrics", handler=metrics.show),
    Route(path="/openapi.json", handler=documents.show),
    Route(path="/asyncapi.json", handler=documents.show),
    Route(path="/letters/{id}", handler=printed.print_letter),
    Route(path="/", handler=console.page),
    Route(method=hdrs.METH_POST, path="/", handler=console.sign_in),
    Route(method=hdrs.METH_POST, path="/sign-out", handler=console.sign_out),
)


def add_routes(app: web.Application) -> None:
    """Put every route of the table into the application."""
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
