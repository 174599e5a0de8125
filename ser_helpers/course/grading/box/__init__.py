"""Where a submission's code runs.

base         what a box has to do
bubblewrap   the sandbox of every day: no network, no files of others, no way to stay alive
podman       a container in its place, where an administrator allows that alone
unconfined   none at all, for `--unsafe`
choose       which of them
inside       runs in the sandbox: the libraries are loaded once, every task is a confined fork
judge        runs in the sandbox: both sides of the second run of the checks
drawing      runs in the sandbox: figures on their way between those two

Nothing is imported here, so that what runs inside does not load what stands outside.
"""
