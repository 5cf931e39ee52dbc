"""Communications as rows for staff, their bodies, and the filters of their list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import asdict

from hub.channels.registry import NAMES
from hub.desk.messages.rows import WhyCancelled
from hub.doors.cells import BUILDINGS, FACT, LINK, MOMENT, SMALL, STATE, TERM, WHEN, Cell, Known, Option
from hub.model import Instant, Json, Word
from hub.model.communications import Communication, CommunicationState, Origin, Terms
from hub.model.pages import Limit, PageQuery
from hub.model.reviews import WaitingApproval
from hub.operations.communications.kinds import BY_EVENT
from hub.operations.communications.progress import Progress
from hub.operations.communications.shown import Shown
from hub.people.units import own_name
from hub.rendering.actors_es import who_es
from hub.rendering.figures_es import many
from hub.rendering.labels_es import CHANNELS
from hub.rendering.titles_es import EVENTS
from hub.storage.communication_progress import Fate
from hub.storage.database import read

_STATES: Final = {
    CommunicationState.DRAFT: ("Borrador", "queued"),
    CommunicationState.WAITING: ("Espera revisión", "held"),
    CommunicationState.SCHEDULED: ("Programada", "queued"),
    CommunicationState.RUNNING: ("Saliendo", "on"),
    CommunicationState.PAUSED: ("En pausa", "held"),
    CommunicationState.CANCELLING: ("Cancelándose", "held"),
    CommunicationState.CANCELLED: ("Cancelada", "cancelled"),
    CommunicationState.DONE: ("Terminada", "done"),
    CommunicationState.RECALLED: ("Retirada", "failed"),
    CommunicationState.CORRECTED: ("Corregida", "done"),
}
STATES_ES: Final[Mapping[str, str]] = {state: word for state, (word, _) in _STATES.items()}
STYLES: Final[Mapping[str, str]] = {state: style for state, (_, style) in _STATES.items()}
WHYS_ES: Final[Mapping[str, str]] = {
    "changed": "Algo cambió desde que se planeó: véala otra vez.",
    "refused": "Quien la revisó no la aprobó.",
    "lapsed": "Nadie la aprobó a tiempo: pídalo otra vez.",
    "recalled": "El sistema que la publicó la retiró antes de que alguien la aprobara.",
    "unread": "No le había llegado a nadie: no hay a quién corregirle.",
    "uncorrected": "Alguien descartó la corrección: quienes la recibieron no saben qué vale.",
    "failing": "Se detuvo sola: fallan muchos mensajes por la misma causa.",
}
"""Why a communication is in its state → what its page says."""
CHANNEL_ICONS: Final[Mapping[str, str]] = {
    "email": "correo",
    "sms": "sms",
    "whatsapp": "whatsapp",
    "push": "canal",
    "inbox": "caso",
    "print": "carta",
}
Kind = Annotated[str, Meta(description="The event that it is: `admin.circular.issued`.", max_length=100)]
_Data = Annotated[
    dict[str, Json],
    Meta(description="The event's data as far as people write it; the hub fills in place, case and people."),
]
KINDS_ES: Final[Mapping[str, str]] = {**EVENTS, **{name: kind.word for name, kind in BY_EVENT.items()}}


def _title(row: CommunicationRow | ApprovalRow) -> str:
    return row.title or KINDS_ES.get(row.kind, "Sin título")


def _places(row: CommunicationRow | ApprovalRow) -> str:
    count = len(row.buildings)
    return ", ".join(row.buildings) if count < 4 else many(count, "copropiedad", "copropiedades")


def _asker(row: ApprovalRow) -> str:
    return who_es(row.asked_by)


class CommunicationRow(Struct, kw_only=True, frozen=True):
    """A communication as a list shows it. `why` is the machine's word for its state, if it needs one."""

    id: UUID
    changed_at: Annotated[Instant, Cell("Cambió", MOMENT)]
    title: Annotated[str, Cell("Qué", LINK, value=_title)]
    kind: Annotated[str, Cell("Clase", SMALL, words=KINDS_ES)]
    buildings: Annotated[list[str], Cell("Para", value=_places)]
    places: Annotated[list[str] | None, Meta(description="Copropiedades; null: the whole company.")]
    state: Annotated[CommunicationState, Cell("Estado", STATE, words=STATES_ES, styles=STYLES)]
    why: str | None
    origin: Origin
    by: Annotated[str, Cell("La escribió", FACT)]
    made_at: Annotated[Instant, Cell("Empezada", WHEN)]
    starts_at: Annotated[Instant | None, Cell("Sale", WHEN)]
    started_at: Annotated[Instant | None, Cell("Salió", WHEN)]
    ended_at: Annotated[Instant | None, Cell("Terminó", WHEN)]
    version: int

    @classmethod
    def of(cls, row: Communication, names: Mapping[str, str]) -> CommunicationRow:
        """Make the row of a communication with the `names` of copropiedades."""
        buildings = [own_name(names.get(place, place)) for place in row.places or ()]
        return read(cls, asdict(row), buildings=buildings)


class ApprovalRow(Struct, kw_only=True, frozen=True):
    """A communication that waits for a release. `digest` binds what was asked for."""

    id: UUID
    asked_at: Annotated[Instant, Cell("Pedida", MOMENT)]
    title: Annotated[str, Cell("Qué", LINK, value=_title)]
    kind: Annotated[str, Cell("Clase", SMALL, words=KINDS_ES)]
    buildings: Annotated[list[str], Cell("Para", value=_places)]
    people: Annotated[int, Cell("Personas")]
    asked_by: Annotated[str, Cell("La pide", value=_asker)]
    senior: Annotated[bool, Meta(description="Whether a coordinator or a manager has to release it.")]
    approver: Annotated[str | None, Meta(description="The account that was named to decide.")]
    ends_at: Annotated[Instant, Cell("Vence", TERM)]
    digest: str

    @classmethod
    def of(cls, row: WaitingApproval, names: Mapping[str, str]) -> ApprovalRow:
        buildings = [names.get(place, place) for place in row.places or ()]
        return read(cls, asdict(row), buildings=buildings, digest=row.digest.hex())


class CommunicationPlan(Struct, kw_only=True, frozen=True):
    """The newest plan. `digest` binds it; it no longer counts once the draft has another `version`."""

    made_at: Instant
    version: int
    state: str
    digest: str | None
    shown: Shown | None


class CommunicationPause(Struct, kw_only=True, frozen=True):
    """Why it stands. `by` is the hub where it has paused itself; then `why` says the cause."""

    since: Instant
    by: str
    why: str


class FileRow(Struct, frozen=True, kw_only=True):
    place: int
    name: str
    kind: str
    size: Annotated[int, Meta(description="Bytes.")]
    sha256: str


class CommunicationWhole(Struct, kw_only=True, frozen=True):
    """A communication with its words, its people as they were asked for, its plan and its progress."""

    row: CommunicationRow
    data: dict[str, Json]
    to: Sequence[str]
    without: Sequence[str]
    starts_at: Annotated[Instant | None, Meta(description="When it is to leave; null: at once.")]
    plan: CommunicationPlan | None
    progress: Progress | None
    corrects: Annotated[UUID | None, Meta(description="The communication that it corrects.")] = None
    correction: Annotated[UUID | None, Meta(description="The communication that corrects it.")] = None
    pause: CommunicationPause | None = None
    files: list[FileRow] = []
    needs_release: Annotated[bool, Meta(description="Whether another person has to release it.")] = False
    needs_typed: Annotated[
        str, Meta(description="What must be written by hand to send it; empty: nothing.")
    ] = ""

    @property
    def is_making(self) -> bool:
        """Return whether the timers are making the plan of this version."""
        return self._has_plan("making")

    @property
    def is_planned(self) -> bool:
        """Return whether its plan is of this version, and ready."""
        return self._has_plan("ready")

    def _has_plan(self, state: str) -> bool:
        return self.plan is not None and (self.plan.state, self.plan.version) == (state, self.row.version)


class CommunicationsQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[
        Annotated[CommunicationState, Meta(description="Only those in this state.")] | None,
        Option("Estado", among=STATES_ES),
    ] = None
    kind: Annotated[Kind | None, Option("Clase", among=KINDS_ES)] = None
    copropiedad: Annotated[
        Annotated[Word, Meta(description="Its id: only what this copropiedad gets.")] | None,
        Option("Copropiedad", among=BUILDINGS, every="Todas"),
    ] = None


class CommunicationBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new draft. What is left out can be saved later."""

    kind: Kind = "admin.circular.issued"
    data: _Data = {}
    to: Terms = ()
    without: Terms = ()
    starts_at: Annotated[Instant | None, Meta(description="When it leaves; null: at once.")] = None


class SaveBody(CommunicationBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole draft as it is now."""

    version: Annotated[int, Meta(ge=1, description="The version that was read: another one is not lost.")]


class ReleaseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    digest: Annotated[str, Meta(description="Of what was asked for and seen.", max_length=64)]


class RefusalBody(ReleaseBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=500, description="What is wrong, for its author.")]


class SendBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    digest: Annotated[str, Meta(description="Of the plan that was seen.", max_length=64)]
    typed: Annotated[str, Meta(description="The name of the building, for many people.", max_length=200)] = ""
    approver: (
        Annotated[str, Meta(description="Who is asked to release it; else all.", max_length=200)] | None
    ) = None


class CommunicationRecallBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was wrong and what holds instead, or why nobody needs a correction."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000, description="Why, for the operators.")]
    wrong_markdown: Annotated[str, Meta(max_length=5000, description="What was wrong, for its readers.")] = ""
    correction_markdown: Annotated[str, Meta(max_length=20_000, description="What holds instead.")] = ""
    no_correction: Annotated[
        str, Meta(max_length=2000, description="Why nobody needs a correction, for the operators.")
    ] = ""


class PauseCommunicationBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[
        str, Meta(min_length=1, max_length=500, description="Why, for colleagues; without names of people.")
    ]


class CancelCommunicationBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    why: WhyCancelled


class ElsewhereBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    channel: Annotated[
        str, Known("channel", NAMES), Meta(max_length=40, description="By which it goes to them: `sms`.")
    ]


class CommunicationPeopleQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    fate: Annotated[Fate, Meta(description="Only these: `lost` are those who were not reached.")] | None = (
        None
    )
    after: Annotated[str, Meta(max_length=200, description="The `next` of the page before.")] = ""
    limit: Limit = 50


class CommunicationPerson(Struct, kw_only=True, frozen=True):
    """Somebody of a communication, with the message that has come farthest."""

    person: Annotated[str, Meta(description="A reference.")]
    name: Annotated[str, Cell("Nombre")]
    units: Annotated[list[str], Cell("Unidad")]
    place: str | None
    channel: Annotated[str, Cell("Canal", words=CHANNELS)]
    state: str
    fate: Fate
    means: Annotated[str, Cell("Qué pasó")]


class CommunicationPeople(Struct, kw_only=True, frozen=True):
    items: list[CommunicationPerson]
    next: str | None


class CommunicationElsewhere(Struct, kw_only=True, frozen=True):
    """`people` get a message, the `skipped` do not, by reason. With `more`, ask again for the rest."""

    id: UUID
    channel: str
    people: int
    skipped: dict[str, int]
    more: bool


class CommunicationMoved(Struct, kw_only=True, frozen=True):
    id: UUID
    state: CommunicationState
    changed: bool
