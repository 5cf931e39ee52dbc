"""Papers with the company's texts: makers of constancias."""

from __future__ import annotations

from hub import storage
from hub.access.document_keys import document_keys
from hub.operations.constancia.make import Constancias
from hub.parts.company import CompanyRules
from hub.rendering.paper import make_pdf


def constancias_of(database: storage.Database, company: CompanyRules) -> Constancias:
    """Return the maker of constancias, signed with the key of the hub's first secret."""
    return Constancias(
        threads=storage.PostgresCases(database),
        store=storage.PostgresConstancias(database),
        calendar=company.policy.calendar,
        company=company.policy.company.name,
        pdf=make_pdf,
        look=company.look,
        key=lambda: document_keys(company.ring)[0],
    )
