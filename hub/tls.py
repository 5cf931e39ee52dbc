"""
TLS of outgoing connections: the hub's contexts are made here, and speak TLS 1.2 or newer.

Python leaves the oldest version to who built it, and most libraries leave it to Python; Debian's has none.
"""

from __future__ import annotations

import functools
import ssl
from typing import Final

OLDEST: Final = ssl.TLSVersion.TLSv1_2


def client_context(
    *, cafile: str | None = None, capath: str | None = None, cadata: bytes | None = None
) -> ssl.SSLContext:
    """
    Make a context that checks the certificate and its name, by default by the system's authorities.

    Reading those takes tens of milliseconds.
    """
    context = ssl.create_default_context(cafile=cafile, capath=capath, cadata=cadata)
    context.minimum_version = max(context.minimum_version, OLDEST)
    return context


@functools.cache
def http_context() -> ssl.SSLContext:
    """Return the context of the HTTP calls of this process; the first caller makes it."""
    context = client_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
