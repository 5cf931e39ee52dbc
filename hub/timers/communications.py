"""Communications: what people at the company have sent is published part by part, and watched to its end."""

from __future__ import annotations

from hub.timers.deps import Timers


async def publish_communications(timers: Timers) -> bool:
    """Start what is due and publish some parts; true if there may be more."""
    return await timers.communications()


async def plan_communications(timers: Timers) -> bool:
    """Make a plan of many people; true if there may be another."""
    return await timers.communications_planned()


async def watch_communications(timers: Timers) -> bool:
    """Look what became of the communications that run."""
    return await timers.communications_watched()


async def keep_reviews(timers: Timers) -> bool:
    """Ask for releases, tell colleagues, end what nobody decides, publish what was released."""
    return await timers.reviews()
