"""
Encoded bodies: refused before a byte is inflated.

aiohttp would inflate them on the event loop as they come, before anybody has looked at the caller: 60 KB
are 60 MB there. `hub.web.connections` tells its parser not to, so a body is here what the client has sent.
No route needs an encoded one.
"""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from hub.web.responses import Handler, Refusal

ENCODED: Final = "encoding"
"""The reason, for the count of refusals."""
_NONE: Final = frozenset({"", "identity"})
_CHUNKS: Final = frozenset({"chunked"})


@web.middleware
async def refuse_encodings(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a request whose body is as it was written, and refuse all others (415)."""
    if request.body_exists and _is_encoded(request):
        raise Refusal(
            415,
            "Bodies are taken without an encoding.",
            "Send it as it is, without `Content-Encoding`.",
            headers={hdrs.ACCEPT_ENCODING: "identity"},
            reason=ENCODED,
        )
    return await handler(request)


def _is_encoded(request: web.Request) -> bool:
    return _has_other(request, hdrs.CONTENT_ENCODING, _NONE) or _has_other(
        request, hdrs.TRANSFER_ENCODING, _CHUNKS
    )


def _has_other(request: web.Request, header: str, known: frozenset[str]) -> bool:
    """Return whether any line of the header has another value than these alone."""
    return any(line.strip().lower() not in known for line in request.headers.getall(header, ()))
