"""
The contestant that a user would pick instead: Celery, Jinja2, email.mime and smtplib.

As its documentation advises for many short tasks that must not be lost: prefork with a process per
core, late acknowledgement, a longer prefetch, no results, and one SMTP connection kept per process.
"""

from __future__ import annotations

import os
import smtplib
from functools import cache
from typing import Final

from celery import Celery  # type: ignore[import-untyped]  # it has no annotations
from kombu.entity import Queue

from benchmarks.plain_mail import compose
from hub.model import Json

QUEUE: Final = "bench.celery"
TASK: Final = "send_receipt"
PREFETCH: Final = 64
"""Tasks per process; the default of 4 is for long ones."""

app = Celery("bench", broker=os.environ.get("BENCH_AMQP_URL"))
app.conf.update(
    task_queues=[Queue(QUEUE, durable=True)],  # type: ignore[no-untyped-call]  # the same of kombu
    task_default_queue=QUEUE,
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=PREFETCH,
    broker_connection_retry_on_startup=True,
)


@cache
def connection() -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", int(os.environ["BENCH_SMTP_PORT"]), timeout=30)


@app.task(name=TASK)  # type: ignore[untyped-decorator]  # Celery has no annotations
def send_receipt(event_id: str, time: str, payer: str, email: str, unit: str, data: Json) -> None:
    mail = compose(event_id, time, payer, email, unit, data)
    try:
        connection().send_message(mail)
    except smtplib.SMTPServerDisconnected:
        connection.cache_clear()
        connection().send_message(mail)
