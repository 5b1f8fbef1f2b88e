"""The command line: one thin function a verb.

Exit status: 0 good, 1 findings (something stale, a test that fails, a submission that could not be
graded), 2 misuse. Imports stand inside the verbs, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import AutograderError

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from autograder.course import Course

GOOD, FINDINGS, MISUSE = 0, 1, 2

ADVICE = {
    errno.EACCES: "cannot be read or written. Give yourself permission",
    errno.EPERM: "cannot be read or written. Give yourself permission",
    errno.EROFS: "is on a disk that can only be read. Use another one",
    errno.ENOSPC: "cannot be written: the disk is full. Make room",
    errno.EEXIST: "is in the way of a folder. Move it away",
    errno.ENOTDIR: "is in the way of a folder. Move it away",
    errno.EISDIR: "is a folder in the way of a file. Move it away",
    errno.EDQUOT: "cannot be written: your part of the disk is full. Make room",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; its exit status."""
    for name in ("OPENBLAS", "OMP", "MKL"):  # submissions are the parallelism, not threads
        os.environ.setdefault(f"{name}_NUM_THREADS", "1")
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.verb(parsed))
    except AutograderError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return MISUSE
    except KeyboardInterrupt:
        kept = "; what was graded is kept, run it again to go on" if parsed.verb is grade else ""
        print(f"autograder: stopped{kept}", file=sys.stderr)
        return FINDINGS
    except BrokenPipeError:  # `autograder score ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    except OSError as error:
        if error.errno not in ADVICE:
            raise
        where = error.filename or "what is printed"
        print(f"autograder: {where} {ADVICE[error.errno]}, then repeat.", file=sys.stderr)
        return MISUSE


def build(parsed: argparse.Namespace) -> int:
    """Make release/ and solutions/ out of source/."""
    from autograder.release import build

    findings = build(_course(parsed), parsed.sections, check=parsed.check)
    for finding in findings:
        print(finding)
    if not findings:
        print("release/ and solutions/ are up to date")
    return FINDINGS if parsed.check and findings else GOOD


def check(parsed: argparse.Namespace) -> int:
    """Run the visible tests of one notebook, as a student."""
    from autograder import tables
    from autograder.check import check_notebook
    from autograder.grade import Options

    result, hidden = check_notebook(Path(parsed.notebook), Options(unsafe=True))
    if parsed.json:
        _print_json([result])
    else:
        tables.print_check(result, hidden)
    return GOOD if result.score == result.max_score else FINDINGS


def score(parsed: argparse.Namespace) -> int:
    """Grade notebooks without a gradebook."""
    from autograder import tables
    from autograder.collect import shown
    from autograder.score import score

    course, status = _course(parsed), GOOD
    paths = [Path(name) for name in parsed.notebooks]
    options = course.options(course.sections(), unsafe=parsed.unsafe)
    with _executor(parsed, min(parsed.workers or 1, len(paths))) as executor:
        for path, result in score(course, paths, parsed.assignment, options, executor):
            if isinstance(result, AutograderError):
                status = FINDINGS
                print(f"autograder: {shown(str(result))}", file=sys.stderr)
                if parsed.json:
                    _print_json([{"notebook": str(path), "error": str(result)}])
            elif parsed.json:
                _print_json([result])
            else:
                tables.print_result(result)
    return status


def collect(parsed: argparse.Namespace) -> int:
    """Put notebooks from downloaded archives into submitted/."""
    from autograder.unpack import unpack

    course = _course(parsed)
    section = course.section(parsed.section).name
    archives = [Path(name) for name in parsed.archives] or course.archives(section)
    done = unpack(course, section, archives, each=parsed.each, update=parsed.update)
    if parsed.json:
        _print_json(done.records())
    else:
        for note in done.notes:
            print(f"note: {note}")
        for problem in done.problems:
            print(f"not collected: {problem}")
        problems = f"{len(done.problems)} could not be collected"
        print(f"{len(done.taken)} collected, {done.current} were there already, {problems}")
    return FINDINGS if done.problems else GOOD


def grade(parsed: argparse.Namespace) -> int:
    """Grade what was submitted into the gradebook."""
    from autograder import tables
    from autograder.batch import grade_section
    from autograder.grade import warm_up

    course, status = _course(parsed), GOOD
    names = [course.section(name).name for name in parsed.sections or course.sections()]
    options = course.options(names, outputs=parsed.outputs, unsafe=parsed.unsafe)
    count = parsed.workers or course.settings().workers
    with _executor(parsed, count) as executor:
        # Nothing graded yet: all is work.
        if not parsed.scheduler and count > 1 and not course.autograded_dir.exists():
            for _ in range(count):
                executor.submit(warm_up, options)
        for name in names:
            started = time.perf_counter()
            with tables.progress(name) as start:
                batch = grade_section(
                    course, name, options, executor, again=parsed.again, start=start
                )
            status = max(status, FINDINGS if batch.problems else GOOD)
            if parsed.json:
                _print_json(batch.records())
            else:
                tables.print_batch(batch, time.perf_counter() - started)
    return status


def feedback(parsed: argparse.Namespace) -> int:
    """Write a page and a notebook for every student whose work is graded."""
    from autograder import tables
    from autograder.autograded import graded_sections
    from autograder.feedback import give_feedback

    course, status = _course(parsed), GOOD
    names = parsed.sections or graded_sections(course) or course.sections()
    for name in [course.section(name).name for name in names]:
        with tables.progress(name) as start:
            given = give_feedback(course, name, parsed.student, start)
        status = max(status, FINDINGS if given.problems else GOOD)
        if parsed.json:
            _print_json(given.records())
        else:
            tables.print_feedback(given)
    return status


def report(parsed: argparse.Namespace) -> int:
    """Write the class at a glance: a page for the instructor, and tables."""
    from autograder import tables
    from autograder.autograded import graded_sections
    from autograder.class_report import write_report

    course, status = _course(parsed), GOOD
    folder = Path(parsed.to) if parsed.to else course.reports_dir
    names = parsed.sections or graded_sections(course) or course.sections()
    for name in [course.section(name).name for name in names]:
        written = write_report(course, name, folder)
        status = max(status, FINDINGS if written.problems else GOOD)
        if parsed.json:
            _print_json([written])
        else:
            tables.print_class_report(written)
    return status


def export(parsed: argparse.Namespace) -> int:
    """Pack a section as an autograder for Gradescope or Otter."""
    from autograder import gradescope, otter

    course = _course(parsed)
    section = course.section(parsed.section).name
    folder = Path(parsed.to) if parsed.to else course.root / "exports"
    if parsed.platform == "otter":
        packed = otter.export(course.assignment(section), folder)
    else:
        packed = gradescope.export(course, section, folder, parsed.hidden_tests)
    print(packed)
    return GOOD


def verify(parsed: argparse.Namespace) -> int:
    """Prove that right answers are accepted, and wrong ones and mutants are not."""
    from autograder import tables
    from autograder.verify import verify

    course, reports = _course(parsed), []
    names = [course.section(name).name for name in parsed.sections or course.sections()]
    options = course.options(names, unsafe=parsed.unsafe)
    with _executor(parsed, parsed.workers or course.settings().workers) as executor:
        for name in names:
            with tables.progress(name) as start:
                report = verify(
                    course, name, options, executor, with_mutants=parsed.mutants, start=start
                )
            reports.append(report)
    if parsed.json:
        _print_json(reports)
    else:
        tables.print_reports(reports)
    return FINDINGS if any(report.problems for report in reports) else GOOD


def doctor(parsed: argparse.Namespace) -> int:
    """Say whether the course is ready for its class, and what to mend."""
    from autograder import tables
    from autograder.doctor import Status, examine

    found = []
    for diagnosis in examine(_course(parsed)):
        found.append(diagnosis)
        if parsed.json:
            _print_json([diagnosis])
        else:
            tables.print_diagnosis(diagnosis)
    findings = sum(each.status is Status.FINDING for each in found)
    if not parsed.json:
        print(f"{findings} to mend" if findings else "The course is ready.")
    return FINDINGS if findings else GOOD


def sample(parsed: argparse.Namespace) -> int:
    """Hand in a sample class, made out of the banks of answers."""
    from autograder.sample import hand_in

    course = _course(parsed)
    names = [course.section(name).name for name in parsed.sections or course.sections()]
    count = hand_in(course, names)
    print(f"{count} submissions in {course.submitted_dir}")
    return GOOD


def _course(parsed: argparse.Namespace) -> Course:
    from autograder.course import Course

    return Course.find(Path(parsed.course) if parsed.course else None)


def _executor(parsed: argparse.Namespace, count: int) -> AbstractContextManager[Executor]:
    """Where to grade: in so many processes here, or on a cluster."""
    if parsed.scheduler:
        from autograder.cluster import cluster

        return cluster(parsed.scheduler)
    from autograder.workers import workers

    return workers(count)


def _print_json(records: Iterable[Any]) -> None:
    """One object a line."""
    import msgspec

    for record in records:
        print(msgspec.json.encode(record).decode(), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograder",
        description="Grades the notebooks of a course in a sandbox.",
        epilog="Exit status: 0 good, 1 findings, 2 misuse. `autograder VERB --help` says more.",
    )
    parser.add_argument(
        "--course", metavar="DIR", help="the course's folder (default: found from here)"
    )
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")

    verb = _verb(verbs, build)
    _sections(verb)
    verb.add_argument("--check", action="store_true", help="say what is stale; write nothing")

    verb = _verb(verbs, check)
    verb.add_argument("notebook", metavar="NOTEBOOK")
    _json(verb)

    verb = _verb(verbs, score)
    verb.add_argument("notebooks", metavar="NOTEBOOK", nargs="+")
    verb.add_argument(
        "--assignment", metavar="NAME", help="the section (default: told by the notebook)"
    )
    _json(verb)
    _sandboxed(verb)

    verb = _verb(verbs, collect)
    verb.add_argument("section", metavar="SECTION", help="such as 05")
    verb.add_argument(
        "archives",
        metavar="ARCHIVE",
        nargs="*",
        help="zip or tar (default: those in downloaded/SECTION/archive/)",
    )
    verb.add_argument(
        "--each", action="store_true", help="each archive is one student's and called STUDENT.zip"
    )
    verb.add_argument(
        "--update", action="store_true", help="replace submissions that are not newer"
    )
    _json(verb)

    verb = _verb(verbs, grade)
    _sections(verb)
    verb.add_argument("--again", action="store_true", help="also what has not changed")
    _json(verb)
    _sandboxed(verb)
    verb.add_argument(
        "--outputs",
        action="store_true",
        help="also run the cells that only draw, and keep pictures",
    )

    verb = _verb(verbs, feedback)
    verb.add_argument(
        "sections", metavar="SECTION", nargs="*", help="such as 05 (default: all that are graded)"
    )
    verb.add_argument("--student", metavar="NAME", help="of this one only")
    _json(verb)

    verb = _verb(verbs, report)
    verb.add_argument(
        "sections", metavar="SECTION", nargs="*", help="such as 05 (default: all that are graded)"
    )
    verb.add_argument("--to", metavar="DIR", help="where to write it (default: reports)")
    _json(verb)

    verb = _verb(verbs, export)
    verb.add_argument("platform", choices=("gradescope", "otter"))
    verb.add_argument("section", metavar="SECTION", help="such as 05")
    verb.add_argument("--to", metavar="DIR", help="where to write the zip (default: exports)")
    verb.add_argument(
        "--hidden-tests",
        choices=("visible", "after_due_date", "after_published", "hidden"),
        default="after_published",
        help="when students see on Gradescope what hidden tests gave (default: after_published)",
    )

    verb = _verb(verbs, verify)
    _sections(verb)
    verb.add_argument(
        "--no-mutants",
        dest="mutants",
        action="store_false",
        help="leave the reference solutions as they are: quicker while you write",
    )
    _json(verb)
    _sandboxed(verb)

    verb = _verb(verbs, doctor)
    _json(verb)

    verb = _verb(verbs, sample)
    _sections(verb)
    return parser


def _verb(verbs: Any, function: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(
        function.__name__, help=function.__doc__, description=function.__doc__
    )
    parser.set_defaults(verb=function)
    return parser


def _sections(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("sections", metavar="SECTION", nargs="*", help="such as 05 (default: all)")


def _json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="one JSON object a line")


def _sandboxed(verb: argparse.ArgumentParser) -> None:
    where = verb.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_count, metavar="N", help="processes that grade")
    where.add_argument(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="grade on the workers of this Dask scheduler; see docs/cluster.md",
    )
    verb.add_argument(
        "--unsafe", action="store_true", help="grade even where student code cannot be confined"
    )


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return count
