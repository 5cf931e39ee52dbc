"""Known vulnerabilities of the lock files, as `scripts/check` asks for them: pip-audit against a double."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import pytest
from aiohttp import web

from hub.local.loopback import free_port
from scripts.audit_locks import APART, IGNORED, LOCKS, ROOT, Verdict, audit, judge
from tests.providers.http import HttpServer

SMALL: Final = LOCKS[-1:]
ADVISORY: Final[Mapping[str, Any]] = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-11111"],
    "summary": "A wheel writes outside of its folder.",
    "affected": [
        {
            "package": {"name": "hatchling", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
        }
    ],
}


class Advisories(HttpServer):
    """As much of OSV's service as pip-audit asks: `POST /v1/query` with a package and its version."""

    def __init__(self) -> None:
        super().__init__()
        self.of: dict[str, Mapping[str, Any]] = {}
        self.asked: list[str] = []

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.post("/v1/query", self._query)]

    async def _query(self, request: web.Request) -> web.StreamResponse:
        name = json.loads(await request.text())["package"]["name"]
        self.asked.append(name)
        if (answer := await self.scripted(request)) is not None:
            return answer
        return web.json_response({"vulns": [self.of[name]]} if name in self.of else {})


@pytest.fixture
async def advisories() -> AsyncIterator[Advisories]:
    async with Advisories() as server:
        yield server
    assert server.violations == []


async def audited(port: int, *more: str) -> Verdict:
    arguments = (
        "--vulnerability-service=osv",
        f"--osv-url=http://127.0.0.1:{port}/v1/query",
        *more,
    )
    return await asyncio.to_thread(audit, arguments, SMALL)


async def test_locks_without_a_known_vulnerability_pass(advisories: Advisories) -> None:
    verdict = await audited(advisories.port)

    assert (False, [f"Known vulnerabilities: none in {len(advisories.asked)} packages."]) == (
        verdict.failed,
        verdict.lines,
    )
    assert "hatchling" in advisories.asked


async def test_a_vulnerability_fails_and_names_package_advisory_and_cure(advisories: Advisories) -> None:
    advisories.of["hatchling"] = ADVISORY

    verdict = await audited(advisories.port)

    [line] = verdict.lines
    assert verdict.failed
    assert line.startswith("hatchling 1.")
    assert line.endswith(": PYSEC-2026-1 = CVE-2026-11111, mended in 99.1")


async def test_a_service_that_is_away_is_said_and_fails_nothing() -> None:
    verdict = await audited(free_port())

    [line] = verdict.lines
    assert not verdict.failed
    assert line.startswith("Known vulnerabilities: NOT CHECKED, ")
    assert "Connection refused" in line


async def _hang(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    raise web.HTTPServiceUnavailable


async def _refuse(_: web.Request) -> web.StreamResponse:
    raise web.HTTPServiceUnavailable


@pytest.mark.parametrize("answer", [_hang, _refuse])
async def test_a_service_that_hangs_or_refuses_is_said_within_seconds(
    advisories: Advisories, answer: Any
) -> None:
    advisories.always = answer

    verdict = await audited(advisories.port, "--timeout=1")

    assert not verdict.failed
    assert "NOT CHECKED" in verdict.lines[0]
    assert len(advisories.asked) == 1


async def test_a_lock_that_cannot_be_read_is_no_matter_of_the_network() -> None:
    verdict = await asyncio.to_thread(audit, (), ("pyproject.toml",))

    assert verdict.failed
    assert verdict.lines[0].startswith("pip-audit failed: ")


def test_packages_that_were_skipped_are_not_counted_as_clean() -> None:
    skipped = {"name": "aiohttp", "skip_reason": "Dependency not found on PyPI"}
    clean = {"name": "yarl", "version": "1.0", "vulns": []}

    verdict = judge(json.dumps({"dependencies": [clean, skipped]}), "No known vulnerabilities found")

    assert ["Known vulnerabilities: NOT CHECKED, 1 of 2 packages: Dependency not found on PyPI"] == (
        verdict.lines
    )


def test_a_vulnerability_counts_though_other_packages_were_skipped() -> None:
    found = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": []}
    answer = json.dumps(
        {
            "dependencies": [
                {"name": "aiohttp", "skip_reason": "not found"},
                {"name": "yarl", "version": "1.0", "vulns": [found]},
            ]
        }
    )

    assert judge(answer, "").lines == ["yarl 1.0: PYSEC-1 = CVE-1, mended in no version yet"]
    assert not judge(answer, "", {"CVE-1": "The hub gives yarl no such URL."}).failed


def test_an_advisory_that_is_ignored_has_its_reason() -> None:
    assert all(len(reason.split()) > 3 for reason in IGNORED.values())


def test_every_lock_is_audited() -> None:
    assert sorted((*LOCKS, *APART)) == sorted(path.name for path in ROOT.glob("*.lock"))
