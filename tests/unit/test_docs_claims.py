"""Routes and numbers that the documents name are those of the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub.access import lockout, passwords, refusals, sessions
from hub.access.api_keys import OVERLAP
from hub.app import topology
from hub.channels.failures import CONFIGURATION_WAIT
from hub.consumers import events
from hub.consumers.worker import DRAIN
from hub.inbound.mail.server import SIZE_LIMIT
from hub.inbound.process_report import BOUNCE_AGE, COMPLAINT_AGE
from hub.messages.delivery.pausing import LOOK_AGAIN
from hub.settings.values import SHORTEST_SECRET
from hub.storage.database import POOL_SIZE
from hub.storage.log import MANY
from hub.timers.months import AHEAD
from hub.web.auth import device_cookie
from hub.web.connections import Limits
from hub.web.console.shell import SECTIONS
from hub.web.routes import ROUTES
from tests.for_each import for_each
from tests.unit.test_docs import OPERATIONS, PAGES, ROOT, spans, text

ACCESS: Final = ROOT / "docs/access.md"
FAMILIES: Final = (
    *("/api/", "/hooks/", "/health/", "/letters/", "/take-on/"),
    *(section.path for section in SECTIONS if section.path != "/"),
    *("/events/", "/keys", "/posters/", "/search", "/webhooks"),
)
WORDS: Final = {3: "three", 5: "five", 8: "eight", 10: "ten"}
LIMITS: Final = Limits()

NUMBERS: Final = {
    ACCESS: (
        f"needs {passwords.SHORTEST} characters or more",
        f"during the last {device_cookie.LASTS.days} days",
        f"A session is {len(sessions.hash_of(''))} random bytes",
        f"after {sessions.IDLE.seconds // 60} minutes without a request",
        f"after {sessions.LONGEST.seconds // 3600} hours",
        "for {} minute, the next ones for {}, {} and {}".format(
            *(lock.seconds // 60 for lock in lockout.LOCKS)
        ),
        f"after {WORDS[lockout.FREE]} failures in {WORDS[int(lockout.WINDOW // 60)]} minutes",
        f"waits up to {lockout.DELAYS[-1]:.0f} seconds for each try, with {WORDS[lockout.WAITING]} tries",
        f"and {lockout.CROWD} of all addresses",
    ),
    OPERATIONS / "keys.md": (
        f"Both work until the old one ends, {'a day' if OVERLAP.days == 1 else OVERLAP} later",
    ),
    OPERATIONS / "machines.md": (
        f"keeps up to {POOL_SIZE} connections to PostgreSQL",
        f"Intake locks the cases of a batch, at most {events.BATCH}",
    ),
    OPERATIONS / "messages.md": (f"looks at held messages again every {LOOK_AGAIN.seconds // 60} minutes",),
    OPERATIONS / "protect.md": (
        f"After {refusals.GUESSES} wrong keys",
        f"{refusals.LINES} lines a minute in all",
        f"A request's head has {LIMITS.head:.0f} s",
        f"a body has {LIMITS.body:.0f} s",
        f"none of its answer for {LIMITS.answer:.0f} s",
        f"an idle connection ends after {LIMITS.idle:.0f} s",
        f"has {LIMITS.most} connections, {LIMITS.most_of_one} of one address",
    ),
    OPERATIONS / "providers.md": (
        f"A mail may have {SIZE_LIMIT >> 20} MiB at most",
        f"within {BOUNCE_AGE.days} days",
        f"within {COMPLAINT_AGE.days} days",
        f"every {CONFIGURATION_WAIT.seconds // 60} minutes at first",
    ),
    OPERATIONS / "records.md": (f"makes {WORDS[AHEAD]} months ahead",),
    OPERATIONS / "settings.md": (f"of {SHORTEST_SECRET} characters or more",),
    OPERATIONS / "trouble.md": (f"sends a canary** every {WORDS[int(topology.EVERY)]} seconds",),
    OPERATIONS / "upgrade.md": (f"finishes what it holds ({DRAIN.seconds} s at most",),
    OPERATIONS / "watching.md": (f"up to {MANY:,} for each state",),
}


def named_routes(page: Path) -> Iterator[str]:
    for span in spans(page):
        for word in span.split():
            if word.startswith(FAMILIES) and not set("…*") & set(word):
                yield re.split("[?#]", word)[0]


def is_served(path: str) -> bool:
    """Return whether a route has this path; names in capitals stand for anything."""
    wanted = re.sub(r"\{\w+\}|\b[A-Z]+\b", "x", path)
    return any(
        re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route.path)), wanted) for route in ROUTES
    )


@for_each([page for page in PAGES if page.parent.name != "decisions" and page.name != "CHANGELOG.md"])
def test_a_route_that_is_named_is_served(page: Path) -> None:
    assert [] == [path for path in named_routes(page) if not is_served(path)]


def test_numbers_of_the_pages_are_those_of_the_code() -> None:
    for page, phrases in NUMBERS.items():
        assert [] == [phrase for phrase in phrases if phrase not in text(page)]
