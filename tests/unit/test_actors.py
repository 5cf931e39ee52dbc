"""Actors: one name each, as systems name people, and in the words of a page."""

from __future__ import annotations

import pytest

from hub.model import actors
from hub.rendering.actors_es import who_es

NAMES = {"account:ana": "Ana Ruiz"}


def test_person_whom_a_system_names_stands_behind_its_name() -> None:
    assert "key:crm/luz.marina" == actors.named_by(actors.of_key("crm"), "luz.marina")
    assert "key:crm/account:ana" == actors.named_by(actors.of_key("crm"), "account:ana")
    assert "key:crm" == actors.named_by(actors.of_key("crm"), "")


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("account:ana", "Ana Ruiz"),
        ("account:luz", "luz"),
        ("cli:ana", "ana"),
        ("ana", "ana"),
        ("key:crm", "crm"),
        ("key:crm/luz.marina", "luz.marina"),
        ("link:p-2", "p-2"),
        ("HUB_API_KEY", "Llave del centro"),
        ("HUB_API_KEY/luz", "luz"),
        ("this machine", "este servidor"),
        ("console", "la consola"),
        ("hub db restore", "hub db restore"),
        ("", ""),
        (None, ""),
    ],
)
def test_page_shows_the_name_alone(who: str | None, words: str) -> None:
    assert words == who_es(who, NAMES)
