"""How notebooks of the course are run: nbclient's kernels, with ears that do not fall asleep."""

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
    """Waits in slices. pyzmq's asyncio poll can miss its wake-up, and then sleeps out its timeout although a message is there."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        end = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            try:
                return await super().get_msg(timeout=max(0, min(SLICE, end - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= end:
                    raise


class Client(AsyncKernelClient):
    """Hears through `Channel`."""

    shell_channel_class = iopub_channel_class = control_channel_class = Type(Channel)


class KernelManager(AsyncKernelManager):
    """Give it to nbclient as ``kernel_manager_class``."""

    client_factory = Type(Client)
