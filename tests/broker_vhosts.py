"""Vhosts of a test's own. The node is called directly: `rabbitmqctl` takes a second for each."""

from hub.local.rabbitmq import USER, RabbitMQ


async def add_vhost(broker: RabbitMQ, name: str) -> str:
    """Add a vhost and return its URL."""
    vhost, user, everything = f'<<"{name}">>', f'<<"{USER}">>', '<<".*">>'
    permissions = f"{user}, {vhost}, {everything}, {everything}, {everything}, {user}"
    await broker.evaluate(
        f"ok = rabbit_vhost:add({vhost}, {user}),"
        f" ok = rabbit_auth_backend_internal:set_permissions({permissions})."
    )
    return broker.url_of(name)


async def delete_vhost(broker: RabbitMQ, name: str) -> None:
    """Delete a vhost: its connections close at once, its queues are removed in the background."""
    await broker.evaluate(f'spawn(rabbit_vhost, delete, [<<"{name}">>, <<"{USER}">>]).')
