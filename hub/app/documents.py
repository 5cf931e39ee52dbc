"""The documents of events, for the roles: delivery attaches them, and the timers fetch them."""

from __future__ import annotations

from contextlib import AsyncExitStack, aclosing
from typing import Final

from hub import storage
from hub.app.container import Container
from hub.catalog import BY_NAME, BY_TYPE, CATALOG
from hub.channels.urls import endpoints_of, parse_whatsapp
from hub.channels.whatsapp.media import MediaCalls
from hub.messages.cascades import Prints
from hub.messages.delivery.deps import Documents
from hub.messages.planning.documents import with_document
from hub.model import DocumentUse, Message, StoredEvent
from hub.model.documents import FetchState, document_links
from hub.parts.renderer import can_print
from hub.resilience.database_time import NOW
from hub.timers.documents import DocumentDeps

_ATTACHED: Final = frozenset(kind.name for kind in CATALOG if kind.document is DocumentUse.ATTACH)


def documents_of(parts: Container) -> Documents:
    """Return the documents that messages take along or lead to: fetched, or given to a letter by hand."""
    rules = parts.company.policy.documents
    return Documents(
        store=storage.PostgresDocuments(parts.database),
        events=frozenset(BY_TYPE[kind].name for kind in with_document(BY_NAME, rules)),
        attached=_ATTACHED,
        attach_below=rules.attach_below,
    )


def prints_of(parts: Container) -> Prints:
    """Return the check whether a letter can be made; not if it would only link to its document."""
    documents = documents_of(parts)

    async def prints(letter: Message, about: StoredEvent) -> bool:
        if not any(document_links(about.event.data or {})):
            return True
        request = (await documents.store.of_events([about.key])).get(about.key)
        # One whose document is still being fetched may yet be made.
        if request is not None and request.attach and request.state is not FetchState.FAILED:
            return True
        return can_print(parts.company, letter, about)

    return prints


async def fetching_of(parts: Container, stack: AsyncExitStack) -> DocumentDeps | None:
    """Return the fetcher of documents, and of media of WhatsApp; None where neither has a host."""
    rules = parts.company.policy.documents
    accounts = list(endpoints_of(parts.settings, "whatsapp", "whatsapp+", parse_whatsapp))
    if not rules.hosts and not accounts:
        return None
    return DocumentDeps(
        queue=storage.PostgresDocuments(parts.database),
        calls=await stack.enter_async_context(aclosing(MediaCalls(rules, accounts))),
        publisher=parts.publisher,
        breakers=parts.breakers,
        hosts=rules.hosts,
        now=NOW,
    )
