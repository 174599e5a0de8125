"""Running notebooks: a message that is there is heard, even when zmq's poll sleeps through its arrival."""

import asyncio
import queue
import time

import nbformat
import pytest
from nbclient import NotebookClient

from ser_helpers.course import kernel


class Sleepy:
    """A socket whose poll never wakes early; a message arrives while it sleeps."""

    def __init__(self, arrives: float):
        self.arrives = time.monotonic() + arrives

    async def poll(self, milliseconds):
        await asyncio.sleep(milliseconds / 1000)
        return time.monotonic() >= self.arrives


class Hears(kernel.Channel):
    def __init__(self, socket):
        self.socket = socket

    async def _recv(self):
        return {"msg_type": "execute_reply"}


@pytest.mark.parametrize("timeout", [60, None])
def test_a_missed_wake_up_costs_a_slice_and_not_the_timeout(timeout):
    channel = Hears(Sleepy(arrives=0.1))
    message = asyncio.run(asyncio.wait_for(channel.get_msg(timeout=timeout), timeout=3 * kernel.SLICE))
    assert message["msg_type"] == "execute_reply"


def test_nothing_heard_is_said_after_the_timeout():
    with pytest.raises(queue.Empty):
        asyncio.run(Hears(Sleepy(arrives=60)).get_msg(timeout=0.2))


def test_a_notebook_runs_through_it():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("6 * 7")])
    client = NotebookClient(notebook, kernel_manager_class=kernel.KernelManager, kernel_name="python3", timeout=60)
    client.execute()
    listens = client.kernel_manager_class(kernel_name="python3").client_factory
    assert listens.shell_channel_class.default_value is listens.iopub_channel_class.default_value is kernel.Channel
    assert notebook.cells[0].outputs[0].data["text/plain"] == "42"
