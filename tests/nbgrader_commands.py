"""nbgrader's own command line, as real processes, without its four seconds of imports.

    done = nbgrader("submit", "05_svd_compression", cwd=home, user="ada", HOME=str(home))
    assert done.returncode == 0, done.stderr

The first call starts a process that imports nbgrader and then only forks; it ends with this one.
Each command is a fork of its own, which goes on as `nbgrader` in a shell does: with its own folder,
environment and arguments, the configuration that lies there, and the interpreter's own end. Several
threads may call at once.

Only the user is pretended: nbgrader asks the system for the name of the account, and here one
account plays the instructor and all students. So files' owners and permissions tell nobody apart.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PRELOADED = (
    "nbgrader.apps.nbgraderapp",
    "nbgrader.api",
    "nbconvert.exporters",
    "jupyter_client.manager",
    "autograder.source",  # what the course's configuration imports,
    "dateutil.parser",  # and what commands import late
    "sqlalchemy.dialects.sqlite",
)
MAX_REQUEST_BYTES = 1_000_000

_starting = threading.Lock()


def nbgrader(
    *arguments: str | Path, cwd: Path, user: str = "instructor", **environment: str
) -> subprocess.CompletedProcess[str]:
    """What `nbgrader ARGUMENTS` does in this folder, as this user, with these variables set."""
    words = [str(argument) for argument in arguments]
    variables = {"LOGNAME": user, "USER": user, "OPENBLAS_NUM_THREADS": "1"}
    # As in an activated environment: nbgrader itself calls a program.
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    request = {
        "arguments": words,
        "cwd": str(cwd),
        "user": user,
        "environment": os.environ | variables | environment,
    }
    with _starting:
        zygote = _zygote()
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        ours, theirs = os.pipe()
        with os.fdopen(ours) as status:
            files = [stdout.fileno(), stderr.fileno(), theirs]
            socket.send_fds(zygote, [json.dumps(request).encode()], files)
            os.close(theirs)
            returncode = int(status.read())
        texts = []
        for file in (stdout, stderr):
            file.seek(0)
            texts.append(file.read().decode())
    return subprocess.CompletedProcess(["nbgrader", *words], returncode, *texts)


@functools.cache
def _zygote() -> socket.socket:
    """The socket of the process that forks."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        # -P, since a file beside this one may have the name of a package.
        command = [sys.executable, "-P", __file__, str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()])

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


# --- The process that forks, and its forks ------------------------------------------------------


def serve(requests: socket.socket) -> None:
    """Fork for each request; returns in the fork that is to become the command."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that report
    while True:
        data, files, _, _ = socket.recv_fds(requests, MAX_REQUEST_BYTES, 3)
        if not data:
            sys.exit()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            requests.close()
            stdout, stderr, status = files
            command = os.fork()
            if command == 0:
                os.close(status)
                become(json.loads(data), stdout, stderr)
                return
            _, ended = os.waitpid(command, 0)
            os.write(status, b"%d" % os.waitstatus_to_exitcode(ended))
            os._exit(0)
        for file in files:
            os.close(file)


def become(request: dict[str, object], stdout: int, stderr: int) -> None:
    """Be in the state in which a shell starts the command."""
    from nbgrader import utils

    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, stdout, stderr)):
        os.dup2(file, number)
        os.close(file)
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["nbgrader", *request["arguments"]]
    utils.get_osusername = lambda: request["user"]


def main() -> None:
    """What the process that forks does, and then each of its forks."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    for name in PRELOADED:
        importlib.import_module(name)

    from nbgrader.apps.nbgraderapp import main
    from sqlalchemy.orm import configure_mappers

    configure_mappers()  # 0.1 s, which would be each command's
    gc.freeze()  # else a fork that ends touches, and so copies, every object: 1 s
    serve(requests)
    sys.exit(main())


if __name__ == "__main__":
    main()
