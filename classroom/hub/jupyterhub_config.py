"""JupyterHub for a class on one machine; `python3 start.py hub --users users.csv` starts it. Change what you like.

Who may log in and where the course lies comes from that command (`hub.settings()`); what a learner may use stands here.
"""

import os
import sys
from pathlib import Path

from ser_helpers import places
from ser_helpers.corpus import audio_home
from ser_helpers.course.classroom import desk, hub

c = get_config()  # noqa: F821, JupyterHub provides it
room = hub.settings()

# What each learner may use. Without systemd, memory is counted per process, and a learner has several.
MEMORY_GB = 4  # the sandbox of grading gives as much
PROCESSES = 256  # processes and threads of a learner together
IDLE_KERNEL, IDLE_SERVER = 3600, 7200  # seconds without anything to do, after which they end; notebooks are kept

# Where it answers; the two ports above are for the hub and its proxy alone, on this machine
c.JupyterHub.bind_url = f"{'https' if room.certificate else 'http'}://{room.host}:{room.port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{room.port + 2}"
if room.certificate:
    c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = room.certificate
c.ConfigurableHTTPProxy.command, c.ConfigurableHTTPProxy.log_level = room.proxy, "warn"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{room.port + 1}"
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"
c.JupyterHub.log_level = "WARN"
c.JupyterHub.template_vars = {"announcement_login": "The speech emotion recognition course"}

# Who may log in
c.Authenticator.allowed_users = {*room.learners, room.instructor}
if room.real_users:
    c.JupyterHub.authenticator_class = "pam"
    c.PAMAuthenticator.open_sessions = False  # accounts here are for this hub; nothing to mount or count
else:
    c.JupyterHub.authenticator_class = "shared-password"
    c.SharedPasswordAuthenticator.user_password = room.shared_password

# What is started for them: `desk` sets the limits, lays out lessons, and becomes JupyterLab's server
c.Spawner.cmd = [sys.executable, "-m", desk.__name__, str(Path(sys.executable).parent / "jupyterhub-singleuser")]
c.Spawner.args = [
    "--log-level=WARN",
    "--KernelManager.transport_encryption=auto",  # or others on this machine could listen to a kernel's output
    f"--ServerApp.shutdown_no_activity_timeout={IDLE_SERVER}",
    f"--MappingKernelManager.cull_idle_timeout={IDLE_KERNEL}",
]
# A class logs in at the same moment: everybody waits a little, and nobody meets the page "too many users".
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.JupyterHub.concurrent_spawn_limit = 0
learner = Path(room.course) / "classroom" / "hub" / "learner"
warm = os.environ.get("NUMBA_CACHE_DIR", str(Path(sys.prefix, "numba-cache")))  # as start.py makes it
recordings = audio_home()
c.Spawner.environment = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
    "PYTHONPATH": str(places.PACKAGE.parent),
    "PYTHONUTF8": "1",
    "LANG": "C.UTF-8",
    "NUMBA_CACHE_DIR": warm,
    "SER_EXCHANGE": room.exchange,
    **({"SER_CLASS_FOLDER": str(recordings)} if recordings else {}),
    **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")},  # cores are shared
}


def seat(spawner) -> None:
    """The instructor sits in the course's folder with nbgrader's panels; everybody else at a desk with lessons."""
    if spawner.user.name == room.instructor:
        spawner.cmd = [str(Path(sys.executable).parent / "jupyterhub-singleuser")]
        spawner.notebook_dir, spawner.default_url = room.course, "/lab/tree/solutions/README.md"
        return
    # Kernels talk through files of the learner's own: two that start together on one machine may take the same port.
    spawner.args = [*c.Spawner.args, "--KernelManager.transport=ipc"]
    spawner.notebook_dir = str(Path("~", desk.WORK))
    spawner.default_url = "/lab/tree/lessons/00_start_here/00_start_here.ipynb"
    spawner.environment = {
        **spawner.environment,
        desk.FROM: f"{room.course}/lessons",
        desk.MEMORY: str(MEMORY_GB),
        desk.PROCESSES: str(PROCESSES),
        "JUPYTER_CONFIG_PATH": str(learner),
        "JUPYTER_PATH": str(learner),  # a kernel that uses the learner's own cache of numba
    }


c.Spawner.pre_spawn_hook = seat
if not room.real_users:
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = str(Path(room.course) / hub.STATE / "homes" / "{username}")
elif Path("/run/systemd/system").is_dir():
    c.JupyterHub.spawner_class = "systemd"  # counts all of a learner's processes together
    c.SystemdSpawner.mem_limit = f"{MEMORY_GB}G"
    c.SystemdSpawner.unit_extra_properties = {"TasksMax": str(PROCESSES)}
else:
    c.JupyterHub.spawner_class = "localprocess"
