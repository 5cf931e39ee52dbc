"""Parts of a dry run: they are made at the first one, which most processes never have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial

from hub import storage
from hub.access.actor import Actor
from hub.catalog import BY_NAME
from hub.intake.decode import IntakeContext
from hub.intake.dry_run import DryRunDeps, dry_run
from hub.intake.dry_run_answer import Measure
from hub.intake.dry_run_schemas import DryRun
from hub.messages.delivery.deps import Renderer
from hub.messages.planning.plan import Rules
from hub.model import ChannelTraits, Event
from hub.parts.company import CompanyRules
from hub.parts.renderer import render_again, renderer
from hub.resilience.database_time import NOW


class DryRuns:
    """Dry runs of events, with the policy, the texts and the `traits` of the channels of this process."""

    def __init__(
        self,
        database: storage.Database,
        company: CompanyRules,
        traits: Callable[[], Mapping[str, ChannelTraits]],
    ) -> None:
        self._database, self._company, self._traits = database, company, traits

    async def __call__(
        self,
        by: Actor,
        events: Sequence[Event],
        *,
        everybody: bool,
        at: datetime | None = None,
        measured: int | None = None,
    ) -> DryRun:
        """
        Run these events dry. Without `everybody` nobody is listed; `at` is when they come.

        With `measured` all people are listed, and so many text messages are measured. May raise TooLarge,
        Unavailable.
        """
        deps = self._deps if at is None else replace(self._deps, now=lambda: at)
        if measured is not None:
            deps = replace(deps, measure=Measure(render=self._render, most=measured))
        return await dry_run(by, events, deps=deps, everybody=everybody)

    @cached_property
    def _render(self) -> Renderer:
        return renderer(self._company)

    @cached_property
    def _deps(self) -> DryRunDeps:
        company, texts = self._company, self._company.templates
        return DryRunDeps(
            context=IntakeContext(
                schemas=company.schemas,
                catalog=BY_NAME,
                rules=Rules(
                    channels=self._traits(),
                    policy=company.policy,
                    links=lambda: company.resident_links.usable,
                ),
                counted=False,
            ),
            store=storage.PostgresDryRuns(self._database, texts.dated, texts.named),
            render=partial(render_again, company),
            now=NOW,
        )
