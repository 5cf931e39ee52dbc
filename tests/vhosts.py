"""
Virtual hosts with the hub's queues, which one test hands on to the next.

To declare 21 quorum queues and to delete them takes the broker longer than all that most tests do with them.
One that is handed on is as it was at first: nobody is connected, no message is left. Where a queue, exchange,
binding, policy or right is another one, it is deleted.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aio_pika

from hub.consumers import topology
from hub.errors import BrokerUnavailable
from hub.local.rabbitmq import RabbitMQ
from tests.broker_vhosts import add_vhost, delete_vhost

SHAPE: Final = """
Shape = erlang:phash2({{
    lists:sort([[amqqueue:get_name(Q), amqqueue:get_type(Q), amqqueue:get_arguments(Q)]
                || Q <- rabbit_amqqueue:list(V)]),
    lists:sort([lists:sublist(tuple_to_list(X), 7) || X <- rabbit_exchange:list(V)]),
    lists:sort(rabbit_binding:list(V)),
    lists:sort(rabbit_policy:list(V)),
    lists:sort(rabbit_runtime_parameters:list(V)),
    lists:sort(rabbit_auth_backend_internal:list_vhost_permissions(V)),
    lists:sort(rabbit_auth_backend_internal:list_vhost_topic_permissions(V))}}, 4294967296)"""
"""A number that differs once anything is declared, deleted, bound or permitted."""
EMPTIED: Final = """
Total = fun(Q) -> {{ok, {{_, N}}, _}} =
    ra:local_query(amqqueue:get_pid(Q), fun rabbit_fifo:query_messages_total/1), N end,
Consumers = fun(Q) -> {{ok, _, N}} = rabbit_amqqueue:stat(Q), N end,
Wait = fun Wait(_, 0) -> throw(not_empty);
           Wait(Done, N) -> case Done() of true -> ok; _ -> timer:sleep(10), Wait(Done, N - 1) end end,
Wait(fun() -> rabbit_connection_tracking:list(V) == [] end, 200),
[ok = Wait(fun() -> Consumers(Q) == 0 andalso
    (Total(Q) == 0 orelse element(1, rabbit_amqqueue:purge(Q)) == never) end, 200)
 || Q <- rabbit_amqqueue:list(V)],
[rabbit_exchange:delete(rabbit_misc:r(V, exchange, X), false, <<"test">>) || X <- [{entrance}]],
"""
"""
Waits until nobody is connected; empties each queue once it has no consumer; deletes these exchanges.

A queue without consumers has taken back what those had that are gone, so that nothing is left behind a purge.
"""
ENTRANCE: Final = (topology.DOMAIN_EVENTS, topology.SET_UP.name)


@dataclass(kw_only=True, slots=True)
class Vhosts:
    """
    Those of one broker that are free.

    Without the entrance, a publisher waits until a hub has declared it, as it does where none has run before.
    """

    broker: RabbitMQ
    has_entrance: bool
    _free: list[tuple[str, str]] = field(default_factory=list)
    """Names, each with the shape as it was declared."""

    @asynccontextmanager
    async def one(self) -> AsyncIterator[str]:
        """Yield the URL of one with the queues of the hub, and nothing in them."""
        name, shape = self._free.pop() if self._free else await self._new()
        yield self.broker.url_of(name)
        if await self._emptied(name) == shape:
            self._free.append((name, shape))
        else:
            await delete_vhost(self.broker, name)

    async def _new(self) -> tuple[str, str]:
        name = f"t{uuid.uuid4().hex}"
        declare = topology.declare if self.has_entrance else topology.declare_lanes
        async with await aio_pika.connect(await add_vhost(self.broker, name)) as connection:
            await declare(await connection.channel())
        return name, await self._evaluate(SHAPE, name)

    async def _emptied(self, name: str) -> str | None:
        """Empty it, and return its shape; None where that cannot be done."""
        try:
            return await self._evaluate(EMPTIED + SHAPE, name)
        except (BrokerUnavailable, TimeoutError):
            return None

    async def _evaluate(self, expression: str, name: str) -> str:
        taken_away = () if self.has_entrance else ENTRANCE
        filled = expression.format(entrance=", ".join(f'<<"{exchange}">>' for exchange in taken_away))
        return await self.broker.evaluate(" ".join(f'V = <<"{name}">>, {filled}, Shape.'.split()))
