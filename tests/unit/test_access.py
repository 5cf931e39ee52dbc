"""The scopes of offices, and their places."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model import EVERYWHERE, SCOPES_OF, Grant, Office, Scope, covers, reach_of
from hub.web.auth.api_key_cache import Caller


def test_office_of_one_copropiedad_grants_nothing_elsewhere() -> None:
    reach = reach_of((Grant(office=Office.OPERATOR, copropiedad_id="ph-a"),))

    assert {Scope.READ: frozenset({"ph-a"}), Scope.OPERATE: frozenset({"ph-a"})} == reach


def test_offices_of_several_copropiedades_add_up_scope_by_scope() -> None:
    reach = reach_of(
        (
            Grant(office=Office.OPERATOR, copropiedad_id="ph-a"),
            Grant(office=Office.VIEWER, copropiedad_id="ph-b"),
        )
    )

    assert frozenset({"ph-a", "ph-b"}) == reach[Scope.READ]
    assert frozenset({"ph-a"}) == reach[Scope.OPERATE]


def test_office_everywhere_includes_the_office_of_one_place() -> None:
    reach = reach_of(
        (
            Grant(office=Office.VIEWER, copropiedad_id=EVERYWHERE),
            Grant(office=Office.VIEWER, copropiedad_id="ph-b"),
        )
    )

    assert {Scope.READ: None} == reach


@pytest.mark.parametrize("office", list(Office))
def test_reach_covers_what_it_has_everywhere_that_it_has_it(office: Office) -> None:
    here = Grant(office=office, copropiedad_id="ph-a")
    both = reach_of((here, replace(here, copropiedad_id="ph-b")))
    everywhere = reach_of((Grant(office=office),))

    assert covers(everywhere, both)
    assert covers(both, reach_of((here,)))
    assert not covers(reach_of((here,)), both)
    assert not covers(both, everywhere)
    assert covers(everywhere, {})
    assert not covers({}, everywhere)


def test_administrator_does_not_cover_who_sees_people_whole() -> None:
    assert not covers(
        reach_of((Grant(office=Office.ADMINISTRATOR),)), reach_of((Grant(office=Office.MANAGER),))
    )


def test_caller_has_the_places_of_any_requested_scope() -> None:
    caller = Caller(who="ana", reach={Scope.READ: frozenset({"a"}), Scope.PRIVACY: frozenset({"b"})})

    assert caller.may({Scope.PRIVACY, Scope.ADMIN})
    assert not caller.may({Scope.ADMIN})
    assert frozenset({"a", "b"}) == caller.places({Scope.READ, Scope.PRIVACY})
    assert frozenset() == caller.places({Scope.ADMIN})


def test_console_cannot_publish_and_only_administrators_manage_accounts() -> None:
    assert not any(Scope.PUBLISH in scopes for scopes in SCOPES_OF.values())
    assert [Office.ADMINISTRATOR] == [office for office, scopes in SCOPES_OF.items() if Scope.ADMIN in scopes]
    assert Scope.PRIVACY not in SCOPES_OF[Office.ADMINISTRATOR]
