"""A DNS server on loopback, over UDP: a table of records, and silence or failure on demand."""

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.asyncresolver import Resolver

TTL: Final = 60

Zone = Mapping[tuple[str, str], Sequence[str]]
"""(name, type) → records in zone file syntax."""


class DnsServer(asyncio.DatagramProtocol):
    """Answers from its zone, NXDOMAIN for other names; does not answer while `silent`."""

    def __init__(self, zone: Zone, *, silent: bool = False, failing: bool = False) -> None:
        self.asked: list[tuple[str, str]] = []
        self._zone = zone
        self._silent = silent
        self._failing = failing
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def resolver(self) -> Resolver:
        """Return a resolver that uses only this server."""
        assert self._transport is not None
        resolver = Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = int(self._transport.get_extra_info("sockname")[1])
        return resolver

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if self._silent or self._transport is None:
            return
        response = dns.message.make_response(query)
        response.set_rcode(self._rcode(name))
        records = self._zone.get((name, kind), ())
        if records and not self._failing:
            response.answer.append(
                dns.rrset.from_text(question.name, TTL, dns.rdataclass.IN, question.rdtype, *records)
            )
        self._transport.sendto(response.to_wire(), addr)

    def _rcode(self, name: str) -> dns.rcode.Rcode:
        if self._failing:
            return dns.rcode.SERVFAIL
        return dns.rcode.NOERROR if any(name == known for known, _ in self._zone) else dns.rcode.NXDOMAIN

    async def __aenter__(self) -> Self:
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._transport is not None
        self._transport.close()
