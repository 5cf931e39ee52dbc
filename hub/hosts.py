"""Hosts: a URL that names several, like `amqp://hub:word@a,b:5673,c/`, is tried host by host."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

from hub.errors import Unavailable

T = TypeVar("T")


def hosts_of(url: str) -> tuple[str, ...]:
    """Return the hosts as the URL names them, with their ports; one empty text where it names none."""
    return tuple(urlsplit(url).netloc.rpartition("@")[2].split(","))


def each_host(url: str) -> tuple[str, ...]:
    """Return the URL once for each of its hosts."""
    hosts = hosts_of(url)
    if len(hosts) == 1:
        return (url,)
    parts = urlsplit(url)
    user, at, _ = parts.netloc.rpartition("@")
    return tuple(parts._replace(netloc=f"{user}{at}{host}").geturl() for host in hosts)


class Hosts:
    """The hosts of one URL. The one that answered last is tried first."""

    def __init__(self, url: str) -> None:
        self._urls = each_host(url)
        self.last = self._urls[0]
        """The URL of the host that answered last."""

    def patience(self, seconds: float) -> float:
        """Return the time for one host: a machine that is off answers nothing, and others wait behind it."""
        return seconds if len(self._urls) == 1 else seconds / 2

    async def first(self, connect: Callable[[str], Awaitable[T]]) -> T:
        """Connect to the first host that answers; raises the Unavailable of the last one."""
        *others, last = sorted(self._urls, key=self.last.__ne__)
        for url in others:
            try:
                return await self._note(url, connect)
            except Unavailable:
                continue
        return await self._note(last, connect)

    async def _note(self, url: str, connect: Callable[[str], Awaitable[T]]) -> T:
        connected = await connect(url)
        self.last = url
        return connected
