"""The texts of a company as operators look at them: checked, and filled with examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from threading import Lock

from hub import sla
from hub.catalog import BY_NAME
from hub.model import Event, Json, type_of
from hub.operations.gallery import Gallery
from hub.operations.template_check import TemplateCheck, trials_of
from hub.parts.company import CompanyRules
from hub.rendering.preview import PREVIEWED_AT


def template_check(company: CompanyRules) -> TemplateCheck:
    schemas = company.schemas.by_name
    return TemplateCheck(
        templates=company.templates,
        examples=trials_of(schemas),
        fields={name: frozenset(schema.document["properties"]) for name, schema in schemas.items()},
        due_of=partial(due_of, company),
        policy=company.policy,
    )


def lazy_gallery(company: CompanyRules) -> Callable[[], Gallery]:
    """Return a reader of the texts: it reads at its first call, once for all threads."""
    turn, made = Lock(), cache(partial(gallery_of, company))

    def gallery() -> Gallery:
        with turn:
            return made()

    return gallery


def gallery_of(company: CompanyRules) -> Gallery:
    examples = {name: schema.examples for name, schema in company.schemas.by_name.items()}
    return Gallery(check=template_check(company), examples=examples)


def due_of(company: CompanyRules, event: str, example: Mapping[str, Json]) -> Mapping[str, datetime]:
    """Return when the promises end that this example would start."""
    happened = Event(id="example", source="/example", type=type_of(event), time=PREVIEWED_AT, data=example)
    return sla.due_of(sla.replay("example", [happened], BY_NAME, company.policy))
