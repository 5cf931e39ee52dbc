"""An operator of a test at the desk, on a real database."""

from typing import Any, Final

from hub.doors.operator import Operator
from hub.model import EVERYTHING, Reach, Scope
from hub.parts.company import CompanyRules
from hub.parts.stores import Stores
from hub.settings import load
from hub.testing import MemoryAppointments, MemoryPublisher
from tests.contract.values import now
from tests.doubled import with_doubles

_COMPANY: Final = CompanyRules(load({}))


def operator(database: Any, who: str = "cli:ana", reach: Reach = EVERYTHING, **doubles: object) -> Operator:
    """Make an operator, who may do everything; `doubles` stand in the places of stores."""
    stores = Stores(
        company=_COMPANY, database=database, publisher=MemoryPublisher(), appointments=MemoryAppointments(now)
    )
    return Operator(who=who, reach=reach, needs=frozenset(Scope), stores=with_doubles(stores, **doubles))
