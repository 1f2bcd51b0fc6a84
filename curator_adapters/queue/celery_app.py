"""The one configuration of Celery, for those who send and those who work."""

from __future__ import annotations

from celery import Celery

from curator_adapters.queue.letting_go import LettingGo

PROCESS_UPLOAD = "curator.process_upload"
"""The task that takes an upload's id, its only argument."""

DISPATCH = "curator.dispatch"
"""The task that sends what is due; without arguments."""

QUEUE = "curator"

_VISIBILITY_SECONDS = 900
"""After so long without an acknowledgement a message is delivered again, to a worker whose claim
is refused while the first one works: harmless, since the database decides. Shorter would wake
workers for nothing during long uploads. Longer would gain nothing: the lease, not this, brings
a dead worker's upload back."""

_TALKING = {
    "global_keyprefix": "",
    "socket_connect_timeout": 1.0,
    # By default forever: a server that is there and silent would hold up a web request with it.
    "socket_timeout": 1.5,
    "socket_keepalive": True,
}


def make_celery(address: str, prefix: str) -> Celery:
    """A Celery application on the Redis at `address`, all of whose keys begin with `prefix`.

    Pool, concurrency and logging are left to the worker. Opens no connection.
    """
    app = Celery("curator", amqp=LettingGo, set_as_current=False)
    transport = _TALKING | {"global_keyprefix": prefix}
    app.conf.update(
        broker_url=address,
        broker_transport_options=transport
        | {
            "visibility_timeout": _VISIBILITY_SECONDS,
            # A sender tries to connect once, instead of for as long as the time-out lets it. A
            # worker that lost its broker goes by `broker_connection_…`, and waits for it.
            "max_retries": 0,
        },
        broker_connection_timeout=1.0,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        result_backend=address,
        result_backend_transport_options=transport,
        redis_socket_connect_timeout=1.0,
        redis_socket_timeout=1.5,
        redis_socket_keepalive=True,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_default_queue=QUEUE,
        task_serializer="json",
        result_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        # An upload that is at work when the broker goes away is finished all the same: its
        # lease, not its message, is what it works by.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_send_task_events=False,
        task_send_sent_event=False,
        # Nothing of Curator commands workers through the broker, so nobody else shall.
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        enable_utc=True,
        timezone="UTC",
    )
    return app
