"""
Test doubles that ship with the hub: its ports in memory, with scripted faults and answers.

They keep the contract of `hub.ports`: a transaction that raises leaves nothing behind, leases and versions
are checked, an update is conditional where the real one is. `tests/contract` runs the same suite on both. A
method that no use case calls has no double: the class names the methods that it leaves out, and their part of
the suite runs on PostgreSQL alone.
"""

from __future__ import annotations

from hub.testing.accounts import MemoryAccounts, MemorySecondFactors
from hub.testing.appointments import MemoryAppointments
from hub.testing.channel import MemoryChannel, MemoryEmail, MemoryInbox, MemoryPush, MemorySms, MemoryThrottle
from hub.testing.clock import SettableClock
from hub.testing.exclusions import MemoryExclusions
from hub.testing.faults import Faults
from hub.testing.keys import MemoryAudit, MemoryKeys
from hub.testing.monitor import MemoryMonitor
from hub.testing.months import MemoryMonths
from hub.testing.pauses import MemoryPauses
from hub.testing.publisher import MemoryPublisher
from hub.testing.standing_tasks import MemoryStandingTasks
from hub.testing.store import MemoryStore
