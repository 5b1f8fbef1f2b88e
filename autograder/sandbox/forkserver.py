"""The warm template: imports everything once, then forks a student process for each submission.

It never runs student code and never reads a secret. It is the parent of every student process and,
as their subreaper, of whatever they leave behind: at `Finish` it kills its descendants until there
are none and empties the private folder, so that the next submission starts from nothing.

    Ready   <- warm, with what the self-test found
    Spawn   -> a socket follows; the fork says Hello on it
    Finish  -> Finished
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import itertools
import json
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

from autograder.sandbox import confine, lazy
from autograder.sandbox.inside import become_student
from autograder.sandbox.rehearsal import rehearse
from autograder.sandbox.shell import CellShell
from autograder.sandbox.wire import ANCILLARY_BYTES, Channel, Finish, Finished, Gone, Ready, Spawn

DYING_SECONDS, DYING_LOOKS = 0.01, 100
PYPLOT = "matplotlib.pyplot"


def main(descriptor: int) -> None:
    """Warm up, say Ready, then serve Spawn and Finish until the trusted side goes away.

    The settings come on standard input: the modules to import, what the self-test is to try, and
    the private folder.
    """
    settings = json.load(sys.stdin)
    sock = socket.socket(fileno=descriptor)
    confine.for_good()
    held = confine.self_test(settings["probes"])
    shell = _warm(settings["modules"])
    channel = Channel(sock, ancillary_bytes=ANCILLARY_BYTES)
    channel.send(Ready(held))
    private = Path(settings["private"])
    with contextlib.suppress(Gone):
        for number in itertools.count():
            message, _ = channel.receive()
            if isinstance(message, Spawn):
                _spawn(channel, shell, private / f"notebook-{number}")
            elif isinstance(message, Finish):
                survivors = end_descendants()
                _empty(private)
                channel.send(Finished(survivors))
    end_descendants()
    _empty(private)


def end_descendants() -> int:
    """Kill children until there are none; orphans become children because we are the subreaper.

    Returns how many were alive: nobody had killed them before.
    """
    survivors = 0
    while children := confine.children():
        for _ in range(DYING_LOOKS):  # what was killed or given up may need a moment to end
            if all(map(confine.is_dying, children)):
                break
            time.sleep(DYING_SECONDS)
        survivors += sum(not confine.is_dying(child) for child in children)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        for child in children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)
    return survivors


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _spawn(channel: Channel, shell: CellShell, folder: Path) -> None:
    descriptor = channel.descriptors.pop()
    if os.fork():
        os.close(descriptor)
        return
    channel.close()
    become_student(socket.socket(fileno=descriptor), shell, folder)


def _warm(modules: list[str]) -> CellShell:
    for module in modules:
        with contextlib.suppress(ImportError):  # the cell that needs it will say so
            importlib.import_module(module)
    shell: CellShell = CellShell.instance()
    if PYPLOT in sys.modules:
        shell.run("%matplotlib inline", "warm-up", rich=True)
    else:
        lazy.install("matplotlib", PYPLOT)
    rehearse(shell)
    gc.collect()
    gc.freeze()  # forks share these pages for as long as nobody writes to them
    return shell
