"""A person's own Python functions, shut in: a process without home, store, environment or network."""

from connectors.worker.runner import Runner, ShutIn
from connectors.worker.sandbox import find_room
from connectors.worker.session import worker_operation

__all__ = ["Runner", "ShutIn", "find_room", "worker_operation"]
