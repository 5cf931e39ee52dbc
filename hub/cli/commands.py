"""The commands of `hub`, in one table: for its help, and for importing a command's module."""

from __future__ import annotations

from typing import Final, NamedTuple

_RUN: Final = "Run"
_SEND: Final = "Publish events"
_LOOK: Final = "What happened"
_MAINTAIN: Final = "Maintenance"


class Entry(NamedTuple):
    """A command or a group of commands, imported only when the user names it."""

    name: str
    target: str
    """`module:attribute`: the function of a command, the Typer application of a group."""
    panel: str
    help: str
    """The first sentence of the command's own help."""


COMMANDS: Final = (
    Entry(
        "run",
        "hub.cli.run:run",
        _RUN,
        "Run the hub until Ctrl-C or SIGTERM; it finishes its work in progress, then ends.",
    ),
    Entry(
        "publish",
        "hub.cli.publish:publish",
        _SEND,
        "Publish CloudEvents to the exchange domain.events and wait until RabbitMQ has stored them.",
    ),
    Entry(
        "deliveries",
        "hub.cli.deliveries:deliveries",
        _LOOK,
        "List messages, newest first, or follow them as they go out.",
    ),
    Entry(
        "explain",
        "hub.cli.explain:explain",
        _LOOK,
        "Explica si a una persona se le avisó de un evento: cuándo y por qué medio, o por qué no.",
    ),
    Entry("clocks", "hub.cli.clocks:app", _LOOK, "Promises: list, show, acknowledge."),
    Entry(
        "indicators",
        "hub.cli.indicators:indicators",
        _LOOK,
        "Show how the promises that began in a period were kept, in business hours.",
    ),
    Entry(
        "rehearse",
        "hub.cli.simulate:rehearse",
        _LOOK,
        "Replay history with a new policy: breaches, escalations, messages at night, before and after.",
    ),
    Entry(
        "audit",
        "hub.cli.audit:audit",
        _LOOK,
        "Show who looked at people's data and who changed what, newest first.",
    ),
    Entry("replies", "hub.cli.contacts:replies", _LOOK, "Replies of people: list, show."),
    Entry(
        "people",
        "hub.cli.people:app",
        _LOOK,
        "People of the directory: their roles now or on a day; import from a spreadsheet.",
    ),
    Entry(
        "dead",
        "hub.cli.dead_letters:app",
        _LOOK,
        "Events that the hub could not accept: list, show, replay, discard.",
    ),
    Entry(
        "letters",
        "hub.cli.letters:app",
        _LOOK,
        "Letters to be printed and handed over: list, show, mark as done.",
    ),
    Entry(
        "check",
        "hub.cli.check.command:check",
        _MAINTAIN,
        "Check everything that the hub needs and say what to correct; exit 1 when something is wrong.",
    ),
    Entry(
        "incidents",
        "hub.cli.incidents:incidents",
        _MAINTAIN,
        "List what is wrong with the hub itself, the open ones first, with what to do about it.",
    ),
    Entry(
        "pause",
        "hub.cli.pauses:pause",
        _MAINTAIN,
        "Pause a channel or an event within a second: its messages wait until `hub resume`.",
    ),
    Entry(
        "resume",
        "hub.cli.pauses:resume",
        _MAINTAIN,
        "End a pause and release at once the messages it held.",
    ),
    Entry(
        "redrive",
        "hub.cli.redrive:redrive",
        _MAINTAIN,
        "Send lost messages again, in place, once the cause is fixed.",
    ),
    Entry(
        "suppressions",
        "hub.cli.contacts:suppressions",
        _MAINTAIN,
        "Suppressed contact points: list, add, lift.",
    ),
    Entry(
        "opt-outs",
        "hub.cli.contacts:opt_outs",
        _MAINTAIN,
        "Opt-outs from commercial messages and surveys: list, lift.",
    ),
    Entry("channel", "hub.cli.pauses:channel", _MAINTAIN, "The channels: list, pause, resume."),
    Entry("keys", "hub.cli.keys:app", _MAINTAIN, "Keys of systems: create, list, rotate, revoke."),
    Entry(
        "accounts",
        "hub.cli.accounts:app",
        _MAINTAIN,
        "Cuentas de la consola: list, create, grant, take, reset, disable, enable, unlock.",
    ),
    Entry(
        "secrets",
        "hub.cli.secrets:app",
        _MAINTAIN,
        "HUB_SECRET: list its keys and what needs them, generate a new one.",
    ),
    Entry(
        "settings",
        "hub.cli.show_settings:show_settings",
        _MAINTAIN,
        "Print every setting and its origin, without secrets: safe to put into a ticket.",
    ),
    Entry("db", "hub.cli.database:app", _MAINTAIN, "The database's schema: status, upgrade."),
    Entry("template", "hub.cli.template:app", _MAINTAIN, "The texts of messages."),
)
