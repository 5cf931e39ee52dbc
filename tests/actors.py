"""An actor of a test, with an audit of their own unless the test looks at one."""

from datetime import datetime

from hub.access.actor import Actor
from hub.ports import AuditStore
from hub.testing.keys import MemoryAudit
from tests.contract.values import NOON


def actor(who: str = "cli:ana", *, now: datetime = NOON, notes: AuditStore | None = None) -> Actor:
    return Actor(who=who, notes=MemoryAudit() if notes is None else notes, now=now)
