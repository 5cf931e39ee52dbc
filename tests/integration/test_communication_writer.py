"""What the hub knows of who writes a communication: the area in which they work, and who they are."""

from __future__ import annotations

from hub.desk.communications import acts
from hub.desk.communications.rows import CommunicationBody
from tests.integration.test_approvals import add_account
from tests.integration.test_communications import Desk, desk
from tests.unit.factories import SCHEMAS, member, somebody

__all__ = ["desk"]


async def test_area_and_sender_are_those_of_who_writes(desk: Desk) -> None:
    await desk.office.take_in(
        somebody("p-ana"),
        member("p-ana", "copropiedad:ph-a", "staff", level=2, service_area="administracion"),
    )
    await add_account(desk.by, "ana", "p-ana")
    kind = "admin.assembly.convened"
    [example, *_] = SCHEMAS.by_name[kind].document["examples"]
    data = {**example, "override": {"by": "account:otro", "reason": "El reglamento."}}
    body = CommunicationBody(kind=kind, data=data, to=("owners@copropiedad:ph-a",))
    row = await acts.make_communication(desk.by, body)
    await acts.plan_communication(desk.by, row.id)
    plan = await desk.by.stores.communications.plan_of(row.id)
    assert plan is not None
    [part] = await desk.by.stores.communications.parts(plan.id)

    assert "administracion" == part.data.get("service_area")
    assert {"by": "account:ana", "reason": "El reglamento."} == part.data["override"]
