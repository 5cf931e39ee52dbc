"""Fees, payments and the affairs of owners."""

from __future__ import annotations

from typing import Final

from hub.model import Audience, EventType, Lane, Print, Purpose

ADMINISTRATION: Final = (
    EventType(
        name="admin.payment.received",
        lane=Lane.NORMAL,
        case="unit_id",
        audiences=(
            Audience(
                who=("payer",),
                purpose=Purpose.TRANSACTIONAL,
                channels=(("email", "push"), ("sms",)),
            ),
            # The balance is the owner's alone, so that the owner reads another text.
            Audience(who=("owner",), purpose=Purpose.SERVICE, channels=(("inbox",),), template="owner"),
        ),
        # A payment also cancels `dunning`, whose start is `admin.account.overdue`: it comes with that event.
    ),
    EventType(
        name="policy.updated",
        lane=Lane.BULK,
        case="policy_id",
        audiences=(
            Audience(
                who=("everyone",),
                purpose=Purpose.SERVICE,
                channels=(("email", "inbox"),),
                print=Print.BOARD,
            ),
            # Who works here and lives or owns here as well reads this one, once.
            Audience(
                who=("staff:all",),
                purpose=Purpose.INTERNAL,
                channels=(("inbox", "email"),),
                template="staff",
            ),
        ),
    ),
)
