"""Responsible staff: on call by the rota, delegates during leave; in memory and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from hub.business_time.dates import ZONE
from hub.contact_rules.working_hours import weeks_of
from hub.model import ON_LEAVE, Event, Json, WorkWeek
from hub.people.audience import Group
from tests.contract.stores import Stores
from tests.contract.values import (
    leave,
    leave_removed,
    membership,
    now,
    person,
    person_removed,
    rota,
    rota_removed,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SERVICE = Group(duty="service", copropiedad_id="ph-1")
ON_CALL = Group(duty="on_call", copropiedad_id="ph-1")


async def refs(stores: Stores, group: Group) -> list[str]:
    async with stores.intake.transaction() as transaction:
        return [
            person.ref for person in (await transaction.people([group]))[group] if person.left_out is None
        ]


async def absent(stores: Stores, group: Group) -> dict[str, str | None]:
    """Return the people on leave, each with the stand-in."""
    async with stores.intake.transaction() as transaction:
        found = (await transaction.people([group]))[group]
    return {row.ref: row.stand_in for row in found if row.left_out == ON_LEAVE}


def staff(who: str, scope: str = "company", duty: str = "service", **fields: Json) -> tuple[Event, Event]:
    return person(who), membership(who, scope, "staff", duty=duty, **fields)


def today(delegate: str | None, who: str = "p-1") -> Event:
    since, until = (now() + timedelta(days=days) for days in (-1, 1))
    return leave(who, since.isoformat(), until.isoformat(), delegate)


def whole_week(who: str) -> Json:
    return {"days": DAYS, "from": "00:00", "to": "24:00", "person_id": who}


def never_now(who: str) -> Json:
    """A shift of the day before yesterday in Bogotá."""
    day = DAYS[(now().astimezone(ZONE).weekday() - 2) % 7]
    return {"days": [day], "from": "08:00", "to": "17:00", "person_id": who}


async def test_delegate_is_notified_during_leave(stores: Stores) -> None:
    await stores.apply_directory(*staff("p-1"), *staff("p-2"), person("p-9"), today("p-9"))

    assert ["p-2", "p-9"] == await refs(stores, SERVICE)


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        ([], {}),
        ([today("p-9")], {"p-1": "p-9"}),
        ([today(None)], {"p-1": None}),
        ([today("p-9"), today("p-8", "p-9"), person("p-8")], {"p-1": "p-8"}),
        ([today("p-2")], {"p-1": "p-2"}),
        ([today(None), today(None, "p-2")], {}),
    ],
    ids=["all here", "delegate", "no delegate", "delegate's delegate", "a colleague", "nobody were left"],
)
async def test_person_on_leave_is_answered_with_the_stand_in(
    stores: Stores, news: Sequence[Event], expected: dict[str, str | None]
) -> None:
    await stores.apply_directory(*staff("p-1"), *staff("p-2"), person("p-9"), *news)

    assert expected == await absent(stores, SERVICE)


async def test_delegate_also_stands_in_for_an_escalation_level(stores: Stores) -> None:
    await stores.apply_directory(*staff("p-1", level=2), person("p-9"), today("p-9"))

    assert ["p-9"] == await refs(stores, Group(level=2, copropiedad_id="ph-1"))


async def test_a_delegate_who_is_away_has_one_too(stores: Stores) -> None:
    await stores.apply_directory(
        *staff("p-1"), person("p-2"), person("p-3"), today("p-2"), today("p-3", "p-2")
    )

    assert ["p-3"] == await refs(stores, SERVICE)


@pytest.mark.parametrize(
    "news",
    [today(None), today("nobody"), today("p-gone")],
    ids=["no delegate", "unknown", "removed"],
)
async def test_without_a_delegate_colleagues_or_else_the_person_is_notified(
    stores: Stores, news: Event
) -> None:
    await stores.apply_directory(*staff("p-1"), person("p-gone"), person_removed("p-gone", 2), news)
    alone = await refs(stores, SERVICE)
    await stores.apply_directory(*staff("p-2"))

    assert (["p-1"], ["p-2"]) == (alone, await refs(stores, SERVICE))


async def test_a_leave_counts_in_its_time_and_until_it_is_taken_back(stores: Stores) -> None:
    past = leave("p-1", "2026-01-01", "2026-01-15", "p-9")
    await stores.apply_directory(*staff("p-1"), person("p-9"), past)
    before = await refs(stores, SERVICE)
    await stores.apply_directory(today("p-9"), leave_removed("leave of p-1", 2))

    assert [["p-1"], ["p-1"]] == [before, await refs(stores, SERVICE)]


async def test_an_older_leave_does_not_win(stores: Stores) -> None:
    await stores.apply_directory(*staff("p-1"), person("p-9"), leave_removed("leave of p-1", 2))
    await stores.apply_directory(today("p-9"))

    assert ["p-1"] == await refs(stores, SERVICE)


ON_DUTY = [*staff("p-1", duty="on_call"), *staff("p-2", duty="on_call")]


@pytest.mark.parametrize(
    ("rotas", "expected"),
    [
        ([], ["p-1", "p-2"]),
        ([rota("r", "company", whole_week("p-1"))], ["p-1"]),
        ([rota("r", "company", whole_week("p-9"), never_now("p-2"))], ["p-9"]),
        ([rota("r", "company", never_now("p-1"))], ["p-1", "p-2"]),
        ([rota("r", "copropiedad:ph-2", whole_week("p-1"))], ["p-1", "p-2"]),
        (
            [rota("r", "company", whole_week("p-1")), rota("s", "copropiedad:ph-1", whole_week("p-2"))],
            ["p-2"],
        ),
        ([rota("r", "company", whole_week("p-1")), rota_removed("r", 2)], ["p-1", "p-2"]),
        ([rota("r", "company", whole_week("nobody"))], ["p-1", "p-2"]),
        ([rota("r", "company", whole_week("p-1"), duty="ops")], ["p-1", "p-2"]),
        ([rota("r", "company", whole_week("p-1")), today("p-9")], ["p-9"]),
    ],
    ids=[
        "no rota",
        "whose shift it is",
        "somebody without the duty",
        "a gap calls all",
        "of elsewhere",
        "the nearest rota",
        "removed",
        "somebody unknown",
        "another duty",
        "on leave",
    ],
)
async def test_the_rota_says_who_is_on_call(
    stores: Stores, rotas: Sequence[Event], expected: list[str]
) -> None:
    await stores.apply_directory(*ON_DUTY, person("p-9"), *rotas)

    assert expected == await refs(stores, ON_CALL)


@pytest.mark.parametrize("flag", ["on_call", "direction"])
async def test_somebody_may_be_called_besides_the_duty(stores: Stores, flag: str) -> None:
    called: dict[str, Any] = {"duty": "maintenance", flag: True}
    await stores.apply_directory(*staff("p-1", **called), *staff("p-2", duty="maintenance"))

    assert ["p-1"] == await refs(stores, Group(duty=flag, copropiedad_id="ph-1"))
    assert ["p-1", "p-2"] == await refs(stores, Group(duty="maintenance", copropiedad_id="ph-1"))


async def any_hour(stores: Stores, group: Group) -> dict[str, bool]:
    """Return who may be notified outside working hours."""
    async with stores.intake.transaction() as transaction:
        return {person.ref: person.any_hour for person in (await transaction.people([group]))[group]}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, False),
        ({"on_call": True}, True),
        ({"direction": True}, True),
        ({"direction": True, "until": "2020-01-01"}, False),
    ],
)
@pytest.mark.parametrize(
    "group",
    [
        SERVICE,
        Group(person="p-1"),
        Group(level=2, copropiedad_id="ph-1"),
        Group(roles=("staff",), everywhere=True),
    ],
    ids=["duty", "reference", "level", "all"],
)
async def test_who_is_flagged_somewhere_may_be_notified_at_any_hour(
    stores: Stores, group: Group, fields: dict[str, Json], *, expected: bool
) -> None:
    await stores.apply_directory(
        *staff("p-1", level=2), membership("p-1", "copropiedad:ph-9", "staff", duty="other", **fields)
    )

    assert {"p-1": expected} == await any_hour(stores, group)


async def test_flagged_among_all_staff_of_a_place_may_be_notified_at_any_hour(stores: Stores) -> None:
    await stores.apply_directory(
        *staff("p-1", "copropiedad:ph-1"), *staff("p-2", "copropiedad:ph-1", direction=True)
    )

    assert {"p-1": False, "p-2": True} == await any_hour(
        stores, Group(copropiedad_id="ph-1", roles=("staff",))
    )


async def test_somebody_whose_duty_is_to_be_on_call_may_be_notified_at_any_hour(stores: Stores) -> None:
    await stores.apply_directory(*staff("p-1", duty="on_call"))

    assert {"p-1": True} == await any_hour(stores, ON_CALL)


async def test_person_on_shift_now_is_at_work_at_any_hour(stores: Stores) -> None:
    await stores.apply_directory(
        *staff("p-1"), *staff("p-2"), rota("r-1", "company", whole_week("p-2"), duty="service")
    )

    assert {"p-2": True} == await any_hour(stores, SERVICE)


async def test_who_stands_in_for_somebody_on_shift_has_that_shift(stores: Stores) -> None:
    await stores.apply_directory(
        *staff("p-1"),
        person("p-9"),
        rota("r-1", "company", whole_week("p-1"), duty="service"),
        today("p-9"),
    )

    assert {"p-1": False, "p-9": True} == await any_hour(stores, SERVICE)


EARLY: Json = {"mon": [["06:00", "14:00"]], "fri": [["06:00", "12:00"], ["13:00", "14:00"]]}
SUNDAYS: Json = {"sun": [["06:00", "18:00"]], "holidays": True}


async def weeks(stores: Stores, group: Group) -> dict[str, tuple[WorkWeek | None, ...]]:
    """Return who has own working hours."""
    async with stores.intake.transaction() as transaction:
        return {person.ref: person.weeks for person in (await transaction.people([group]))[group]}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([], [EARLY]),
        ([{"hours": SUNDAYS}], [EARLY, SUNDAYS]),
        ([{"hours": EARLY}], [EARLY]),
        ([{}], [EARLY, None]),
        ([{"hours": SUNDAYS, "until": "2020-01-01"}], [EARLY]),
        ([{"hours": SUNDAYS, "since": "2120-01-01"}], [EARLY]),
        ([{"hours": SUNDAYS, "role": "council"}], [EARLY]),
    ],
    ids=["one", "two", "the same", "the company's", "ended", "to come", "no work"],
)
@pytest.mark.parametrize(
    "group",
    [
        SERVICE,
        Group(person="p-1"),
        Group(level=2, copropiedad_id="ph-1"),
        Group(roles=("staff",), everywhere=True),
    ],
    ids=["duty", "reference", "level", "all"],
)
async def test_the_hours_of_all_offices_of_somebody_are_his(
    stores: Stores, group: Group, more: Sequence[dict[str, Json]], expected: Sequence[Json]
) -> None:
    others = [
        membership("p-1", "copropiedad:ph-9", **{"role": "staff", "duty": "other", **fields})
        for fields in more
    ]
    await stores.apply_directory(*staff("p-1", level=2, hours=EARLY), *staff("p-2", level=2), *others)
    found = await weeks(stores, group)

    assert weeks_of(expected) == found.pop("p-1")
    assert {()} >= set(found.values())


async def test_each_among_all_staff_of_a_place_has_own_hours(stores: Stores) -> None:
    here = "copropiedad:ph-1"
    await stores.apply_directory(
        *staff("p-1", here, hours=EARLY), *staff("p-2", here), *staff("p-3", here, hours=SUNDAYS)
    )

    assert {"p-1": weeks_of([EARLY]), "p-2": (), "p-3": weeks_of([SUNDAYS])} == await weeks(
        stores, Group(copropiedad_id="ph-1", roles=("staff",))
    )


async def test_who_stands_in_works_his_own_hours(stores: Stores) -> None:
    await stores.apply_directory(
        *staff("p-1", hours=EARLY), *staff("p-9", "copropiedad:ph-9", hours=SUNDAYS), today("p-9")
    )

    assert weeks_of([SUNDAYS]) == (await weeks(stores, SERVICE))["p-9"]


async def test_hours_are_gone_with_the_version_without_them(stores: Stores) -> None:
    await stores.apply_directory(
        *staff("p-1", hours=EARLY), membership("p-1", "company", "staff", 2, duty="service")
    )

    assert {"p-1": ()} == await weeks(stores, SERVICE)
