"""A page on loopback that shows the caught mail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from hub.local.loopback import ADDRESS
from hub.local.mailbox import Mail, Mailbox
from hub.rendering.filters import ZONE

PAGE_SIZE = 50

# Show a mail like a mail program: no script, no external resources, links in a new window.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"

MAILBOX = web.AppKey("MAILBOX", Mailbox)

_pages = Environment(
    loader=PackageLoader("hub.local", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_css = (Path(__file__).parent / "pages" / "mail.css").read_text()


@asynccontextmanager
async def serving(mailbox: Mailbox, port: int) -> AsyncIterator[None]:
    app = web.Application(middlewares=[_only_this_machine])
    app[MAILBOX] = mailbox
    app.add_routes(ROUTES)
    runner = web.AppRunner(app, access_log=None, auto_decompress=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, ADDRESS, port).start()
        yield
    finally:
        await runner.cleanup()


@web.middleware
async def _only_this_machine(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse foreign host names that resolve to loopback (DNS rebinding): they could read people's mail."""
    if request.url.host not in {ADDRESS, "localhost"}:
        raise web.HTTPForbidden
    return await handler(request)


async def _list(request: web.Request) -> web.Response:
    mailbox = request.app[MAILBOX]
    names = mailbox.names()
    before = request.query.get("before", "")
    older = [name for name in names if not before or name < before]
    shown = [mail for name in older[:PAGE_SIZE] if (mail := mailbox.read(name))]
    following = older[PAGE_SIZE - 1] if len(older) > PAGE_SIZE else None
    return _page("list.html", mails=shown, total=len(names), following=following, first_page=not before)


async def _read(request: web.Request) -> web.Response:
    return _page("mail.html", mail=_mail(request))


async def _html(request: web.Request) -> web.Response:
    html = _mail(request).html or ""
    headers = {"Content-Security-Policy": MAIL_POLICY, "X-Content-Type-Options": "nosniff"}
    return web.Response(text=f'<base target="_blank">{html}', content_type="text/html", headers=headers)


async def _raw(request: web.Request) -> web.Response:
    return web.Response(text=_mail(request).raw, headers={"X-Content-Type-Options": "nosniff"})


async def _attachment(request: web.Request) -> web.Response:
    attachments = _mail(request).attachments
    place = int(request.match_info["place"])
    if place >= len(attachments):
        raise web.HTTPNotFound
    disposition = f"attachment; filename*=UTF-8''{quote(attachments[place].name, safe='')}"
    return web.Response(
        body=attachments[place].content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"},
    )


async def _style(_request: web.Request) -> web.Response:
    return web.Response(text=_css, content_type="text/css")


ROUTES = [
    web.get("/", _list),
    web.get("/mail.css", _style),
    web.get("/{name}", _read),
    web.get("/{name}/html", _html),
    web.get("/{name}/raw", _raw),
    web.get(r"/{name}/attachments/{place:\d+}", _attachment),
]


def _mail(request: web.Request) -> Mail:
    mail = request.app[MAILBOX].read(request.match_info["name"])
    if mail is None:
        raise web.HTTPNotFound
    return mail


def _page(template: str, **values: object) -> web.Response:
    text = _pages.get_template(template).render(**values)
    return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": PAGE_POLICY})


_pages.filters["local_time"] = lambda at: f"{at.astimezone(ZONE):%d/%m/%Y %H:%M:%S}"
