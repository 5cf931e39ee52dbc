"""Webhooks y resultados: how publishers hear what became of their messages."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from uuid import UUID

from aiohttp import web
from msgspec import Meta, Struct

from hub.doors.act import Once
from hub.model.results import ResultKind
from hub.operations import results, webhooks
from hub.web.auth.caller import caller_of
from hub.web.console.accounts_page import PATH as SECTION
from hub.web.console.accounts_page import tabs
from hub.web.console.shell import console_page, done
from hub.web.console.wrong_es import REFUSED, Wrong, wrong_of
from hub.web.requests import FormQuery, found, read_id
from hub.web.services import services

PATH: Final = "/webhooks"
ONE: Final = f"{PATH}/{{id}}"
_NOUN: Final = "webhook"
Source = Annotated[str, Meta(min_length=1, max_length=255, pattern="^[^\\x00]*$")]


class WebhooksQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    off: Annotated[Source, Meta(description="Ask once more before its results end.")] | None = None


class WebhookQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sure: Annotated[bool, Meta(description="Ask once more before it is removed.")] = False


class ResultsForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ticked box for each kind of result, by its name."""

    act: Literal["add", "on", "off"]
    source: Source
    url: Annotated[str, Meta(max_length=1000)] = ""
    sent: bool = False
    delivered: bool = False
    read: bool = False
    failed: bool = False
    undelivered: bool = False
    cancelled: bool = False

    @property
    def kinds(self) -> list[ResultKind]:
        return [kind for kind in ResultKind if getattr(self, kind.value)]


class WebhookForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    act: Literal["test", "on", "rotate", "remove"]


async def show(request: web.Request, query: WebhooksQuery) -> web.StreamResponse:
    """List the webhooks, and the sources whose results are published."""
    return await _list(request, off=query.off)


async def _list(
    request: web.Request,
    *,
    off: str | None = None,
    wrong: Wrong | None = None,
    form: ResultsForm | None = None,
) -> web.Response:
    deps = services(request)
    return console_page(
        "console/webhooks.html",
        request,
        here=SECTION,
        status=200 if wrong is None else wrong.status,
        hooks=await webhooks.read_webhooks(deps.webhooks),
        results=await results.read_subscriptions(deps.subscriptions),
        off=off,
        wrong=wrong,
        form=None if form is None else {name: getattr(form, name) for name in form.__struct_fields__},
        tabs=tabs(everywhere=True),
    )


async def listen(request: web.Request, form: ResultsForm) -> web.StreamResponse:
    """Add a webhook and show its secret, or publish the results of a source, or no more."""
    deps, who = services(request), caller_of(request).who
    store, notes = deps.subscriptions, deps.audit
    try:
        if form.act == "add":
            return await _add(request, form)
        if form.act == "off":
            await results.unsubscribe(form.source, store=store, notes=notes, who=who)
            return done(PATH, "removed")
        await results.subscribe(form.source, form.kinds, store=store, notes=notes, who=who, now=deps.now())
    except REFUSED as error:
        return await _list(request, wrong=wrong_of(error), form=form)
    return done(PATH, "subscribed")


async def _add(request: web.Request, form: ResultsForm) -> web.Response:
    deps = services(request)
    made = await webhooks.add(
        form.url,
        form.source,
        form.kinds,
        store=deps.webhooks,
        notes=deps.audit,
        ring=deps.ring,
        who=caller_of(request).who,
        now=deps.now(),
    )
    return _once(request, made.id, made.secret)


async def show_one(request: web.Request, query: WebhookQuery) -> web.StreamResponse:
    """Show a webhook; with `sure` ask once more before it is removed."""
    return await _one(request, sure=query.sure)


async def _one(
    request: web.Request, *, sure: bool = False, tried: webhooks.WebhookAnswer | None = None
) -> web.Response:
    hook_id = str(read_id(request, _NOUN))
    hooks = await webhooks.read_webhooks(services(request).webhooks)
    row = found(_NOUN, next((hook for hook in hooks if hook.id == hook_id), None))
    path = f"{PATH}/{hook_id}"
    return console_page(
        "console/one_webhook.html",
        request,
        here=SECTION,
        row=row,
        sure=sure,
        tried=tried,
        path=path,
        wrong=None,
    )


async def act(request: web.Request, form: WebhookForm) -> web.StreamResponse:
    """Try a webhook, turn it on, give it another secret, or remove it."""
    hook_id, deps, who = read_id(request, _NOUN), services(request), caller_of(request).who
    store, notes = deps.webhooks, deps.audit
    if form.act == "test":
        return await _one(request, tried=await _try(request, hook_id))
    if form.act == "on":
        await webhooks.enable(hook_id, store=store, notes=notes, who=who)
        return done(f"{PATH}/{hook_id}", "turned_on")
    if form.act == "remove":
        await webhooks.remove(hook_id, store=store, notes=notes, who=who)
        return done(PATH, "removed")
    made = await webhooks.rotate(
        hook_id, earlier_ends_at=None, store=store, notes=notes, ring=deps.ring, who=who, now=deps.now()
    )
    return _once(request, made.id, made.secret)


async def _try(request: web.Request, hook_id: UUID) -> webhooks.WebhookAnswer:
    deps = services(request)
    return await webhooks.try_out(
        hook_id, store=deps.webhooks, calls=deps.webhook_calls, ring=deps.ring, now=deps.now()
    )


def _once(request: web.Request, hook_id: str, secret: str) -> web.Response:
    """Show a secret in the answer itself: no address and no store has it in clear."""
    return console_page(
        "doors/once.html",
        request,
        here=SECTION,
        once=Once(
            title="Secreto del webhook",
            what="Con él, el otro sistema comprueba que un aviso es del hub.",
            secret=secret,
            to_do="Póngalo donde el otro sistema guarda sus secretos, y en ninguna otra parte.",
            back=f"{PATH}/{hook_id}",
            back_label="Ir al webhook",
        ),
    )
