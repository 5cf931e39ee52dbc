"""
The demonstration copropiedad as data. All people are invented.

Addresses end in example.com (RFC 2606) and numbers are 300 000 01xx, so that a mistake reaches nobody.
Some people have no email, a landline only, or no contact at all, as in real buildings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from hub.model import Json

COPROPIEDAD: Final[Mapping[str, Json]] = {
    "copropiedad_id": "ph-altos-del-rosal",
    "name": "Conjunto Residencial Altos del Rosal",
    "address": "Carrera 15 # 100-20, Bogotá",
    "towers": ["1", "2", "3"],
    "branding": {"color": "#1F5C4D"},
    "timezone": "America/Bogota",
}
FLOORS: Final = (1, 2, 3, 4)
FLATS: Final = ("01", "02")
"""Two flats on each floor of each tower: 101, 102 … 402."""


class Person(NamedTuple):
    """A person; the email is derived from `slug`, and the person_id is `p-` + slug."""

    slug: str
    names: str
    phone: str | None = None
    email: bool = True
    push: bool = False
    digital_access: bool = True


class Neighbour(NamedTuple):
    """`home` is tower-flat, `roles` are the person's roles there."""

    home: str
    roles: tuple[str, ...]
    person: Person


class Colleague(NamedTuple):
    """Staff; `here` for staff of the copropiedad, else of the company. No area means all areas."""

    person: Person
    duty: str
    level: int | None = None
    service_area: str | None = None
    here: bool = False


_LIVES_IN_OWN: Final = ("owner", "resident")
_COUNCIL: Final = ("owner", "resident", "council")

NEIGHBOURS: Final = (
    Neighbour("1-101", _LIVES_IN_OWN, Person("maria-pena", "María Fernanda Peña", "300 000 0101", push=True)),
    Neighbour("1-101", ("resident",), Person("sebastian-pena", "Sebastián Peña", "300 000 0102", push=True)),
    Neighbour("1-102", _LIVES_IN_OWN, Person("jorge-castano", "Jorge Iván Castaño", "300 000 0103")),
    Neighbour("1-201", ("owner",), Person("gloria-munoz", "Gloria Inés Muñoz", "300 000 0104")),
    Neighbour("1-201", ("tenant",), Person("daniela-ospina", "Daniela Ospina", "300 000 0105", push=True)),
    Neighbour(
        "1-202",
        _LIVES_IN_OWN,
        Person("elvira-rojas", "Elvira Rojas de Nariño", email=False, digital_access=False),
    ),
    Neighbour("1-301", _LIVES_IN_OWN, Person("hernan-zuniga", "Hernán Zúñiga", "601 555 0111", email=False)),
    Neighbour("1-302", _COUNCIL, Person("lucia-ibanez", "Lucía Ibáñez", "300 000 0107")),
    Neighbour("1-401", ("owner",), Person("inversiones-andinas", "Inversiones Andinas S.A.S.")),
    Neighbour("1-401", ("tenant",), Person("felipe-acuna", "Felipe Acuña", "300 000 0108", push=True)),
    Neighbour("1-402", _LIVES_IN_OWN, Person("rosa-quinones", "Rosa Quiñones", "300 000 0109", email=False)),
    Neighbour("2-101", _LIVES_IN_OWN, Person("alvaro-nino", "Álvaro Niño", "300 000 0110")),
    Neighbour("2-102", _LIVES_IN_OWN, Person("carolina-guiza", "Carolina Güiza", "300 000 0111", push=True)),
    Neighbour("2-201", _LIVES_IN_OWN, Person("beatriz-lleras", "Beatriz Lleras", "300 000 0112")),
    Neighbour("2-201", ("payer",), Person("mateo-lleras", "Mateo Lleras", "300 000 0113")),
    Neighbour("2-202", _LIVES_IN_OWN, Person("oscar-bedoya", "Óscar Bedoya", "300 000 0114")),
    Neighbour("2-301", _LIVES_IN_OWN, Person("camilo-nunez", "Camilo Núñez", "300 000 0115", push=True)),
    Neighbour("2-301", ("resident",), Person("paula-nunez", "Paula Andrea Núñez", "300 000 0116")),
    Neighbour("2-302", _COUNCIL, Person("ines-avila", "Inés Ávila", "300 000 0117")),
    Neighbour("2-401", ("owner",), Person("jaime-turbay", "Jaime Turbay", "300 000 0118")),
    Neighbour(
        "2-401", ("tenant",), Person("valentina-arango", "Valentina Arango", "300 000 0119", push=True)
    ),
    Neighbour("2-402", _LIVES_IN_OWN, Person("german-pacheco", "Germán Pacheco", "300 000 0120")),
    Neighbour("3-101", _LIVES_IN_OWN, Person("teresa-cordoba", "Teresa Córdoba", "300 000 0121")),
    Neighbour("3-102", _LIVES_IN_OWN, Person("ivan-saldarriaga", "Iván Darío Saldarriaga", "300 000 0122")),
    Neighbour(
        "3-201",
        _LIVES_IN_OWN,
        Person("nubia-guzman", "Nubia Guzmán", "601 555 0112", email=False, digital_access=False),
    ),
    Neighbour("3-202", ("owner",), Person("clara-echeverri", "Clara Echeverri", "300 000 0123")),
    Neighbour("3-202", ("tenant",), Person("kevin-mosquera", "Kevin Mosquera", "300 000 0124", push=True)),
    Neighbour("3-301", _COUNCIL, Person("ramiro-yepez", "Ramiro Yépez", "300 000 0125")),
    Neighbour("3-302", _LIVES_IN_OWN, Person("adriana-lopez", "Adriana López", "300 000 0126", push=True)),
    Neighbour("3-401", _LIVES_IN_OWN, Person("martha-bermudez", "Martha Bermúdez", "300 000 0127")),
    Neighbour("3-402", _LIVES_IN_OWN, Person("fabian-giraldo", "Fabián Giraldo", "300 000 0128", push=True)),
)

STAFF: Final = (
    Colleague(Person("laura-quintero", "Laura Quintero", "300 000 0151"), "service", 1),
    Colleague(Person("andres-velez", "Andrés Vélez", "300 000 0152"), "service", 1),
    Colleague(Person("monica-salcedo", "Mónica Salcedo", "300 000 0153"), "coordinator", 2, "administracion"),
    Colleague(Person("ricardo-tobon", "Ricardo Tobón", "300 000 0154"), "coordinator", 2, "mantenimiento"),
    Colleague(Person("patricia-mejia", "Patricia Mejía", "300 000 0155"), "operations", 3),
    Colleague(Person("eduardo-botero", "Eduardo Botero", "300 000 0156"), "management", 4),
    Colleague(Person("jairo-cano", "Jairo Cano", "300 000 0157", push=True), "maintenance", here=True),
    Colleague(Person("yenny-parra", "Yenny Parra", "300 000 0158", push=True), "maintenance", here=True),
    Colleague(Person("wilson-duarte", "Wilson Duarte", "300 000 0159"), "front_desk", here=True),
    Colleague(Person("nelson-rios", "Nelson Ríos", "300 000 0160", push=True), "front_desk", here=True),
    Colleague(Person("sandra-pulido", "Sandra Pulido", "300 000 0161", push=True), "on_call"),
    Colleague(Person("tatiana-forero", "Tatiana Forero", "300 000 0162"), "ops"),
)


def unit_id(home: str) -> str:
    """`1-101` → `altos-t1-101`."""
    return f"altos-t{home}"


def person_id(slug: str) -> str:
    return f"p-{slug}"
