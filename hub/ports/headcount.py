"""The people of an audience, as operators and other systems query them before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass

from hub.people.headcount import Headcount
from hub.ports.log import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadcountPage:
    """A page of people, with the headcount on the first page."""

    headcount: Headcount | None
    page: Page
