"""The scopes of offices, and their places."""

from __future__ import annotations

from hub.model import EVERYWHERE, SCOPES_OF, Grant, Office, Scope, reach_of
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
