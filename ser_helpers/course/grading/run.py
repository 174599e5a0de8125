"""The third stage: execute the notebook in a box.

It is bounded as a whole, no message is believed that a kernel should not send, and what an ended kernel leaves unrun gets a
word, not an abort.
"""

from __future__ import annotations

import contextlib
import json
import time
from copy import deepcopy
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.client import CellExecutionComplete
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from .box.base import Box, Kernel

MOST_OUTPUT = 20 * 2**20  # characters that a notebook may print or draw
TIMED_OUT = {
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["CellTimeoutError: No reply from kernel before timeout"],
}


def run(
    notebook: NotebookNode, box: Box, environment: dict[str, str], cell_seconds: int, notebook_seconds: int
) -> NotebookNode:
    """The notebook with the outputs of its cells.

    Parameters
    ----------
    notebook : NotebookNode
        From `rebuild`.
    environment : dict
        Variables that the code finds set.
    cell_seconds, notebook_seconds : int
        Time for one cell, and for all together.
    """
    executed = deepcopy(notebook)
    Client(executed, box.kernel(environment), cell_seconds, notebook_seconds).run_all()
    return executed


class Client(NotebookClient):
    """Executes a notebook in place, whatever its code does to the kernel."""

    def __init__(self, notebook: NotebookNode, kernel: Kernel, cell_seconds: int, notebook_seconds: int):
        super().__init__(
            notebook, kernel, allow_errors=True, raise_on_iopub_timeout=True, interrupt_on_timeout=True,
            error_on_timeout=TIMED_OUT, timeout_func=lambda cell: self.seconds, shutdown_kernel="immediate",
            on_cell_executed=_keep_error,
        )  # fmt: skip
        self.kernel, self.why_ended, self.heard = kernel, "", 0
        self.cell_seconds, self.notebook_seconds = cell_seconds, notebook_seconds
        self.seconds: float = cell_seconds  # that the next cell has
        self.deadline = time.monotonic() + notebook_seconds

    def run_all(self) -> None:
        """Run every cell that is to run, and end the kernel."""
        with self.setup_kernel(cleanup_kc=True, **self.kernel.start_options):
            for index, cell in enumerate(self.nb.cells):
                tags = cell.metadata.get("tags", [])
                if cell.cell_type == "code" and cell.source.strip() and "skip-execution" not in tags:
                    self._run_one(cell, index)

    def _run_one(self, cell: NotebookNode, index: int) -> None:
        if not self.why_ended:
            self.seconds = min(self.cell_seconds, max(1, self.deadline - time.monotonic()))
            try:
                self.execute_cell(cell, index)
                cell.outputs, cell.execution_count = valid(cell.outputs), self.code_cells_executed
            except Exception as error:  # the kernel has ended, or says what no kernel says
                self._end(f"{self._last_words(error)} while it ran code cell {self.code_cells_executed}")
            if time.monotonic() > self.deadline:
                self._end(f"all cells together took more than {self.notebook_seconds} s")
        if self.why_ended:
            words = f"Python was ended: {self.why_ended}. What came after it did not run."
            ended = new_output("error", ename="KernelEnded", evalue=words, traceback=[])
            cell.outputs = [*valid(cell.get("outputs", [])), ended]

    def _last_words(self, error: Exception) -> str:
        if isinstance(error, DeadKernelError):
            return self.kernel.why_ended() or "the code ended it"
        return f"it did not answer as Jupyter does ({type(error).__name__})"

    def _end(self, why: str) -> None:
        self.why_ended = self.why_ended or why
        self.kernel.end()

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """A message that makes no sense is left out, and a kernel that floods is ended."""
        self.heard += len(str(msg.get("content"))) + sum(map(len, msg.get("buffers", ())))
        if self.heard > MOST_OUTPUT:
            self._end(f"it printed or drew more than {MOST_OUTPUT // 2**20} million characters")
            return None
        try:
            return super().process_message(msg, cell, cell_index)
        except CellExecutionComplete:
            raise
        except Exception as error:
            self.log.warning("A message of the kernel was left out: %r", error)
            return None

    async def _async_handle_timeout(self, timeout: float, cell: NotebookNode | None = None) -> Any:
        """After the interrupt: a kernel that does not answer is ended, or every later cell would wait as long."""
        reply = await super()._async_handle_timeout(int(timeout), cell)
        assert self.kc is not None
        self.kc.kernel_info()
        end = time.monotonic() + 5
        while time.monotonic() < end:
            with contextlib.suppress(Exception):  # queue.Empty, in one of two libraries
                message = await self.kc.shell_channel.get_msg(timeout=1)
                if message["msg_type"] == "kernel_info_reply":
                    return reply
        self._end(f"it ran longer than {timeout:g} s and could not be interrupted")
        raise DeadKernelError


def _keep_error(cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
    """An error that the kernel replied and did not show, such as a cell's time that is up, becomes an output."""
    reply = execute_reply["content"]
    if reply["status"] != "error":
        return
    if not any(output.output_type == "error" and output.ename == reply["ename"] for output in cell.outputs):
        lines = reply["traceback"] or ["The kernel showed no traceback."]
        cell.outputs.append(new_output("error", ename=reply["ename"], evalue=reply["evalue"], traceback=lines))


def valid(outputs: list) -> list[NotebookNode]:
    """Those outputs that Jupyter could have made, without what no file can hold.

    Examples
    --------
    >>> valid([{"output_type": "stream", "name": "stdout", "text": "hello"}, {"output_type": "nonsense"}])
    [{'output_type': 'stream', 'name': 'stdout', 'text': 'hello'}]
    """
    kept = []
    for output in outputs:
        with contextlib.suppress(nbformat.ValidationError, TypeError, ValueError):
            text = json.dumps(output, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
            output = nbformat.from_dict(json.loads(text))
            nbformat.validate(output, ref="output", version=4)
            kept.append(output)
    return kept
