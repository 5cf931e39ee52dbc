"""Time stamps over the seals, by an authority that OpenSSL plays, judged by OpenSSL."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from hub.operations.evidence.time_stamps import grants
from hub.settings import SecretUrl
from hub.storage import Database, PostgresEvidence, PostgresSeals
from hub.testing import MemoryPublisher
from hub.timers.sealing import Sealer, seal, stamp
from tests.integration.test_seals import LATER, record, sealed_day, verified
from tests.providers.http import HttpServer

CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
x509_extensions = stamping
[name]
CN = Autoridad de prueba
[stamping]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
"""

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


async def openssl(*arguments: str) -> str:
    done = await asyncio.to_thread(
        subprocess.run, ["openssl", *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


class Authority(HttpServer):
    """Stamps every digest, with a certificate of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.asked = 0

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.post("/tsr", self._stamp)]

    async def make(self) -> None:
        (self.folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=self.folder))
        (self.folder / "serial").write_text("01\n")
        key, cert = f"{self.folder}/key.pem", f"{self.folder}/cert.pem"
        made = ("-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2")
        await openssl("req", "-x509", *made, "-config", f"{self.folder}/tsa.cnf")

    async def _stamp(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        if (answer := await self.scripted(request)) is not None:
            return answer
        self.require("a query", holds=request.content_type == "application/timestamp-query")
        query, reply = self.folder / "query.tsq", self.folder / "reply.tsr"
        query.write_bytes(await request.read())
        given = ("-config", f"{self.folder}/tsa.cnf", "-queryfile", str(query), "-out", str(reply))
        await openssl("ts", "-reply", *given)
        return web.Response(body=reply.read_bytes(), content_type="application/timestamp-reply")


@pytest.fixture
async def authority(tmp_path: Path) -> AsyncIterator[Authority]:
    async with Authority(tmp_path) as made:
        await made.make()
        yield made
        assert made.violations == []


def url(authority: Authority) -> SecretUrl:
    return SecretUrl(f"{authority.base}/tsr")


async def test_the_head_of_yesterday_is_stamped_once_and_openssl_verifies_it(
    opened: Database, authority: Authority, tmp_path: Path
) -> None:
    await record(opened, 1, datetime.now(UTC) - timedelta(days=2))
    sealer = Sealer(
        store=PostgresSeals(opened),
        publisher=MemoryPublisher(),
        notify=False,
        stamp=partial(stamp, url(authority)),
    )
    async with asyncio.timeout(60):
        while not await opened.rows("SELECT FROM seal_stamp"):
            await seal(sealer)
            await asyncio.sleep(0.1)
    sealer.ask_again_at = None
    await seal(sealer)
    head = await PostgresSeals(opened).last_before(LATER + timedelta(days=9999))
    [reply] = (await PostgresEvidence(opened).stamps()).values()
    assert head is not None
    (tmp_path / "stored.tsr").write_bytes(reply)
    given = ("-in", f"{tmp_path}/stored.tsr", "-CAfile", f"{tmp_path}/cert.pem")
    found = await verified(opened)

    assert "Verification: OK" in await openssl("ts", "-verify", "-digest", head.digest.hex(), *given)
    assert (authority.asked, found.stamps, found.mismatches) == (1, 1, [])


async def test_a_stamp_over_something_else_is_named(opened: Database, authority: Authority) -> None:
    await sealed_day(opened)
    reply = await stamp(url(authority), bytes(32))
    assert reply is not None
    await PostgresSeals(opened).keep_stamp(2, reply)
    found = await verified(opened)

    assert [(mismatch.flaw.value, mismatch.seal) for mismatch in found.mismatches] == [("wrong_stamp", 2)]


@pytest.mark.parametrize(
    "body", [b"", b"nein", bytes.fromhex("3009300702010230020c00"), b"\x30\x03\x30\x01\x02"]
)
async def test_what_grants_nothing_is_no_stamp(authority: Authority, body: bytes) -> None:
    async def refuse(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body)

    authority.always = refuse

    assert await stamp(url(authority), bytes(32)) is None
    assert not grants(body, bytes(32))


async def test_an_authority_that_is_away_stops_nothing() -> None:
    assert await stamp(SecretUrl("http://127.0.0.1:1/tsr"), bytes(32)) is None
