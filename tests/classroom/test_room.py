"""What a teacher's laptop says to a room: where it is, that it answers, and that it ended."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from tornado.web import Application, RequestHandler

from ser_helpers.course.classroom import room
from ser_helpers.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
SERVE = """
import sys
from tornado.web import Application
from ser_helpers.course.classroom import room
if sys.argv[1] == "nowhere":
    room.addresses = lambda: [room.HERE]
room.serve(Application([]), "The game", only_here=sys.argv[1] == "here")
"""


class Hello(RequestHandler):
    def get(self):
        self.write("hello")


def test_it_answers_as_long_as_the_block_runs_on_this_machine_alone():
    with room.answering(Application([("/", Hello)])) as port:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        assert opener.open(f"http://127.0.0.1:{port}/", timeout=10).read() == b"hello"
        with pytest.raises(CourseError, match=f"Port {port} cannot be used .* another with --port"):
            room.answering(Application([]), port=port).__enter__()
    with pytest.raises(OSError):
        opener.open(f"http://127.0.0.1:{port}/", timeout=10)


def test_without_a_network_there_is_this_machine(monkeypatch):
    monkeypatch.setattr(room, "ELSEWHERE", "no address at all")
    monkeypatch.setattr(room.psutil, "net_if_addrs", dict)
    assert room.address() == "127.0.0.1"


@pytest.mark.skipif(os.name == "nt", reason="ends the server with a signal")
@pytest.mark.parametrize(
    "where, said, sign",
    [
        ("here", "Only this computer", signal.SIGINT),
        ("network", "Everybody in this network", signal.SIGTERM),
        ("nowhere", "this computer is in no network", signal.SIGINT),
    ],
)
def test_the_terminal_shows_where_and_says_who_can_see_it(where, said, sign):
    if where == "network" and room.address() == room.HERE:
        pytest.skip("this computer is in no network")
    with subprocess.Popen([sys.executable, "-c", SERVE, where], stdout=subprocess.PIPE, text=True) as server:
        printed = ""
        while "Ctrl-C" not in printed:
            printed += server.stdout.readline()
        server.send_signal(sign)
        rest = server.stdout.read()
    host = re.escape(room.address() if where == "network" else "127.0.0.1")
    url = re.search(rf"The game can be had at (http://{host}:\d+/)\n", printed)[1]
    assert room.qr(url).strip() in printed and said in printed
    assert server.returncode == 0 and "nothing is served any more" in rest
