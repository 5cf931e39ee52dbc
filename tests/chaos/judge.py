"""
Was anybody left out, notified twice, or notified of something that was not theirs?

    python -m tests.chaos.judge PUBLISHED.jsonl PROVIDER.jsonl… [--faults FAULTS.jsonl] [--grace 5]

It reads the published events (one CloudEvent per line), what the providers accepted
(`tests.providers.journal`) and the deliberate faults (`what`, `since`, `until`, in seconds since 1970).
It uses neither the hub's code nor its tables. The exit status is 0 without complaints.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from tests.chaos.expected_recipients import Address, Directory, recipients
from tests.providers.journal import Acceptance, read

GRACE: Final = 5.0
"""Seconds for which a hub may hold an answer that is not recorded yet: its lease."""
SETTLING: Final = 1.0
"""Seconds in which a provider may still read what a hub sent before it was killed."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A deliberate fault; during it and shortly before it an answer may have been lost."""

    what: str
    since: float
    until: float


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """`unknown` counts allowed repeats: the outcome of the earlier send was unknown."""

    received: int = 0
    unknown: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.strangers]


def judge(
    published: Iterable[Mapping[str, Any]],
    accepted: Iterable[Acceptance],
    faults: Sequence[Fault] = (),
    *,
    grace: float = GRACE,
) -> Judgement:
    """Compare the expected recipients with the actual ones."""
    due = expected(published)
    deliveries = _by_address(accepted)
    repeats = [pair for references in deliveries.values() for pair in _repeats(references)]
    excused = [again for before, again in repeats if _is_unknown(before, faults, grace)]
    known = [again for before, again in repeats if not _is_unknown(before, faults, grace)]
    return Judgement(
        received=sum(len(references) for references in deliveries.values()),
        unknown=len(excused),
        lost=list(_lost(due, deliveries)),
        doubled=[*_renamed(due, deliveries), *map(_doubled, known)],
        strangers=[
            f"stranger: {_name(address)} was notified" for address in deliveries if address not in due
        ],
    )


def expected(published: Iterable[Mapping[str, Any]]) -> Counter[Address]:
    """Return address → number of events expected. A repeated event counts once."""
    events = {(event["source"], event["id"]): event for event in published}
    directory = Directory.of(events.values())
    return Counter(address for event in events.values() for address in recipients(event, directory))


_Deliveries = Mapping[Address, Mapping[str, Sequence[Acceptance]]]
"""Address → reference → its acceptances, in order."""


def _by_address(accepted: Iterable[Acceptance]) -> _Deliveries:
    deliveries: defaultdict[Address, defaultdict[str, list[Acceptance]]]
    deliveries = defaultdict(lambda: defaultdict(list))
    for acceptance in sorted(accepted, key=lambda acceptance: acceptance.at):
        deliveries[acceptance.channel, acceptance.who][acceptance.reference].append(acceptance)
    return deliveries


def _repeats(references: Mapping[str, Sequence[Acceptance]]) -> Iterator[tuple[Acceptance, Acceptance]]:
    for times in references.values():
        yield from pairwise(times)


def _is_unknown(acceptance: Acceptance, faults: Sequence[Fault], grace: float) -> bool:
    if not acceptance.answered:
        return True
    return any(fault.since - grace <= acceptance.at <= fault.until + SETTLING for fault in faults)


def _lost(due: Counter[Address], deliveries: _Deliveries) -> Iterator[str]:
    for address, times in due.items():
        received = len(deliveries.get(address, ()))
        if received < times:
            yield f"lost: {_name(address)} received {received} of {times}"


def _renamed(due: Counter[Address], deliveries: _Deliveries) -> Iterator[str]:
    """Find one notification under two references: a mailbox or phone would show it twice."""
    for address, references in deliveries.items():
        if len(references) > due[address] > 0:
            yield f"doubled: {_name(address)} has {len(references)} references for {due[address]}"


def _doubled(again: Acceptance) -> str:
    return f"doubled: {_name((again.channel, again.who))}, though the yes before had reached the hub"


def _name(address: Address) -> str:
    return " ".join(address)


def judge_files(
    published: Path, providers: Sequence[Path], faults: Path | None = None, *, grace: float = GRACE
) -> Judgement:
    """Judge these files; without faults there is no file of faults."""
    return judge(
        _lines(published),
        [acceptance for provider in providers for acceptance in read(provider)],
        [Fault(**line) for line in _lines(faults)] if faults and faults.exists() else [],
        grace=grace,
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the verdict, one complaint per line."""
    parser = argparse.ArgumentParser(prog="tests.chaos.judge")
    parser.add_argument("published", type=Path)
    parser.add_argument("providers", type=Path, nargs="+")
    parser.add_argument("--faults", type=Path)
    parser.add_argument("--grace", type=float, default=GRACE, help="seconds")
    options = parser.parse_args(arguments)
    verdict = judge_files(options.published, options.providers, options.faults, grace=options.grace)
    sys.stdout.writelines(f"{complaint}\n" for complaint in verdict.complaints)
    sys.stdout.write(f"received {verdict.received}, repeated after an unknown outcome {verdict.unknown}\n")
    return 1 if verdict.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
