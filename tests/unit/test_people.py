from __future__ import annotations

from hub.catalog import BY_NAME
from hub.cloudevents.schemas import Schemas
from hub.desk.people.rows import NOUNS
from hub.model import Role


def test_the_roles_are_those_of_the_schema() -> None:
    document = Schemas.load().by_name["directory.membership.upserted"].document

    assert list(Role) == document["properties"]["role"]["enum"]


def test_each_noun_of_the_directory_can_be_written_over_http() -> None:
    nouns = {name.split(".")[1] for name in BY_NAME if name.startswith("directory.")}

    assert nouns == set(NOUNS.values())
