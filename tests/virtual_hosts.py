"""Virtual hosts that a test hands back to the next one: the hub's topology stands in them, empty."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Final

import aio_pika

from hub.consumers import topology
from hub.local.rabbitmq import RabbitMQ

TOPOLOGY: Final = """
V = <<"{name}">>,
Named = fun(R) -> {{element(3, R), element(4, R)}} end,
Queues = fun() -> rabbit_amqqueue:list(V) end,
Shape = fun() -> erlang:phash2({{
    lists:sort([{{Named(element(2, X)), element(3, X), element(4, X), element(5, X), element(6, X),
        element(7, X)}} || X <- rabbit_exchange:list(V)]),
    lists:sort([{{Named(amqqueue:get_name(Q)), amqqueue:get_type(Q), amqqueue:get_arguments(Q)}}
        || Q <- Queues()]),
    lists:sort([{{Named(element(2, B)), element(3, B), Named(element(4, B)), element(5, B)}}
        || B <- rabbit_binding:list(V)]),
    rabbit_runtime_parameters:list(V),
    rabbit_auth_backend_internal:list_vhost_permissions(V),
    rabbit_auth_backend_internal:list_vhost_topic_permissions(V)
}}, 4294967296) end,
"""
"""Erlang: a value that differs once something was declared, bound, deleted, set or permitted there."""
SHAPE: Final = f"{TOPOLOGY} Shape()."
EMPTY: Final = f"""{TOPOLOGY}
Stat = fun(Q) -> rabbit_quorum_queue:stat(Q) end,
Left = fun() -> rabbit_connection_tracking:list(V) =:= []
    andalso lists:all(fun(Q) -> amqqueue:get_exclusive_owner(Q) =:= none end, Queues()) end,
Idle = fun() -> lists:all(fun(Q) -> element(3, Stat(Q)) =:= 0 end, Queues()) end,
Wait = fun(_, _, 0) -> false;
    (Again, Done, N) -> Done() orelse (timer:sleep(20) =:= ok andalso Again(Again, Done, N - 1)) end,
Wait(Wait, Left, 50) andalso Shape() =:= {{shape}} andalso Wait(Wait, Idle, 50) andalso begin
    [rabbit_quorum_queue:purge(Q) || Q <- Queues()],
    lists:all(fun(Q) -> Stat(Q) =:= {{{{ok, 0, 0}}}} end, Queues())
end.
"""
"""
Erlang: take all messages away; false if somebody stays connected, or something is not as the hub declares it.

A connection that was just closed takes its queues and consumers with it a moment later.
"""


@dataclass(kw_only=True, slots=True)
class VirtualHosts:
    """To declare the topology costs the broker a quarter of a second, and to delete it half of that."""

    rabbitmq: RabbitMQ
    _shape: str = ""
    _free: list[str] = field(default_factory=list)

    async def declared(self) -> str:
        """Return the name of one in which a hub has declared everything, and nothing else was done."""
        if self._free:
            return self._free.pop()
        name = f"t{uuid.uuid4().hex}"
        async with await aio_pika.connect(await self.rabbitmq.add_vhost(name)) as connection:
            await topology.declare(await connection.channel())
        self._shape = self._shape or await self.rabbitmq.evaluate(SHAPE.format(name=name))
        return name

    async def hand_back(self, name: str) -> None:
        """Empty it for the next test. Delete it if it is not as declared, or in use."""
        if "true" == await self.rabbitmq.evaluate(EMPTY.format(name=name, shape=self._shape)):
            self._free.append(name)
        else:
            await self.rabbitmq.delete_vhost(name)
