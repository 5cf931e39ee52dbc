"""Contents of the pages of residents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPromise:
    """A promise of a case: its name, its state in Spanish, and whether it is overdue."""

    what: str
    how: str
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """A step of a case, with its instant."""

    what: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCase:
    """
    A case in plain words. `may_climb`: a promise is overdue, and the next level has not been asked;
    `was_told`: it has, before its turn; `at_top`: it is overdue, and there is no next one.
    `open`: a promise of it runs; `overdue`: one that runs was not kept in time.
    `message_id` is the message by which the person knows of it.
    """

    number: str
    subject: str
    message_id: str
    received_at: datetime | None
    promises: Sequence[ShownPromise]
    happened: Sequence[ShownStep]
    may_climb: bool = False
    was_told: bool = False
    at_top: bool = False
    open: bool = True
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """
    A message as it left. Without `text` its words cannot be proven any more.

    `case` is None where it belongs to no case with a promise. `recalled_at` is the instant of its recall, and
    `correction` the right text. `whole` are all its words where the text only led here, and `document` the
    link to its document.
    """

    subject: str
    text: str | None
    sent_at: datetime | None
    channel: str
    building: str | None
    case: ShownCase | None
    recalled_at: datetime | None = None
    correction: str = ""
    whole: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """What the person was told, in the list: subject, kind, arrival and time; whether it was taken back."""

    id: str
    subject: str
    what: str
    how: str
    at: datetime
    recalled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownConsent:
    """An entry of the ledger. `proof` has the version of the text, the method and the digest."""

    what: str
    granted: bool
    at: datetime
    channels: str
    proof: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffer:
    """A consent that a person may give: the sentence, its button, and the channels that the form sends."""

    sentence: str
    button: str
    channels: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStance:
    """
    The decision that counts now for a purpose. `may_revoke` and `offer` belong to buttons of the page; with
    `needed`, nothing of this purpose leaves without a yes; with `proven` there is a proof of it.
    """

    purpose: str
    what: str
    granted: bool
    proven: bool
    since: datetime | None
    needed: bool
    may_revoke: bool
    offer: ShownOffer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """
    A person's own page, whole. `building` is the copropiedad's name, where the person has only one.

    `where` are the places about which the person may write.
    """

    name: str
    building: str | None
    language: str
    contacts: Sequence[str]
    places: Sequence[str]
    sent: Sequence[ShownLine]
    older: str | None
    cases: Sequence[ShownCase]
    stances: Sequence[ShownStance]
    consents: Sequence[ShownConsent]
    where: Mapping[str, str]
