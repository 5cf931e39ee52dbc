"""
Every error of the hub. The docstring of a class is its message.

    HubError
    ├── ConfigurationError        a setting is missing or wrong
    │   ├── ProgramMissing        a server's program is not on this machine
    │   └── NoSecret              there is no HUB_SECRET, by which something is signed or hashed
    ├── InvalidPolicy             policy.toml or tuning.toml has what cannot be kept
    ├── InvalidAudience           words that name no audience
    ├── InvalidEvent              an event that can never be taken in
    │   ├── KnownId               its source has published other content under its id
    │   ├── OtherBuilding         it goes on with the case of another copropiedad
    │   └── WrongSender           who sent it may not publish it
    ├── RefusedEvents               events of a batch that its transaction finds unfit
    ├── InvalidAccount            an account, a grant or a password that will not do
    │   └── LastAdministrator     nobody would be left who gives accounts
    ├── BeyondOwnRights           who gives access would give more than they have
    ├── InvalidKey                an API key that makes no sense
    ├── InvalidSubscription       a subscription to results that makes no sense
    ├── NameTaken                 there is one of this name already
    ├── InvalidGuide              not the number of a postal guide
    ├── InvalidDocument           not a PDF that can be printed with a letter
    ├── InvalidFilter             a filter that a bulk action has not
    ├── InvalidQuery              parameters that do not fit
    ├── InvalidCursor             not the `next` of a page
    ├── InvalidPeriod             days that are no period
    ├── InvalidPhone              not a telephone number
    ├── InvalidSheet              a file that is no table of people
    ├── InvalidTemplate           a template does not compile
    ├── TemplateFailure           a template cannot be rendered for this message
    ├── SendFailure               a channel could not send
    │   ├── TransientFailure      try again later
    │   └── PermanentFailure      never try this again
    ├── EventRefused              RabbitMQ does not let its user publish the event
    ├── EventUnroutable           no queue takes the event
    ├── WebhookFailure            the receiver of a webhook did not take the events
    ├── KeptElsewhere             an entry of the directory that another system keeps
    ├── ChangedMeanwhile          an entry that somebody else has changed since it was read
    ├── InvalidEntry              a correction of an entry that makes no sense
    ├── KeptByDuty                 data of a person that a duty requires to keep
    ├── ScopeNeeded               an act for which the operator lacks a scope
    ├── NothingToAcknowledge      a promise that no level can acknowledge now
    ├── NotOffered                an act that this kind of case has not
    │   ├── NotJoined             cases that may not go on in one thread
    │   ├── NotSnoozed            a case that may not sleep until then
    │   └── NotSplit              a reply that makes no case of its own
    ├── NothingChosen             a bulk action that finds no row
    ├── ChangedPlan               a bulk action that finds more rows than its starter has seen
    ├── NoRelease               a communication that waits for a second person
    │   ├── NoPerson
    │   ├── SamePerson
    │   ├── SeniorNeeded
    │   ├── NoApprover
    │   ├── ApproverNeeded
    │   └── NotWaiting
    ├── NothingToPrint            a copropiedad without an open letter
    ├── TooLate                   a letter or batch is past that step
    │   ├── MessageSettled        a message is: it has left, or it is not lost
    │   └── OlderList             a newer list of excluded numbers is loaded
    ├── NoSuch                    nothing has this id, or nothing within reach
    ├── NotExplained              an event or a person of which nothing can be explained
    │   └── SeveralEvents         several sources have an event of this id
    ├── UnknownName               a channel, an event … that there is not
    │   ├── UnknownAccount
    │   ├── UnknownCode
    │   ├── UnknownKey
    │   └── UnknownSubscription
    ├── StorageRefused            the database refuses a value: never try the same again
    │   └── VersionJump           a version of the directory that is too far ahead
    └── Unavailable               a server of ours does not answer
        ├── BrokerUnavailable
        │   └── EventUnconfirmed  the event may have arrived: publish the same again
        ├── StorageUnavailable
        │   ├── StorageConflict   a deadlock or serialisation failure: try again at once
        ├── AppointmentsUnavailable
        └── RecordUnavailable     a report that is quicker than our own record
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from datetime import timedelta
from typing import Self
from uuid import UUID


class HubError(Exception):
    """Something went wrong in the hub."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or type(self).__doc__)


class ConfigurationError(HubError):
    """A setting is missing or wrong."""


class ProgramMissing(ConfigurationError):
    """A server's program is not on this machine."""


class NoSecret(ConfigurationError):
    """The hub has no HUB_SECRET: `hub secrets new`."""


class InvalidPolicy(HubError, ValueError):
    """The policy has something that cannot be kept."""


class InvalidAccount(HubError, ValueError):
    """
    The account makes no sense.

    A text about a password is Spanish, for the person who chooses it, and never quotes it.
    """


class LastAdministrator(InvalidAccount):
    """It would leave nobody who gives accounts: make another administrator everywhere first."""


class BeyondOwnRights(HubError):
    """Nobody gives more than they have: HUB_API_KEY and the command line may give anything."""


class InvalidKey(HubError, ValueError):
    """The API key makes no sense."""


class InvalidSubscription(HubError, ValueError):
    """The subscription makes no sense."""


class NameTaken(HubError, ValueError):
    """The name is taken."""


class InvalidAudience(HubError, ValueError):
    """
    The words name no audience.

    The text names what was read, what was expected and a similar word, for the author of the words.
    """


class InvalidEvent(HubError, ValueError):
    """
    The event can never be taken in.

    `reason` is what the publisher must correct; `field` is the path of the invalid part
    (`data.radicado`, `id`), or None for the whole event. Neither ever quotes the value, which may be
    personal data.
    """

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class WrongSender(InvalidEvent):
    """
    Who sent the event may not publish it.

    It is in another's name: of the hub itself, or of a system whose source is bound to others.
    """


class OtherBuilding(InvalidEvent):
    """The case that an event goes on with is of another copropiedad."""


class LateHour(InvalidEvent):
    """The hour at which it is to leave is over."""


class RefusedEvents(HubError):
    """
    Events of a batch may not be taken in, as only its transaction can see.

    `refused` are those events, by key, each with its reason. `strangers` are cases that are opened now, and
    to which another source has added before: what it added is no part of them.
    """

    def __init__(self, refused: Mapping[UUID, InvalidEvent], strangers: frozenset[str]) -> None:
        super().__init__()
        self.refused = refused
        self.strangers = strangers


class KnownId(InvalidEvent):
    """An event comes under an id that its source has given to other content before."""


class KeptElsewhere(HubError):
    """Another system keeps this entry: it is corrected there, and its next version changes it here."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source


class ChangedMeanwhile(HubError):
    """Somebody else has changed this entry meanwhile: look at it again, then correct it."""


class InvalidEntry(HubError, ValueError):
    """
    The correction makes no sense.

    The text is Spanish, for the person who wrote it, and quotes nothing of it.
    """


class KeptByDuty(HubError):
    """
    A duty requires keeping the person's data.

    The text is Spanish, for the answer to the person.
    """


class InvalidGuide(HubError, ValueError):
    """A guide is 4 to 32 letters, digits and hyphens, as on the receipt of the post: RA123456789CO."""


class InvalidDocument(HubError, ValueError):
    """The file is no whole PDF."""


class InvalidQuery(HubError, ValueError):
    """The parameters do not fit each other, or one of them is not right."""


class InvalidFilter(HubError, ValueError):
    """A bulk action is not narrowed by this."""


class InvalidCursor(HubError, ValueError):
    """The cursor is not one that a list has given."""


class InvalidPeriod(HubError, ValueError):
    """The days are no period."""


class InvalidPhone(HubError, ValueError):
    """Not a valid telephone number."""


class InvalidPreference(HubError, ValueError):
    """The preference or mark cannot be. Its text says why, in Spanish where a person reads it."""


class InvalidSheet(HubError, ValueError):
    """
    The file is no table of people.

    The text is Spanish, for the author of the file, and never quotes a cell.
    """


class InvalidTemplate(HubError, ValueError):
    """The template does not compile."""


class TemplateFailure(HubError):
    """The template cannot be rendered for this message."""

    reason: str = "template"
    """Why the message failed."""


class MissingDocument(TemplateFailure):
    """The letter would only say where on the Internet its content is."""

    reason = "document_not_printed"


class SendFailure(HubError):
    """
    The channel could not send.

    `reason` is a short machine word (`smtp_451`, `timeout`, `unregistered`); `code` is
    the provider's own answer without any address. A pool of providers adds `took`, the duration, and
    `earlier`, the failures of the providers that it tried before.
    """

    took: timedelta | None = None
    earlier: tuple[SendFailure, ...] = ()

    def __init__(self, reason: str, *, provider: str = "", code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.provider = provider
        self.code = code

    def attributed_to(
        self, provider: str, *, took: timedelta | None = None, earlier: tuple[SendFailure, ...] = ()
    ) -> Self:
        """
        Return the same failure with the pool's own name of the provider.

        A copy, because every message that waited for a token gets the same exception of the failed fetch.
        """
        same = copy(self)
        same.provider, same.took, same.earlier = provider, took, earlier
        return same


class TransientFailure(SendFailure):
    """
    Try again later.

    `retry_after` is requested by the provider. `unknown` is true if the provider may have accepted the
    message, so that a retry may send it twice. `ours` is true if the hub's configuration is at fault (a
    password, a certificate), so that retries alone do not help.
    """

    def __init__(
        self,
        reason: str,
        *,
        provider: str = "",
        code: str = "",
        retry_after: timedelta | None = None,
        unknown: bool = False,
        ours: bool = False,
        untried: bool = False,
    ) -> None:
        super().__init__(reason, provider=provider, code=code)
        self.retry_after = retry_after
        self.unknown = unknown
        self.ours = ours
        self.untried = untried


class PermanentFailure(SendFailure):
    """
    Never try this again.

    `gone` is true when the answer means that the contact point no longer exists.
    """

    def __init__(self, reason: str, *, provider: str = "", code: str = "", gone: bool = False) -> None:
        super().__init__(reason, provider=provider, code=code)
        self.gone = gone


class WebhookFailure(HubError):
    """
    The receiver of a webhook did not take the events.

    `reason` names neither its address nor anything that it answered; `gone` if it wants no more.
    """

    def __init__(self, reason: str, *, gone: bool = False) -> None:
        super().__init__(f"the receiver did not take the events: {reason}")
        self.reason = reason
        self.gone = gone


class DocumentFailure(HubError):
    """
    A document was not fetched.

    `reason` names neither its address nor anything that its server answered.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"the document was not fetched: {reason}")
        self.reason = reason


class DocumentUnavailable(DocumentFailure):
    """The server does not give it now: try again later."""


class DocumentHostUnavailable(DocumentUnavailable):
    """Its host gives nobody anything now: it is away, hangs, fails or is overrun."""


class DocumentRefused(DocumentFailure):
    """It is not what may be fetched: never try this again."""


class NothingToAcknowledge(HubError):
    """No level can acknowledge this promise now. Its text has the reason, and what to do instead."""


class NotOffered(HubError):
    """The catalogue has no event for this act in a case of this kind. The text says what to do instead."""


class HandedToOneself(NotOffered):
    """A case is not handed over to oneself: take it on instead."""


class NotJoined(NotOffered):
    """These cases may not go on in one thread. The text says why."""


class NotSnoozed(NotOffered):
    """The case may not sleep until then. The text says why."""


class NotSplit(NotOffered):
    """The reply makes no case of its own. The text says why."""


class ChannelClosed(HubError):
    """The person may not be written to by this channel now. The text says why, and what to do instead."""


class AnswerDue(HubError):
    """The legal term of this case runs until its final answer. Give that first; then close the case."""


class HeldByAnother(HubError):
    """Somebody else has it. `holder` is that person's name; the text says what to do instead."""

    def __init__(self, holder: str, instead: str) -> None:
        super().__init__(f"{holder} has it. {instead}")
        self.holder = holder


class SeveralCases(HubError):
    """Several cases have this number."""


class NothingChosen(HubError):
    """Nothing is found that could be done."""


class ChangedPlan(HubError):
    """There are more rows now than whoever starts the bulk action has seen: look at the plan again."""


class ChangedDraft(ChangedPlan):
    """The communication has changed since this version or plan: look at it again."""


class NotConfirmed(HubError):
    """It goes to many people: `expected` must be written by hand."""

    def __init__(self, expected: str) -> None:
        super().__init__(f"It goes to many people: write {expected!r} by hand in `typed`.")
        self.expected = expected


class NoRelease(HubError):
    """It was not released. `word` is the reason, as the audit has it."""

    word = "not_released"


class NoPerson(NoRelease):
    """A release needs two people: link the account to its person. For a key or a shell, a person asks."""

    word = "no_person"


class SamePerson(NoRelease):
    """Who wrote or sent it does not release it, by whichever account: another person does."""

    word = "same_person"


class SeniorNeeded(NoRelease):
    """It goes to so many people that a coordinator or a manager of all these copropiedades releases it."""

    word = "senior_needed"


class NoApprover(NoRelease):
    """Nobody else may release it: give a second person an account there, or set `[review] over`."""

    word = "nobody"


class ApproverNeeded(NoRelease):
    """To so many people only who may release it sends it by another channel."""

    word = "approver_needed"


class NotWaiting(NoRelease):
    """It does not wait any more: somebody has decided it, it was changed, or its time is over."""

    word = "not_waiting"


class NothingToPrint(HubError):
    """No letter of this copropiedad waits to be printed."""


class PrivacyNeeded(HubError):
    """To see names and addresses unmasked you need `privacy` for this copropiedad."""


class ScopeNeeded(HubError):
    """It needs a scope that the operator lacks there; `instead` says what to do."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(what)
        self.instead = instead


class TooLate(HubError):
    """The letter or batch is past that step. The text says where it stands, and what to do instead."""


class MessageSettled(TooLate):
    """The message is past that step; `why` says it in a word."""

    def __init__(self, text: str, *, why: str = "changed") -> None:
        super().__init__(text)
        self.why = why


class OtherState(TooLate):
    """The communication is in a state that does not allow this."""


class OlderList(TooLate):
    """A newer list is loaded already."""


class NotRestored(HubError):
    """
    Only what a restored copy had planned is cancelled without a plan. Look at what waits, and cancel that.

    At the console from its list, with `hub cancel --dry-run`, or with POST /api/bulk and `dry_run`.
    """


class NoSuch(HubError):
    """There is none with this id."""

    def __init__(self, noun: str) -> None:
        super().__init__(f"There is no {noun} with this id.")


class NotExplained(HubError):
    """
    The hub knows no such event or person.

    The text is Spanish, for operators: what is known of either.
    """


class SeveralEvents(NotExplained):
    """Several sources have an event of this id."""


class UnknownName(HubError, LookupError):
    """There is nothing of this name."""


class UnknownAccount(UnknownName):
    """There is no account of this name."""


class UnknownCode(UnknownName):
    """No message of yours has this code."""


class UnknownKey(UnknownName):
    """There is no live API key of this name."""


class UnknownSubscription(UnknownName):
    """There is no such subscription."""


class Unavailable(HubError, ConnectionError):
    """A server of ours does not answer."""


class BrokerUnavailable(Unavailable):
    """RabbitMQ does not answer."""


class EventUnconfirmed(BrokerUnavailable):
    """RabbitMQ has not confirmed the event in time. It may have arrived: publish the same again."""


class EventUnroutable(HubError):
    """No queue takes the event: no hub has run yet, or its bindings are gone. Try again later."""


class EventRefused(HubError):
    """RabbitMQ does not let this user publish the event: it needs the right to write to the exchange."""


class StorageUnavailable(Unavailable):
    """PostgreSQL does not answer."""


class StorageConflict(StorageUnavailable):
    """A deadlock or a serialisation failure; the same transaction may go through at once."""


class StorageRefused(HubError):
    """The database refuses a value."""


class TooLarge(HubError):
    """It is too large to be made in one piece; the text says what to do."""


class PaperFailure(HubError):
    """A document could not be set on paper."""


class VersionJump(StorageRefused):
    """
    The version of a directory entry is too far ahead of the one before it.

    The text is for the publisher: what was expected, and who may write over it.
    """


class RecordUnavailable(Unavailable):
    """The sending of the mail is not recorded yet: try again."""


class AppointmentsUnavailable(Unavailable):
    """Redis does not answer."""


def leaves(group: BaseExceptionGroup[Exception]) -> Iterator[Exception]:
    """Yield the errors inside nested groups."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error
