"""How notebooks of the course are run: nbclient's kernels, a kernel that lives on, and a way around a wake-up that pyzmq misses.

`CourseKernel` is what the grader and `ser build --measure` run: an `exit()` that was left over ends its cell and not the kernel,
which stops a tenth of a second later, at a cell that differs from run to run.

libzmq tells an event loop of messages through an edge-triggered file descriptor (ZMQ_FD): a message that comes while
another event of the socket is being handled gives no second edge. `zmq.asyncio`'s poll then sleeps out its whole timeout,
which for a cell is a minute, although the message is there.
"""

from __future__ import annotations

import queue
import sys
import time
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type, default

SLICE = 1.0  # seconds that one poll may last
LONGEST = 10_000  # characters of an error's message, and of a line of its traceback


def cut(text: str) -> str:
    """A text that is not too long to send: an error may quote all it was given.

    Examples
    --------
    >>> cut("short"), len(cut("x" * 30_000_000))
    ('short', 10004)
    """
    return text if len(text) <= LONGEST else text[:LONGEST] + " ..."


class Shell(ZMQInteractiveShell):
    """Ends a cell, not the kernel, at `exit()` and `quit()`; shows of an error no more than anybody reads."""

    @default("xmode")
    def _without_context(self) -> str:
        return "Plain"  # lines around each frame take a tenth of a second a failed check, and only its message is read

    def init_user_ns(self) -> None:
        super().init_user_ns()
        self.user_ns.update(exit=sys.exit, quit=sys.exit)

    def _showtraceback(self, etype: type, evalue: Any, stb: list[str]) -> None:
        super()._showtraceback(etype, cut(str(evalue)), [cut(line) for line in stb])


class CourseKernel(IPythonKernel):
    """The kernel around that shell."""

    shell_class = Type(Shell)

    async def do_execute(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        reply = await super().do_execute(*arguments, **named)
        return reply | {"evalue": cut(reply["evalue"])} if "evalue" in reply else reply


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

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        course = f"--IPKernelApp.kernel_class={__name__}.{CourseKernel.__name__}"
        return super().format_kernel_cmd([*(extra_arguments or []), course])
