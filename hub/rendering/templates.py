"""All templates of the hub: read at start, compiled on first use."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hub.business_time import WorkCalendar
from hub.catalog import BY_NAME
from hub.errors import InvalidTemplate, MissingDocument, TemplateFailure
from hub.model import Claimed, Json, Purpose, Rendered
from hub.model.documents import SentDocument
from hub.rendering.approved import Approved
from hub.rendering.compiling import Compiler
from hub.rendering.context import Context
from hub.rendering.document_links import document_links
from hub.rendering.engine import Form
from hub.rendering.files import Files, Folders
from hub.rendering.forms import EventTexts
from hub.rendering.source import Source, read
from hub.rendering.terms import NAMING_INSTANTS, Clocks, Due, functions, opening
from hub.rendering.texting import BUILT_IN as BUILT_IN_TEXTING
from hub.rendering.texting import Texting

BUILT_IN: Final = Path(__file__).parent.parent / "templates"
DEFAULT_LOCALE: Final = "es"
PREVIEWED_AT: Final = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
"""When the example of a preview has happened."""
_LETTER: Final = "print"
_LAYOUTS: Final = ("email.html", "email.txt", "letter.html")
_COMPANY: Final[Mapping[str, str]] = {"name": "", "phone": "", "email": "", "site": ""}

Key = tuple[str, str, str | None]
"""Locale, event name, variant."""


@dataclass(frozen=True, slots=True)
class Templates:
    """
    `dated` are the events whose texts name instants of their case's clocks.

    `files` are the texts of the files that the templates were made from, by path.
    """

    words: Mapping[Key, EventTexts]
    globals: Mapping[str, Json]
    company: Mapping[str, str]
    texting: Texting = BUILT_IN_TEXTING
    clocks: Clocks = field(default_factory=dict)
    calendar: WorkCalendar | None = None
    dated: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(
        cls,
        folder: Path | None = None,
        *,
        company: Mapping[str, str],
        clocks: Clocks,
        calendar: WorkCalendar | None = None,
        texting: Texting = BUILT_IN_TEXTING,
    ) -> Templates:
        """
        Read all templates. A file in `folder` replaces the built-in one with the same path.

        `clocks` and `calendar` are the policy's: templates write its terms with `term("first_reply")`, their
        ends with `hasta("first_reply")`, and with `abrimos()` when it opens.

        Templates that use a file of `folder` are compiled now, because a mistake in them must prevent the
        start. The built-in files are tested, and compiling all of them takes seconds.

        Raises `InvalidTemplate` with the faulty file.
        """
        return cls.of(
            Folders(BUILT_IN, folder), company=company, clocks=clocks, calendar=calendar, texting=texting
        )

    @classmethod
    def of(
        cls,
        files: Files,
        *,
        company: Mapping[str, str],
        clocks: Clocks,
        calendar: WorkCalendar | None,
        texting: Texting,
    ) -> Templates:
        """Make the templates from these files, which may be those of an older version."""
        company = {**_COMPANY, **company}
        constants = {"company": company, "sms_two_way": texting.two_way}
        compiler = Compiler(*(files.layout(name) for name in _LAYOUTS), constants=constants)
        words: dict[Key, EventTexts] = {}
        dated: set[str] = set()
        for path in files.events():
            source, texts = _compile(files, path, compiler)
            words |= texts
            if source.matches(NAMING_INSTANTS):
                dated |= {name for _, name, _ in texts}
        return cls(
            MappingProxyType(words),
            compiler.engine.globals,
            company,
            texting,
            clocks,
            calendar,
            frozenset(dated),
            MappingProxyType(files.texts),
        )

    def render(
        self,
        event_name: str,
        channel: str,
        context: Context,
        *,
        variant: str | None,
        locale: str = DEFAULT_LOCALE,
    ) -> Rendered:
        """
        Render one message. Another audience's text never replaces a missing variant.

        Raises `TemplateFailure` with the template and the variable, never a value; `MissingDocument` for a
        letter that would only link to its document.
        """
        rendered = self._find(event_name, variant, locale).render(channel, self._variables(context))
        if channel == _LETTER and any(link in rendered.text for link in document_links(context.data)):
            raise MissingDocument(f"{event_name}: its document is a link, which nobody can follow on paper")
        return rendered

    def render_claimed(
        self,
        claimed: Claimed,
        *,
        link: str | None = None,
        page: str | None = None,
        document: SentDocument | None = None,
    ) -> Rendered:
        """
        Render a claimed message.

        `link` acknowledges an escalation, `page` opens what it is about, `document` is what it has of its
        event's document.
        """
        message = claimed.message
        context = Context.of(claimed, ack_url=link, page_url=page, document=document)
        return self.render(
            message.event, message.channel, context, variant=message.variant, locale=message.locale
        )

    def compile_urgent(self) -> Iterator[Form]:
        """Compile what an emergency says, form by form: the first one must not wait for it."""
        for (_, name, _), words in self.words.items():
            if _is_urgent(name):
                yield from words.compile()

    def preview(
        self, event_name: str, example: Mapping[str, Json], due: Due | None = None
    ) -> dict[str, Rendered]:
        """Render every form of an event for an invented reader: `email`, `sms`, `staff/inbox` …"""
        return {
            channel if variant is None else f"{variant}/{channel}": words.render(
                channel, self._variables(_preview_context(event_name, variant, example, due))
            )
            for (locale, name, variant), words in self.words.items()
            if (locale, name) == (DEFAULT_LOCALE, event_name)
            for channel in words.channels()
        }

    def to_approve(
        self, event_name: str, example: Mapping[str, Json], due: Due | None = None
    ) -> Iterator[tuple[Approved, Rendered]]:
        """Yield the texts of an event that a provider must approve, each filled with an example."""
        variables = self._variables(_preview_context(event_name, None, example, due))
        for (locale, name, _), words in self.words.items():
            if (locale, name) == (DEFAULT_LOCALE, event_name):
                for approved in words.approved.values():
                    yield approved, approved.fill(variables)

    def _variables(self, context: Context) -> dict[str, Json]:
        """The hub's own names override fields of the data, and those override Jinja's globals."""
        return {
            **self.globals,
            **context.data,
            **context.names(),
            "sms_prefix": self.texting.prefix_of(context, self.company["name"]),
            "sms_two_way": self.texting.two_way,
            **functions(self.clocks, context.data, context.due, late=context.late),
            "abrimos": opening(self.calendar, context.event_time),
            "company": self.company,
        }

    def _find(self, event_name: str, variant: str | None, locale: str) -> EventTexts:
        for language in (locale, locale.partition("-")[0], DEFAULT_LOCALE):
            if found := self.words.get((language, event_name, variant)):
                return found
        raise TemplateFailure(f"no template for {event_name}{f'/{variant}' if variant else ''}")


def _compile(files: Files, path: str, compiler: Compiler) -> tuple[Source, dict[Key, EventTexts]]:
    locale, name = path.removesuffix(".j2").split("/", 1)
    parts = [path, *(f"layouts/{layout}" for layout in _LAYOUTS)]

    def fetch(part: str) -> str:
        parts.append(f"{locale}/{part}")
        return files.text(parts[-1])

    try:
        source = read(files.text(path), fetch)
        words = compiler.words(name, source)
        if any(map(files.replaces, parts)):
            for texts in words.values():
                deque(texts.compile(), maxlen=0)
    except InvalidTemplate as exc:
        raise InvalidTemplate(f"{path}: {exc}") from exc
    return source, {(locale, name, variant): texts for variant, texts in words.items()}


def _is_urgent(event_name: str) -> bool:
    audiences = BY_NAME[event_name].audiences if event_name in BY_NAME else ()
    return any(audience.purpose is Purpose.EMERGENCY for audience in audiences)


def _preview_context(
    event_name: str, variant: str | None, example: Mapping[str, Json], due: Due | None
) -> Context:
    audiences = BY_NAME[event_name].audiences if event_name in BY_NAME else ()
    return Context(
        data=example,
        event_id="vista-previa",
        event_time=PREVIEWED_AT,
        event_name=event_name,
        person="María Fernanda Ríos",
        building="Conjunto Altos del Rosal",
        unit="Torre 1, apto. 101",
        purpose=next((audience.purpose for audience in audiences if audience.template == variant), None),
        due=due or {},
    )
