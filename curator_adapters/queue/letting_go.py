"""Redis as Celery's broker, except that a message which cannot be acknowledged is let go."""

from __future__ import annotations

from celery.app.amqp import AMQP
from kombu import Connection
from kombu.transport import virtual
from kombu.transport.redis import Channel, QoS, Transport


class _QoS(QoS):
    """A worker holds so many messages at once, and kombu 5.7 keeps counting one whose
    acknowledgement failed. A worker that was all busy when its broker went away took fewer from
    then on, or none ever again (seen), without a word: it looks at its connection only where it
    may take a message. What is let go the broker delivers again, if it still knows of it.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue=requeue)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


class _Channel(Channel):
    QoS = _QoS


class _Transport(Transport):
    Channel = _Channel


class _Connection(Connection):
    def get_transport_cls(self) -> type[Transport]:
        # Whatever the address says: all of ours are Redis.
        return _Transport


class LettingGo(AMQP):
    """For `Celery(amqp=…)`."""

    Connection = _Connection
