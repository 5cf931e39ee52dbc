"""All templates of the hub: read at start, compiled on first use."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from msgspec import structs

from hub.business_time import WorkCalendar
from hub.catalog import BY_NAME
from hub.errors import InvalidTemplate, MissingDocument, TemplateFailure
from hub.messages.planning.posters import valid_until
from hub.model import Brand, Claimed, Facts, Json, Purpose, Rendered, Sender
from hub.model.documents import document_links
from hub.model.posters import PosterSource
from hub.policy.residents import ALL_TEMPLATES
from hub.policy.senders import SenderPolicy
from hub.rendering import english, frame_es
from hub.rendering.approved import Approved
from hub.rendering.board import code_of
from hub.rendering.compiling import Compiler
from hub.rendering.context import INITIAL, Context
from hub.rendering.engine import NO_FILTERS, Filters, Form
from hub.rendering.files import POSTER, Files, Folders
from hub.rendering.forms import LOOK, EventTexts
from hub.rendering.genuine import WORD, checked
from hub.rendering.identities import Identities
from hub.rendering.lengths import fit_push
from hub.rendering.own_links import WORD as OWN_WORD
from hub.rendering.own_links import with_button
from hub.rendering.preview import POSTER_LINK, PREVIEWED_BUILDING, preview_context
from hub.rendering.source import Source, read
from hub.rendering.tenses import tenses
from hub.rendering.terms import NAMING_INSTANTS, NAMING_PARTY, SPANISH, Clocks, Due, functions, opening
from hub.rendering.texting import BUILT_IN as BUILT_IN_TEXTING
from hub.rendering.texting import Texting

BUILT_IN: Final = Path(__file__).parent.parent / "templates"
DEFAULT_LOCALE: Final = "es"
_LETTER: Final = "print"
_PUSH: Final = "push"
_SMS: Final = "sms"
_BOARD: Final = "board"
_LAYOUTS: Final = {"email.html": "email", "email.txt": "footer", "letter.html": "letter", POSTER: "board"}
"""Layout → the form that it frames."""
_COMPANY: Final[Mapping[str, str]] = {"name": "", "phone": "", "email": "", "site": ""}

_LOCALES: Final[Mapping[str, tuple[Mapping[str, str], Filters]]] = {
    DEFAULT_LOCALE: (frame_es.FRAME, NO_FILTERS),
    english.LOCALE: (english.FRAME, english.FILTERS),
}
"""Locale → the words of its layouts, and its filters in place of the Spanish ones."""

Key = tuple[str, str, str | None]
"""Locale, event name, variant."""


@dataclass(frozen=True, slots=True)
class Templates:
    """
    `dated` are the events whose texts name instants of their case's clocks, `named` those whose texts name
    the person whose case it is.

    `files` are the texts of the files that the templates were made from, by path.
    """

    words: Mapping[Key, EventTexts]
    globals: Mapping[str, Json]
    company: Mapping[str, str]
    texting: Texting = BUILT_IN_TEXTING
    clocks: Clocks = field(default_factory=dict)
    calendar: WorkCalendar | None = None
    dated: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)
    identities: Identities = field(
        default_factory=lambda: Identities(SenderPolicy(), Sender(name="", address=""))
    )

    @classmethod
    def load(
        cls,
        folder: Path | None = None,
        *,
        company: Mapping[str, str],
        clocks: Clocks,
        calendar: WorkCalendar | None = None,
        texting: Texting = BUILT_IN_TEXTING,
        identities: Identities | None = None,
    ) -> Templates:
        """
        Read all templates. A file in `folder` replaces the built-in one with the same path.

        `clocks` and `calendar` are the policy's: templates write its terms with `term("first_reply")`, their
        ends with `hasta("first_reply")`, and with `abrimos()` when it opens.

        Templates that use a file of `folder`, and of all others what a layout in it frames, are compiled now,
        because a mistake must prevent the start. The built-in files are tested, and compiling all of them
        takes seconds.

        Raises `InvalidTemplate` with the faulty file.
        """
        return cls.of(
            Folders(BUILT_IN, folder),
            company=company,
            clocks=clocks,
            calendar=calendar,
            texting=texting,
            identities=identities,
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
        identities: Identities | None = None,
    ) -> Templates:
        """Make the templates from these files, which may be those of an older version."""
        company = {**_COMPANY, **company}
        constants = {"company": company, "sms_two_way": texting.two_way}
        layouts = [files.layout(name) for name in _LAYOUTS]
        compilers = {
            locale: Compiler(*layouts, constants={**constants, "frame": words}, filters=filters)
            for locale, (words, filters) in _LOCALES.items()
        }
        words: dict[Key, EventTexts] = {}
        dated: set[str] = set()
        named: set[str] = set()
        for path in files.events():
            compiler = compilers.get(path.partition("/")[0], compilers[DEFAULT_LOCALE])
            source, texts = _compile(files, path, compiler)
            words |= texts
            if source.matches(NAMING_INSTANTS):
                dated |= {name for _, name, _ in texts}
            if source.matches(NAMING_PARTY):
                named |= {name for _, name, _ in texts}
        return cls(
            MappingProxyType(words),
            compilers[DEFAULT_LOCALE].engine.globals,
            company,
            texting,
            clocks,
            calendar,
            frozenset(dated),
            frozenset(named),
            MappingProxyType(files.texts),
            identities or Identities(SenderPolicy(), sender_of(company)),
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
        Render one message, in Spanish where there is no text of the locale. Another audience's text never
        replaces a missing variant.

        Raises `TemplateFailure` with the template and the variable, never a value; `MissingDocument` for a
        letter that would only link to its document.
        """
        language, texts = self._find(event_name, variant, locale, channel)
        variables = self._variables(context, language)
        if channel == _LETTER:
            variables |= {"own_page_code": code_of(context.own_page_url)}
        rendered = texts.render(channel, variables)
        if language != DEFAULT_LOCALE:
            rendered = structs.replace(rendered, language=language)
        if channel == _PUSH:
            return fit_push(rendered, context.purpose, ending=variables["unit_note"])
        if channel == _LETTER and any(link in rendered.text for link in document_links(context.data)):
            raise MissingDocument(f"{event_name}: its document is a link, which nobody can follow on paper")
        return rendered

    def render_claimed(self, claimed: Claimed, facts: Facts | None = None) -> Rendered:
        """
        Render a claimed message with the links and the document of its facts, if any.

        `facts.at` is when it leaves: without it, nothing has passed by then.
        """
        message = claimed.message
        context = Context.of(claimed, facts)
        return self.render(
            message.event, message.channel, context, variant=message.variant, locale=message.locale
        )

    def render_board(self, poster: PosterSource, link: str | None) -> Rendered:
        """Render a poster, with a code that leads to its link, if it has one. Raises `TemplateFailure`."""
        context = Context(
            data=poster.data,
            event_id=poster.event_id,
            event_time=poster.time,
            event_name=poster.event,
            building=poster.building,
            brand=poster.brand,
        )
        variant = BY_NAME[poster.event].audiences[poster.audience].template
        _, texts = self._find(poster.event, variant, DEFAULT_LOCALE, _BOARD)
        return texts.render(_BOARD, self._variables(context) | _of_board(poster.event, poster.data, link))

    def compile_urgent(self) -> Iterator[Form]:
        """Compile what an emergency says, form by form: the first one must not wait for it."""
        for (_, name, _), words in self.words.items():
            if _is_urgent(name):
                yield from words.compile()

    def preview(
        self,
        event_name: str,
        example: Mapping[str, Json],
        due: Due | None = None,
        *,
        locale: str = DEFAULT_LOCALE,
    ) -> dict[str, Rendered]:
        """Render every form of an event for an invented reader: `email`, `sms`, `staff/inbox` …"""
        return {
            f"{key[2]}/{channel}" if key[2] else channel: self.try_out(
                key, channel, example, due, occasion=INITIAL
            )
            for key in self.words
            if key[:2] == (locale, event_name)
            for channel in sorted(self.channels(key))
        }

    def channels(self, key: Key) -> frozenset[str]:
        """Return the channels for which this locale has a text."""
        texts = self.words[key]
        return frozenset(texts.channels()) if key[0] == DEFAULT_LOCALE else _of_locale(texts)

    def try_out(
        self,
        key: Key,
        channel: str,
        example: Mapping[str, Json],
        due: Due | None = None,
        *,
        occasion: str,
        building: str = PREVIEWED_BUILDING,
        brand: Brand | None = None,
    ) -> Rendered:
        """Render one text for an invented reader, on one occasion, uncut. Raises as `render` does."""
        _, name, variant = key
        preview = preview_context(name, variant, example, due)
        # A text has its code only where it costs no part, so no rule is broken by it.
        genuine = None if channel == _SMS else preview.genuine
        context = replace(preview, occasion=occasion, building=building, genuine=genuine, brand=brand)
        if channel == _SMS and preview.purpose is Purpose.EMERGENCY:
            context = replace(context, own_page_url=None)
        variables = self._variables(context, key[0])
        if channel == _LETTER:
            variables |= {"own_page_code": code_of(context.own_page_url)}
        if channel == _BOARD:
            variables |= _of_board(name, example, POSTER_LINK)
        rendered = self.words[key].render(channel, variables)
        return rendered if key[0] == DEFAULT_LOCALE else structs.replace(rendered, language=key[0])

    def names(self, key: Key) -> frozenset[str]:
        """Return the names that a text may use besides the fields of its event's data."""
        _, name, variant = key
        own = self._variables(preview_context(name, variant, {}, None))
        board = {"qr", "valid_until", "anonymous_number"}
        return frozenset(own) | board | {"genuine_place", "genuine_code", "genuine_picture"}

    def to_approve(
        self,
        event_name: str,
        example: Mapping[str, Json],
        due: Due | None = None,
        language: str = DEFAULT_LOCALE,
    ) -> Iterator[tuple[Approved, Rendered]]:
        """Yield the texts of an event that a provider must approve, each filled with an example."""
        for (locale, name, variant), words in self.words.items():
            if (locale, name) == (language, event_name):
                context = preview_context(event_name, variant, example, due)
                variables = checked(self._variables(context, language))
                for approved in words.approved.values():
                    filled = with_button(approved.fill(variables), approved, variables)
                    yield approved, structs.replace(filled, language=language)

    def unknown_buttons(self) -> frozenset[str]:
        """Return the names with a button that no template has, or one that staff reads, too."""
        approved = (made for words in self.words.values() for made in words.approved.values())
        known = {made.name for made in approved if made.for_residents}
        return self.texting.buttons - known - {ALL_TEMPLATES}

    def _variables(self, context: Context, language: str = DEFAULT_LOCALE) -> dict[str, Json]:
        """The hub's own names override fields of the data, and those override Jinja's globals."""
        look = self.identities.of(context.event_name, context.data, context.brand)
        words, since = SPANISH if language == DEFAULT_LOCALE else english.TERMS, context.counts_from
        variables = {
            **self.globals,
            **context.data,
            **context.names(),
            **look.names,
            LOOK: look,
            "sms_prefix": self.texting.prefix_of(context, look, self.company["name"]),
            "sms_two_way": self.texting.two_way,
            "genuine_word": WORD,
            "genuine_part": self.texting.code_part,
            "sms_alphabet": self.texting.alphabet,
            "own_link_word": OWN_WORD,
            "own_link_rule": self.texting.own_link,
            "own_link_buttons": self.texting.buttons,
            **functions(self.clocks, context.data, context.due, context.leaves, words),
            **tenses(context.event_time, context.leaves),
            "counts_from": since.isoformat(),
            "abrimos": opening(self.calendar, since, context.leaves, words),
            "company": self.company,
        }
        if language != DEFAULT_LOCALE:
            variables |= english.unit_names(variables["units"])
        return variables

    def _find(
        self, event_name: str, variant: str | None, locale: str, channel: str
    ) -> tuple[str, EventTexts]:
        """Return the language of a text, and the text. A letter is in Spanish: so is its frame."""
        for language in (locale, locale.partition("-")[0], DEFAULT_LOCALE):
            found = self.words.get((language, event_name, variant))
            if found and (language == DEFAULT_LOCALE or self._speaks(found, channel)):
                return language, found
        raise TemplateFailure(f"no template for {event_name}{f'/{variant}' if variant else ''}")

    def _speaks(self, texts: EventTexts, channel: str) -> bool:
        """Return whether a text of another locale may leave over this channel."""
        approved = texts.approved.get(channel)
        may = approved is None or not self.texting.english.isdisjoint({approved.name, ALL_TEMPLATES})
        return may and channel in _of_locale(texts)


def sender_of(company: Mapping[str, str]) -> Sender:
    """Return who writes email where no other address is configured."""
    return Sender(name=company["name"], address=company["email"], reply_to=company["email"])


def _compile(files: Files, path: str, compiler: Compiler) -> tuple[Source, dict[Key, EventTexts]]:
    locale, name = path.removesuffix(".j2").split("/", 1)
    parts = [path]

    def fetch(part: str) -> str:
        parts.append(f"{locale}/{part}")
        return files.text(parts[-1])

    try:
        source = read(files.text(path), fetch)
        words = compiler.words(name, source)
        framed = {form for layout, form in _LAYOUTS.items() if files.replaces(f"layouts/{layout}")}
        only = None if any(map(files.replaces, parts)) else framed
        for texts in words.values():
            deque(texts.compile(only), maxlen=0)
    except InvalidTemplate as exc:
        raise InvalidTemplate(f"{path}: {exc}") from exc
    return source, {(locale, name, variant): texts for variant, texts in words.items()}


def _of_locale(texts: EventTexts) -> frozenset[str]:
    """Return the channels that another locale has: no letter, whose frame is in Spanish."""
    return frozenset(texts.channels()) - {_LETTER}


def _is_urgent(event_name: str) -> bool:
    audiences = BY_NAME[event_name].audiences if event_name in BY_NAME else ()
    return any(audience.purpose is Purpose.EMERGENCY for audience in audiences)


def _of_board(event_name: str, data: Mapping[str, Json], link: str | None) -> dict[str, Json]:
    # The number is nobody's where nobody is named: other posters have none.
    kind = BY_NAME[event_name]
    number = data.get("radicado") if kind.case == "pqrs_id" else None
    return {"qr": code_of(link), "valid_until": valid_until(kind, data), "anonymous_number": number}
