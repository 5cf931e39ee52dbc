"""The commands of `hub`: one table, from which its help is printed and its modules are imported."""

from __future__ import annotations

from typing import Final, NamedTuple

_RUN: Final = "Run"
_SEND: Final = "Events in"
_LOOK: Final = "What happened"
_MEND: Final = "Look after"


class Entry(NamedTuple):
    """A command, or a group of commands, that is imported only when somebody names it."""

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
        "Run the hub until Ctrl-C or SIGTERM; it finishes what it holds, then ends.",
    ),
    Entry(
        "publish",
        "hub.cli.publish:publish",
        _SEND,
        "Publish CloudEvents to the exchange domain.events and wait until RabbitMQ has them, durably.",
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
    Entry("clocks", "hub.cli.clocks:app", _LOOK, "Promises: list, show, take on."),
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
        "Try a new policy on what has happened: breaches, steps of the ladder, messages at night, before and"
        " after.",
    ),
    Entry(
        "audit",
        "hub.cli.audit:audit",
        _LOOK,
        "Show who looked at people's data and who changed what, newest first.",
    ),
    Entry("replies", "hub.cli.contacts:replies", _LOOK, "What people wrote back: list, show."),
    Entry(
        "people",
        "hub.cli.people:app",
        _LOOK,
        "People of the directory: who is or was what; load them from a spreadsheet.",
    ),
    Entry(
        "dead",
        "hub.cli.dead_letters:app",
        _LOOK,
        "Events that could not be taken in: list, show, replay, discard.",
    ),
    Entry(
        "letters",
        "hub.cli.letters:app",
        _LOOK,
        "Letters to be printed and handed over: list, show, say that it is done.",
    ),
    Entry(
        "check",
        "hub.cli.check.command:check",
        _MEND,
        "Look at everything that the hub needs and say what to mend; exit 1 when something is wrong.",
    ),
    Entry(
        "incidents",
        "hub.cli.incidents:incidents",
        _MEND,
        "List what is wrong with the hub itself, the open ones first, with what to do about it.",
    ),
    Entry(
        "pause",
        "hub.cli.pauses:pause",
        _MEND,
        "Hold back what goes out over a channel, or about an event, within a second, until `hub resume`.",
    ),
    Entry(
        "resume",
        "hub.cli.pauses:resume",
        _MEND,
        "Take a pause away and release at once what it held.",
    ),
    Entry(
        "redrive",
        "hub.cli.redrive:redrive",
        _MEND,
        "Send lost messages again, in place, after what lost them was mended.",
    ),
    Entry(
        "suppressions",
        "hub.cli.contacts:suppressions",
        _MEND,
        "Contact points that nobody is written to at: list, add, lift.",
    ),
    Entry(
        "opt-outs",
        "hub.cli.contacts:opt_outs",
        _MEND,
        "Who wants no commercial messages and surveys any more: list, lift.",
    ),
    Entry("channel", "hub.cli.pauses:channel", _MEND, "The channels: list, pause, resume."),
    Entry("keys", "hub.cli.keys:app", _MEND, "Keys of systems: create, list, rotate, revoke."),
    Entry(
        "accounts",
        "hub.cli.accounts:app",
        _MEND,
        "Cuentas de la consola: list, create, grant, take, reset, disable, enable, unlock.",
    ),
    Entry("secrets", "hub.cli.secrets:app", _MEND, "HUB_SECRET: its keys, what needs them, a new one."),
    Entry(
        "settings",
        "hub.cli.show_settings:show_settings",
        _MEND,
        "Print every setting and where it came from: may go into a ticket or be kept.",
    ),
    Entry("db", "hub.cli.database:app", _MEND, "The database's schema: look at it, bring it up to date."),
    Entry("template", "hub.cli.template:app", _MEND, "The texts of messages."),
)
