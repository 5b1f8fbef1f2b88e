"""A Jupyter server as a user would start it, with nobody's settings and nothing left behind.

JupyterLab keeps what it knows of a user in five folders; here they all lie in a temporary one. The
extensions are those that `pip install` has enabled: nothing is switched on for the tests.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import subprocess
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from courses import BIN, ENVIRONMENT

FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
# A new user is asked whether JupyterLab may look for news; this one has said no.
NEWS = "lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
NO_NEWS = '{"fetchNews": "false", "checkForUpdates": false}'


class Server:
    """A running server: its address, the token that it asks for, and what it has said."""

    def __init__(self, url: str, token: str, said: list[str]) -> None:
        self.url = url
        self.token = token
        self.said = said

    def page(self, path: str) -> str:
        """The address of a page for a browser that has not shown the token yet."""
        return f"{self.url}/{path}?token={self.token}"


@contextlib.contextmanager
def jupyter_server(root: Path, private: Path) -> Iterator[Server]:
    """JupyterLab, started in `root` and ended with its kernels; `private` is the user's home."""
    token = secrets.token_hex()
    own = {name: str(private / name.lower()) for name in FOLDERS}
    own["XDG_CACHE_HOME"] = str(Path.home() / ".cache")  # fonts take long to be found anew
    settings = Path(own["JUPYTER_CONFIG_DIR"], NEWS)
    settings.parent.mkdir(parents=True)
    settings.write_text(NO_NEWS)
    command = [BIN / "jupyter", "lab", "--no-browser", "--ServerApp.ip=127.0.0.1", "--port=0"]
    if os.geteuid() == 0:
        command.append("--allow-root")
    with subprocess.Popen(
        command,
        cwd=root,
        env=ENVIRONMENT | own | {"JUPYTER_TOKEN": token},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        said: list[str] = []
        url = _listening(process.stderr, said)
        # Whoever stops reading stops the server, once the pipe is full.
        reader = threading.Thread(target=said.extend, args=(process.stderr,))
        reader.start()
        try:
            yield Server(url, token, said)
        finally:
            process.terminate()  # upon which it ends its kernels,
            reader.join()  # the last of which closes the pipe


def _listening(stderr: Iterable[str], said: list[str]) -> str:
    """The server's address, as soon as it says so."""
    for line in stderr:
        said.append(line)
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/lab", line):
            return found[1]
    raise RuntimeError(f"JupyterLab did not start:\n{''.join(said)}")
