"""How notebooks of the course are run: nbclient's kernels, and a way around a wake-up that pyzmq misses.

libzmq tells an event loop of messages through an edge-triggered file descriptor (ZMQ_FD): a message that comes while
another event of the socket is being handled gives no second edge. `zmq.asyncio`'s poll then sleeps out its whole timeout,
which for a cell is a minute, although the message is there.
"""

from __future__ import annotations

import queue
import time
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

SLICE = 1.0  # seconds that one poll may last


class Channel(AsyncZMQSocketChannel):
    """Waits in slices, so that a missed wake-up costs one of them and not the timeout."""

    async def get_msg(  # type: ignore[override]  # as in the class above: only the blocking one's name is shared
        self, timeout: float | None = None
    ) -> dict[str, Any]:
        end = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            try:
                return await super().get_msg(timeout=max(0, min(SLICE, end - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= end:
                    raise


class Client(AsyncKernelClient):
    """Receives through `Channel`."""

    shell_channel_class = iopub_channel_class = control_channel_class = Type(Channel)


class KernelManager(AsyncKernelManager):
    """Give it to nbclient as ``kernel_manager_class``."""

    client_factory = Type(Client)
