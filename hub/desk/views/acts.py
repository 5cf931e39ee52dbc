"""Saved views: list one's own, save one, forget one."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from hub.desk.views import queries
from hub.desk.views.rows import SavedViewRow, SaveViewBody, as_query, asked_in
from hub.doors.operator import Operator, found
from hub.errors import NotOffered
from hub.model.pages import ListQuery, Rows, rows_by
from hub.rendering.typed_words import tidy

VIEW: Final = "view"
MOST: Final = 30
"""Views of one account: a longer list helps nobody."""
Name = Annotated[str, Meta(description="The name of the view.")]


async def list_views(by: Operator, query: ListQuery) -> Rows[SavedViewRow]:
    """List the views of the list of cases that the caller has saved."""
    return rows_by(await queries.own_views(by.db, by.who), query, lambda row: (row.at.isoformat(), row.name))


async def save_view(by: Operator, body: SaveViewBody) -> SavedViewRow:
    """
    Save what the list of cases is asked under a name of one's own; safe to repeat.

      hub views save "Arreglos míos" --query "view=mine&kind=repairs"
    """
    name, asked = tidy(body.name, len(body.name)), asked_in(body.query)
    # Neither the name nor the query is in the audit: somebody may have searched for a resident by name.
    await by.audit("view.save", "view")
    if not await queries.save(by.db, by.who, name, asked, most=MOST):
        raise NotOffered(f"There are {MOST} views already: forget one first.")
    return SavedViewRow(name=name, query=as_query(asked), at=by.now)


async def forget_view(by: Operator, name: Name) -> SavedViewRow:
    """Forget a view of one's own."""
    own = {view.name: view for view in await queries.own_views(by.db, by.who)}
    view = found(VIEW, own.get(name))
    await by.audit("view.forget", "view")
    await queries.forget(by.db, by.who, name)
    return view
