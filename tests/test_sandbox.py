"""Student code runs, is called and is stopped; nothing of it gets out. The processes are real."""

from __future__ import annotations

import contextlib
import inspect
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import OPTIONS, Student, spawned
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from autograder.errors import SandboxError
from autograder.grade import close_sandbox, warm_sandbox
from autograder.sandbox.box import FULL, NO_NAMESPACES, RLIMITS_ONLY, Sandbox
from autograder.sandbox.confine import BY_NAMESPACES, descendants
from autograder.sandbox.peer import StudentError
from autograder.sandbox.supervisor import MAX_THREADS
from autograder.sandbox.values import Unsupported
from autograder.sandbox.wire import Gone

# --- Confinement --------------------------------------------------------------------------------


def test_the_self_test_says_that_all_attempts_were_stopped(confined: Sandbox) -> None:
    succeeded = {attempt for attempt, stopped in confined.held.items() if not stopped}
    assert succeeded == (set() if confined.rung == FULL else {BY_NAMESPACES})


def test_each_attempt_that_succeeds_takes_a_rung_away(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for attempt in sandbox.held:
        held = dict.fromkeys(sandbox.held, True) | {attempt: False}
        monkeypatch.setattr(sandbox, "held", held)
        assert sandbox.rung == (NO_NAMESPACES if attempt == BY_NAMESPACES else RLIMITS_ONLY)


RUNG_OF = """
import os, sys
from autograder.sandbox.box import Limits, Sandbox
with Sandbox(modules=(), limits=Limits(), strongest=sys.argv[1]) as sandbox:
    print(os.getuid() != 0, sandbox.rung)
"""


def test_each_rung_is_there_for_an_ordinary_user_too(confined: Sandbox) -> None:
    """Without privileges: this user, or where that is root, a user whom root maps to itself."""
    command = [sys.executable, "-c", RUNG_OF, confined.rung]
    if os.getuid() == 0:
        command = ["unshare", "--user", "--map-user=1000", "--map-group=1000", *command]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare" in found.stderr:
        pytest.skip(f"root cannot become an ordinary user here: {found.stderr.strip()}")
    assert found.stdout.split() == ["True", confined.rung], found.stderr


def test_nothing_holds_without_confinement() -> None:
    with Sandbox(modules=(), limits=OPTIONS.limits, strongest=RLIMITS_ONLY) as sandbox:
        assert sandbox.rung == RLIMITS_ONLY
        assert [attempt for attempt, stopped in sandbox.held.items() if stopped] == [
            "gains privileges"
        ]


def test_student_code_cannot_read_the_courses_files(prisoner: Student, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the hidden tests")
    for path in (secret, Path(__file__), tmp_path, Path(__file__).parent.parent / "source"):
        prisoner.run(f"""
            import os
            def read(path):
                return os.listdir(path) if os.path.isdir(path) else open(path).read()
            try:
                seen = read({str(path)!r})
            except OSError:
                seen = None
        """)
        assert prisoner.get("seen") is None


@pytest.mark.parametrize("what", ["cmdline", "environ", "maps", "mem", "fd", "root", "status"])
def test_student_code_sees_no_process(what: str, prisoner: Student) -> None:
    prisoner.run(f"""
        def looked(process):
            try:
                open(f"/proc/{{process}}/{what}").close()
            except OSError:
                return False
            return True
        seen = [process for process in (1, 2, {os.getpid()}, {os.getppid()}) if looked(process)]
    """)
    assert prisoner.get("seen") == []


def test_student_code_cannot_reach_the_network(prisoner: Student) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        prisoner.run(f"""
            import socket
            def reach(address):
                try:
                    socket.create_connection(address, 1)
                except OSError:
                    return False
                return True
            reached = [reach(("127.0.0.1", {port})), reach(("1.1.1.1", 53))]
        """)
    assert prisoner.get("reached") == [False, False]


def test_student_code_writes_in_its_own_folder_only(prisoner: Student) -> None:
    prisoner.run("""
        import os, sys, numpy, autograder
        def can_write(folder):
            try:
                with open(os.path.join(folder, "probe"), "w"):
                    return True
            except OSError:
                return False
        elsewhere = ["/", "/usr", "/etc", "/dev", "/proc", "/root", "/home", sys.prefix,
                     os.path.dirname(numpy.__file__), os.path.dirname(autograder.__file__)]
        written = [folder for folder in elsewhere if can_write(folder)]
        here = can_write(".")
    """)
    assert prisoner.get("written") == []
    assert prisoner.get("here") is True


def test_the_environment_tells_nothing_of_the_grader(
    prisoner: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "PYTEST_CURRENT_TEST" in os.environ
    names = prisoner.get("names", "import os, sys\nnames = [*os.environ, *sys.argv]")
    assert not [name for name in names if "PYTEST" in name or "pytest" in name]


def test_files_of_one_submission_are_gone_for_the_next(sandbox: Sandbox) -> None:
    written = 'import os\nfor folder in (".", "..", "/tmp", os.environ["TMPDIR"]):\n'
    written += '    try:\n        open(folder + "/left", "w").write("for you")\n'
    written += "    except OSError:\n        pass\n"
    found = (
        "import os\nfound = [os.path.join(root, name) for folder in ('..', os.environ['TMPDIR']) "
    )
    found += "for root, _, names in os.walk(folder) for name in names if name == 'left']"
    with spawned(sandbox) as first:
        first.run(written)
        assert first.get("found", found)
    with spawned(sandbox) as second:
        assert second.get("found", found) == []


def test_the_files_beside_the_notebook_are_there(sandbox: Sandbox) -> None:
    with sandbox.spawn() as process:
        process.start({"data/a.csv": b"1,2\n"})
        assert Student(process).get("text", "text = open('data/a.csv').read()") == "1,2\n"
    sandbox.finish()


def test_nothing_of_one_submission_is_in_the_next_ones_memory(sandbox: Sandbox) -> None:
    with spawned(sandbox) as first:
        first.run("import numpy as np\nnp.left = left = 1")
    with spawned(sandbox) as second:
        assert second.get("seen", "import numpy as np\nseen = hasattr(np, 'left')") is False
        assert second.process.fetch(["left"], 0) == ({}, {"left": "is not defined"})


@pytest.mark.parametrize(
    "source", ["!ls", "%%bash\nls", "%run other.py", "%pip install x", "x = !ls", "%system ls"]
)
def test_other_programs_are_not_available(source: str, student: Student) -> None:
    data, failure = student.process.run(source, "cell", rich=False)
    assert failure is not None
    assert b"not available while grading" in data
    student.run("still = 'there'")


# --- Honest code --------------------------------------------------------------------------------

HONEST = {
    "scipy": """
        import numpy as np
        from scipy import fft, integrate, interpolate, linalg, ndimage, optimize, signal, sparse
        from scipy import stats
        from scipy.sparse import linalg as splinalg
        rng = np.random.default_rng(0)
        A = rng.normal(size=(30, 30))
        S, b = A @ A.T + 30 * np.eye(30), np.ones(30)
        assert optimize.minimize(lambda x: ((x - 1) ** 2).sum(), np.zeros(3)).success
        assert abs(optimize.brentq(lambda x: x * x - 2, 0, 2) ** 2 - 2) < 1e-9
        assert optimize.linprog([1, 1], A_ub=[[-1, -1]], b_ub=[-1]).fun == 1
        assert np.allclose(linalg.cho_solve(linalg.cho_factor(S), b), linalg.solve(S, b))
        assert np.allclose(linalg.expm(np.zeros((2, 2))), np.eye(2))
        T = sparse.diags_array([-b[1:], 3 * b, -b[1:]], offsets=[-1, 0, 1]).tocsc()
        x = splinalg.spsolve(T, b)
        assert np.allclose(splinalg.cg(T, b, rtol=1e-12)[0], x)
        assert np.allclose(splinalg.splu(T).solve(b), x)
        assert np.allclose(splinalg.svds(T, k=2, v0=b)[1].max(), np.linalg.norm(T.toarray(), 2))
        assert np.allclose(splinalg.eigsh(T, k=1, v0=b)[0], np.linalg.norm(T.toarray(), 2))
        assert np.allclose(fft.ifft(fft.fft(b, workers=2), workers=2), b)
        assert abs(integrate.quad(np.sin, 0, np.pi)[0] - 2) < 1e-12
        assert integrate.solve_ivp(lambda t, y: -y, (0, 1), [1.0]).success
        assert abs(stats.norm.cdf(0) - 0.5) < 1e-15
        assert interpolate.CubicSpline([0, 1, 2, 3], [0, 1, 8, 27])(1.5) - 3.375 < 1e-9
        assert ndimage.gaussian_filter(A, 1).shape == signal.convolve2d(A, A, "same").shape
    """,
    "files": """
        import csv, gzip, json, os, pathlib, pickle, shutil, tarfile, tempfile, zipfile
        import numpy as np
        from scipy import sparse
        A = np.arange(12.0).reshape(3, 4)
        np.save("a.npy", A), np.savez_compressed("a.npz", A=A), np.savetxt("a.txt", A)
        sparse.save_npz("s.npz", sparse.csr_array(A))
        for B in (np.load("a.npy"), np.load("a.npy", mmap_mode="r"), np.load("a.npz")["A"],
                  np.loadtxt("a.txt"), sparse.load_npz("s.npz").toarray()):
            assert np.array_equal(A, B)
        mapped = np.memmap("m.dat", dtype=float, mode="w+", shape=(10,))
        mapped[:] = 1
        mapped.flush()
        assert np.fromfile("m.dat").sum() == 10
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
            path = pathlib.Path(folder, "x")
            path.write_text("text")
            assert path.rename(path.with_suffix(".txt")).read_text() == "text"
            file.write(b"bytes")
        with tempfile.NamedTemporaryFile("w+") as file:
            json.dump({"a": [1, None]}, file)
            file.seek(0)
            assert json.load(file) == {"a": [1, None]}
        with zipfile.ZipFile("z.zip", "w") as archive:
            archive.write("a.txt")
        with zipfile.ZipFile("z.zip") as archive:
            archive.extractall("unzipped")
        with tarfile.open("t.tgz", "w:gz") as archive:
            archive.add("unzipped")
        with tarfile.open("t.tgz") as archive:
            archive.extractall("untarred")
        shutil.copy("a.txt", "b.txt"), shutil.copy2("a.txt", "c.txt"), shutil.move("c.txt", "d.txt")
        shutil.copytree("unzipped", "copied")
        assert pathlib.Path("copied/a.txt").read_text() == pathlib.Path("d.txt").read_text()
        shutil.rmtree("copied")
        pathlib.Path("a.txt").touch(), os.utime("a.txt"), os.chmod("a.txt", 0o644)
        with gzip.open("g.gz", "wt") as file:
            file.write("text")
        assert pickle.loads(pickle.dumps(gzip.open("g.gz", "rt").read())) == "text"
        with open("c.csv", "w", newline="") as file:
            csv.writer(file).writerow([1, 2])
        assert pathlib.Path.home().is_dir() and pathlib.Path("c.csv").resolve().exists()
    """,
    "sqlite": """
        import sqlite3
        for where in (":memory:", "file.db", "file.db"):
            with sqlite3.connect(where) as database:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("CREATE TABLE IF NOT EXISTS t (a)")
                database.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
                database.commit()
                assert database.execute("SELECT min(a), max(a) FROM t").fetchone() == (1, 2)
    """,
    "threads": """
        import queue, threading
        from concurrent.futures import ThreadPoolExecutor
        import numpy as np
        with ThreadPoolExecutor(8) as executor:
            assert list(executor.map(np.sqrt, [4.0, 9.0])) == [2, 3]
        results = queue.Queue()
        timer = threading.Timer(0.01, results.put, [1])
        timer.start()
        assert results.get(timeout=60) == 1
    """,
    "time and signals": """
        import datetime, signal, time, timeit, zoneinfo
        def ring(*_):
            raise TimeoutError
        signal.signal(signal.SIGALRM, ring)
        for start in (lambda: signal.setitimer(signal.ITIMER_REAL, 0.01), lambda: signal.alarm(1)):
            try:
                start()
                time.sleep(60)
            except TimeoutError:
                rung = True
        assert rung and timeit.timeit("1 + 1", number=10) > 0 and signal.alarm(0) == 0
        assert datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Berlin")).year > 2000
    """,
    "top-level await": """
        import asyncio
        async def later(x):
            await asyncio.sleep(0.001)
            return x
        assert await later(1) == 1
        async with asyncio.timeout(60):
            assert await asyncio.gather(later(2), asyncio.to_thread(lambda: 3)) == [2, 3]
    """,
    "asyncio.run": """
        import asyncio
        async def later():
            await asyncio.sleep(0.001)
            return 5
        assert asyncio.run(later()) == 5
    """,
    "the standard library": """
        import cProfile, ctypes, dataclasses, functools, hashlib, inspect, io, locale, logging
        import mimetypes, os, platform, random, ssl, subprocess, sys, tracemalloc, typing, uuid
        import xml.etree.ElementTree, urllib.request
        @functools.lru_cache(None)
        def fibonacci(n):
            return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
        assert fibonacci(80) == 23416728348467685
        heard = io.StringIO()
        logging.basicConfig(stream=heard, force=True)
        logging.getLogger().warning("heard")
        assert "heard" in heard.getvalue()
        def typed(x: int = 3) -> float:
            return x
        assert typed.__annotations__ == {"x": int, "return": float}
        assert inspect.getsource(typed).startswith("def typed(x")
        @dataclasses.dataclass(frozen=True)
        class Point:
            x: float
        assert Point(1.0) == Point(x=1.0)
        assert mimetypes.guess_type("a.png") == ("image/png", None)
        assert hashlib.sha256(b"a").hexdigest().startswith("ca978112") and ssl.OPENSSL_VERSION
        assert uuid.uuid4() != uuid.uuid4() and platform.system() == "Linux" and os.cpu_count()
        assert locale.setlocale(locale.LC_ALL, "") and ctypes.CDLL(None).getpid() == os.getpid()
        profile = cProfile.Profile()
        profile.runcall(sum, [1, 2])
        tracemalloc.start()
        kept = bytearray(1000)
        assert tracemalloc.get_traced_memory()[0] >= 1000
        tracemalloc.stop()
    """,
    "magics": """
        %matplotlib inline
        %timeit -n1 -r1 1 + 1
        %time x = 3
        assert x == 3
    """,
    "pictures": """
        import os
        import matplotlib.pyplot as plt
        import numpy as np
        from IPython.display import HTML, Image, display
        figure, ax = plt.subplots()
        ax.plot([1, 2]), ax.imshow(np.eye(2)), ax.set_title(r"$\\alpha$")
        for name in ("a.png", "a.pdf", "a.svg"):
            figure.savefig(name)
            assert os.path.getsize(name) > 1000
        plt.show()
        display(HTML("<b>bold</b>"), Image("a.png"))
    """,
}


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
def test_honest_code_works_on_both_rungs(source: str, prisoner: Student) -> None:
    prisoner.limit(cpu_seconds=20.0)
    prisoner.run(source, rich=True)
    assert prisoner.get("done", "done = True")


# --- Calls --------------------------------------------------------------------------------------

LESSON = '''
import numpy as np

def scale(A, factor=2.0, *rest, power: int = 1, **options) -> float:
    """Scale a matrix.

    Twice as long.
    """
    return A * factor**power
'''


def test_a_function_is_called_with_arrays_and_keywords(student: Student) -> None:
    scale = student.get("scale", LESSON)
    assert np.array_equal(scale(np.ones((2, 3)), 3, power=2), np.full((2, 3), 9.0))


def test_a_function_has_the_students_signature_docstring_name_and_source(student: Student) -> None:
    scale = student.get("scale", LESSON)
    assert scale.__name__ == "scale"
    assert str(inspect.signature(scale)) == "(A, factor=2.0, *rest, power=1, **options)"
    assert inspect.signature(scale).parameters["factor"].default == 2.0
    assert scale.__doc__ == "Scale a matrix.\n\nTwice as long."
    assert scale.source == LESSON[LESSON.index("def") :]
    assert repr(scale) == "<function scale>"
    assert callable(scale)


def test_a_function_without_a_signature_says_so(student: Student) -> None:
    function = student.get("f", "f = max")
    assert function(1, 3) == 3
    assert function.source is None
    with pytest.raises(ValueError, match="no signature"):
        inspect.signature(function)


def test_arrays_that_a_call_changes_in_place_are_changed_for_the_caller(student: Student) -> None:
    change = student.get("change", "def change(A, items):\n    A[0] = 7\n    items.append(A)")
    A, items = np.zeros(2), [1]
    change(A, items)
    assert A.tolist() == [7, 0]
    assert items[1] is A


def test_changes_are_carried_back_even_if_the_call_raises(student: Student) -> None:
    change = student.get("change", "def change(A):\n    A[0] = 7\n    raise ValueError('no')")
    A = np.zeros(2)
    with pytest.raises(ValueError, match="no"):
        change(A)
    assert A[0] == 7


def test_sparse_operators_and_generators_can_be_handed_over(student: Student) -> None:
    student.run("""
        def products(A, operator, rng):
            x = rng.standard_normal(3)
            return A @ x, operator @ x, operator.T @ x, x
    """)
    products, rng, alone = (
        student.get("products"),
        np.random.default_rng(1),
        np.random.default_rng(1),
    )
    A = sparse.csr_array(np.arange(9.0).reshape(3, 3))
    operator = LinearOperator((3, 3), matvec=lambda x: A @ x, rmatvec=lambda x: A.T @ x)
    by_matrix, by_operator, transposed, x = products(A, operator, rng)
    assert np.array_equal(x, alone.standard_normal(3))
    assert np.array_equal(by_matrix, A @ x)
    assert np.array_equal(by_operator, A @ x)
    assert np.array_equal(transposed, A.T @ x)
    assert rng.random() == alone.random()


def test_an_eight_megabyte_array_goes_there_and_back(student: Student) -> None:
    negate = student.get("negate", "def negate(A):\n    return -A")
    A = np.random.default_rng(0).random((1000, 1000))
    assert np.array_equal(negate(A), -A)


@pytest.mark.parametrize(
    ("argument", "message"),
    [(object(), "object"), (np.array([None]), "dtype object"), (os, "module")],
    ids=["object", "array of objects", "module"],
)
def test_an_argument_that_cannot_travel_is_refused_before_the_call(
    argument: Any, message: str, student: Student
) -> None:
    identity = student.get("identity", "def identity(x):\n    return x")
    with pytest.raises(Unsupported, match=f"an argument is .*{message}.* cannot be handed over"):
        identity(argument)
    assert identity(1) == 1


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ("object()", "f returned a.* object object .*cannot be handed to the tests"),
        ("np.array([[1], [2, 3]], object)", "f returned an array of dtype object .*rows"),
        ("np.matrix([[1]])", "f returned a matrix .*np.asarray"),
        ("np.ma.array([1])", "f returned a MaskedArray .*np.asarray"),
        ("type('Fake', (float,), {})(1)", "f returned a Fake"),
        ("type('Sly', (str,), {})('x')", "f returned a Sly"),
        ("type('A', (), {'__class__': float})()", "f returned a A object"),
        ("type('A', (), {'__array__': lambda s, *a: np.ones(1)})()", "f returned a A object"),
        ("np", "f returned a module object"),
        ("np.ndarray", "f returned the class ndarray"),
        ("(i for i in range(3))", "f returned a generator object"),
        ("np.random.RandomState(0)", "f returned a RandomState object"),
    ],
)
def test_a_result_that_cannot_travel_is_an_error_that_says_so(
    result: str, message: str, student: Student
) -> None:
    function = student.get("f", f"import numpy as np\ndef f():\n    return {result}")
    with pytest.raises(TypeError, match=message):
        function()


def test_what_cannot_travel_in_a_changed_argument_is_an_error_that_says_so(
    student: Student,
) -> None:
    spoil = student.get("spoil", "def spoil(items):\n    items.append(object())")
    with pytest.raises(TypeError, match=r"spoil put into an argument a.* object object"):
        spoil([])
    assert student.get("spoil")


def test_a_name_that_cannot_travel_is_missing_with_the_reason(student: Student) -> None:
    student.run("import math as module\nclass Thing:\n    pass\nthing = Thing()\ngood = 1")
    values, missing = student.process.fetch(["module", "Thing", "thing", "nothing", "good"], 0)
    assert values == {"good": 1}
    assert missing["nothing"] == "is not defined"
    assert missing["thing"].startswith("is a Thing object")
    assert missing["Thing"].startswith("is the class Thing")
    assert missing["module"].startswith("is a module object")


def test_names_that_are_one_object_stay_one_object(student: Student) -> None:
    student.run("import numpy as np\nA = np.zeros((2, 2))\nB = A\nrow = A[0]\nf = g = lambda: 1")
    values, _ = student.process.fetch(["A", "B", "row", "f", "g"], 0)
    assert values["A"] is values["B"]
    assert np.shares_memory(values["A"], values["row"])


# --- Exceptions ---------------------------------------------------------------------------------

RAISES: dict[str, tuple[str, type[Exception], str]] = {
    "ValueError": ("raise ValueError('k is -1')", ValueError, "k is -1"),
    "LinAlgError": ("np.linalg.cholesky(-np.eye(2))", np.linalg.LinAlgError, "positive definite"),
    "KeyError": ("{}['missing']", KeyError, "'missing'"),
    "IndexError": ("[][1]", IndexError, "list index out of range"),
    "ZeroDivisionError": ("1 / 0", ZeroDivisionError, "division by zero"),
    "NotImplementedError": ("raise NotImplementedError()", NotImplementedError, ""),
    "NameError": ("undefined_name", NameError, "undefined_name"),
    "RecursionError": ("f()", RecursionError, "recursion"),
    "AssertionError": ("assert 1 == 2, 'unequal'", AssertionError, "unequal"),
    "a subclass": ("raise Mine('of mine')", ValueError, "of mine"),
    "a subclass of Exception": ("raise Own('of my own')", StudentError, "Own: of my own"),
    "SystemExit": ("import sys; sys.exit(3)", StudentError, "SystemExit: 3"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", StudentError, "KeyboardInterrupt"),
    "StopIteration": ("next(iter(()))", StudentError, "StopIteration"),
    "an error that wants more": ("b'\\xff'.decode()", StudentError, "UnicodeDecodeError"),
    "a group": ("raise ExceptionGroup('two', [ValueError(1)])", StudentError, "two"),
    "no text": ("raise Mute", ValueError, ""),
    "text that lies": ("raise Liar", ValueError, ""),
    "a long text": ("raise ValueError('x' * 10**6)", ValueError, "x" * 4000),
    "half a character": ("raise ValueError('\\ud800')", ValueError, "?"),
    "MemoryError": ("bytearray(1 << 40)", MemoryError, ""),
}  # fmt: skip
CLASSES = """
import numpy as np
class Mine(ValueError):
    pass
class Own(Exception):
    pass
class Mute(ValueError):
    def __str__(self):
        raise RuntimeError("no text")
class Liar(ValueError):
    def __str__(self):
        return type("Sly", (str,), {"__getitem__": lambda *a: 1 / 0})()
"""


@pytest.mark.parametrize(("source", "kind", "text"), RAISES.values(), ids=RAISES)
def test_an_exception_comes_back_by_type_and_text(
    source: str, kind: type[Exception], text: str, student: Student
) -> None:
    student.run(CLASSES)
    function = student.get("f", f"def f():\n    {source}")
    with pytest.raises(kind) as caught:
        function()
    assert type(caught.value) is kind
    assert text in str(caught.value)
    assert caught.value.from_student  # type: ignore[attr-defined]
    assert len(str(caught.value)) < 5000
    assert student.get("f")


def test_an_exception_says_where_it_was_raised(student: Student) -> None:
    student.run("def inner(x):\n    return 1 / x\n\ndef outer():\n    return inner(0)", "outer")
    with pytest.raises(ZeroDivisionError) as caught:
        student.get("outer")()
    assert caught.value.raised_at == "inner, line 2: `return 1 / x`"  # type: ignore[attr-defined]


# --- Callbacks ----------------------------------------------------------------------------------


def test_products_of_a_callback_can_be_counted(student: Student) -> None:
    apply = student.get("apply", "def apply(matvec, n):\n    return [matvec(i) for i in range(n)]")
    calls = []
    assert apply(lambda i: calls.append(i) or 2 * i, 5) == [0, 2, 4, 6, 8]
    assert calls == [0, 1, 2, 3, 4]


def test_calls_nest_through_both_sides(student: Student) -> None:
    student.run("""
        def countdown(n, again):
            return [n] if n == 0 else [n, *again(n - 1)]
    """)
    countdown = student.get("countdown")

    def again(n: int) -> Any:
        return countdown(n, again)

    assert countdown(8, again) == list(range(8, -1, -1))


def test_calls_that_nest_without_end_are_stopped(student: Student) -> None:
    forever = student.get("forever", "def forever(again):\n    return again()")

    def again() -> Any:
        return forever(again)

    with pytest.raises(RecursionError, match="20 calls deep"):
        forever(again)
    assert student.get("forever")(lambda: 5) == 5


def test_a_callback_that_is_handed_back_is_the_same_function(student: Student) -> None:
    identity = student.get("identity", "def identity(x):\n    return x")
    assert identity(np.sum) is np.sum
    assert identity([identity])[0](3) == 3


def test_a_function_that_a_function_returns_can_be_called(student: Student) -> None:
    make = student.get("make", "def make(a):\n    return lambda x: a * x")
    assert make(3)(4) == 12


def test_an_exception_in_a_callback_reaches_the_student_who_may_catch_it(student: Student) -> None:
    student.run("""
        def careful(f):
            try:
                return f()
            except ZeroDivisionError as error:
                return f"caught {error}"
    """)

    def divide() -> float:
        return 1 / 0

    assert student.get("careful")(divide) == "caught division by zero"


def test_an_exception_in_a_callback_comes_back_if_nobody_catches_it(student: Student) -> None:
    careless = student.get("careless", "def careless(f):\n    return f()")

    def fail() -> None:
        raise KeyError("k")

    with pytest.raises(KeyError, match="k"):
        careless(fail)


def test_a_callback_tells_the_student_nothing_but_its_values(student: Student) -> None:
    student.run("""
        def spy(f):
            try:
                f(None)
            except TypeError as error:
                trace = error.__traceback__
                while trace.tb_next:
                    trace = trace.tb_next
                names = str(dict(vars(error))) + str(trace.tb_frame.f_code.co_filename)
            return f.__name__, f.__doc__ or "", names, repr(f)
    """)

    def secret_test_helper(x: Any) -> Any:
        """The answer is 42."""
        return x + 1

    told = str(student.get("spy")(secret_test_helper))
    assert "secret" not in told
    assert "42" not in told
    assert "test_sandbox" not in told


def test_what_a_callback_changes_in_its_arguments_is_changed_for_the_student(
    student: Student,
) -> None:
    student.run("""
        import numpy as np
        def use(fill):
            A = np.zeros(3)
            fill(A)
            return A.sum()
    """)
    assert student.get("use")(lambda A: A.fill(2)) == 6


# --- Limits: small ones, and no test looks at the clock -------------------------------------------

ENDLESS = {
    "a loop": "while True:\n        pass",
    "one native call": "sum(range(10**15))",
    "a loop that catches all": "while True:\n        try:\n            f()\n"
    "        except:\n            pass",
    "a loop that ignores signals": "import signal\n    for s in (15, 24, 14, 2):\n"
    "        signal.signal(s, signal.SIG_IGN)\n    while True:\n        pass",
    "two threads": "import threading\n    threading.Thread(target=f).start()\n"
    "    while True:\n        pass",
}  # fmt: skip


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_call_is_stopped_by_its_cpu_time(body: str, student: Student) -> None:
    function = student.get("f", f"def f():\n    {body}")
    student.limit(cpu_seconds=0.2)
    with pytest.raises(Gone, match=r"more than 0\.2 seconds of CPU time") as caught:
        function()
    assert caught.value.kind == "timeout"


def test_an_endless_loop_of_callbacks_is_stopped_by_its_cpu_time(student: Student) -> None:
    function = student.get("f", "def f(matvec):\n    while True:\n        matvec(1.0)")
    student.limit(cpu_seconds=0.2)
    with pytest.raises(Gone, match="CPU time"):
        function(lambda x: x)


def test_each_call_has_its_own_cpu_time_and_all_have_one_together(student: Student) -> None:
    function = student.get(
        "f",
        "import time\ndef f():\n    end = time.process_time() + 0.06\n"
        "    while time.process_time() < end:\n        pass",
    )
    student.limit(cpu_seconds=0.2, total_cpu_seconds=0.4)
    function()
    function()
    function()
    with pytest.raises(Gone, match=r"used up the notebook's 0\.4 seconds"):
        for _ in range(10):
            function()


def test_a_call_that_sleeps_is_stopped_by_the_wall_time(student: Student) -> None:
    function = student.get("f", "import time\ndef f():\n    time.sleep(1000)")
    student.limit(wall_seconds=0.2)
    with pytest.raises(Gone, match=r"did not answer within 0\.2 seconds"):
        function()


def test_an_answer_that_comes_a_byte_at_a_time_is_stopped_by_the_wall_time(
    student: Student,
) -> None:
    student.run(OWN_SOCKET)
    student.run("""
        def f():
            import time
            channel.send((1000).to_bytes(4, "little") + bytes(4))
            while True:
                time.sleep(0.01)
                channel.send(b"x")
    """)
    student.limit(wall_seconds=0.3)
    with pytest.raises(Gone, match="did not answer"):
        student.get("f")()


def test_a_cell_that_never_ends_is_stopped(student: Student) -> None:
    student.limit(cpu_seconds=0.2)
    with pytest.raises(Gone) as caught:
        student.run("while True:\n    pass")
    assert caught.value.kind == "timeout"


@pytest.mark.parametrize(
    "bomb",
    [
        "x = []\n    while True:\n        x.append(bytearray(1 << 26))",
        "np.ones((1 << 18, 1 << 18))",
    ],
    ids=["step by step", "at once"],
)
def test_a_memory_bomb_is_a_memory_error(bomb: str, sandbox: Sandbox) -> None:
    with spawned(sandbox, memory_bytes=200 << 20) as student:
        function = student.get("f", f"import numpy as np\ndef f():\n    {bomb}")
        with pytest.raises(MemoryError):
            function()
        assert student.get("g", "def g():\n    return 1")() == 1


DEATHS = {
    "os._exit": "import os; os._exit(0)",
    "os.abort": "import os; os.abort()",
    "a segmentation fault": "import ctypes; ctypes.string_at(0)",
    "the end of its channel": "import os; os.closerange(3, 256); os._exit(0)",
}


@pytest.mark.parametrize("body", DEATHS.values(), ids=DEATHS)
def test_a_call_that_ends_the_process_is_a_crash(body: str, student: Student) -> None:
    function = student.get("f", f"def f():\n    {body}")
    with pytest.raises(Gone) as caught:
        function()
    assert caught.value.kind == "crashed"


def test_sys_exit_in_a_cell_is_an_error_of_that_cell(student: Student) -> None:
    _, failure = student.process.run("import sys\nsys.exit(0)", "cell", rich=False)
    assert failure is not None
    assert "SystemExit" in failure.text
    student.run("still = 'there'")


# --- Forging the protocol -----------------------------------------------------------------------

OWN_SOCKET = """
import gc, socket
channel = [s for s in gc.get_objects() if isinstance(s, socket.socket) and s.fileno() >= 0][-1]
"""
FORGED = {
    "garbage": "b'garbage!' * 100",
    "a message of another kind": "frame(['Ready', {}])",
    "an answer with another number": "frame(['Returned', 77, [[], 1.0]])",
    "a result that is not a result": "frame(['Returned', 1, 5])",
    "an unknown value": "frame(['Returned', 1, [[], ['object', 1]]])",
    "a change of what was not sent": "frame(['Returned', 1, [[[9, 1]], 1.0]])",
    "a call of a function that was not handed over": "frame(['Call', 1, 0, [], []])",
    "a call of function -1": "frame(['Call', 1, -1, [], []])",
    "a call with odd arguments": "frame(['Call', 1, 0, 5, []])",
    "an answer to nothing": "frame(['Described', 'f', None, None, None])",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_forged_messages_break_the_protocol_and_end_the_process(
    forged: str, student: Student
) -> None:
    student.run(OWN_SOCKET)
    student.run(f"""
        import msgspec, struct
        def frame(message):
            header = msgspec.msgpack.encode(message)
            return struct.pack("<II", len(header), 0) + header
        def f():
            channel.send({forged})
            return 1.0
    """)
    with pytest.raises(Gone, match="broke the protocol") as caught:
        student.get("f")()
    assert caught.value.kind == "crashed"


FORGED_ANSWERS = """
    import msgspec, struct, sys
    def f():
        number = sys._getframe(1).f_locals["call"].number
        for forged in (number, number {and_then}):
            header = msgspec.msgpack.encode(["Returned", forged, [[], 1.0]])
            channel.send(struct.pack("<II", len(header), 0) + header)
        channel.recv(1000)  # so that nothing else is said
"""


@pytest.mark.parametrize("and_then", ["+ 0", "+ 1"], ids=["twice", "before it is asked for"])
def test_an_answer_that_is_sent_too_often_breaks_the_protocol(
    student: Student, and_then: str
) -> None:
    student.run(OWN_SOCKET)
    student.run(FORGED_ANSWERS.format(and_then=and_then))
    function = student.get("f")
    assert function() == 1.0  # no more than f could have returned
    with pytest.raises(Gone, match="broke the protocol: an unexpected Returned"):
        function()


# --- Processes ----------------------------------------------------------------------------------


def test_a_fork_sees_the_state_and_leaves_no_trace_in_it(student: Student) -> None:
    student.run("count = 0\ndef step():\n    global count\n    count += 1\n    return count")
    for _ in range(2):
        with student.fork() as fork:
            step = fork.get("step")
            assert [step(), step()] == [1, 2]
    assert student.get("count") == 0


def test_a_fork_that_dies_leaves_its_parent_alive(student: Student) -> None:
    function_ = "def f():\n    import os\n    os._exit(1)"
    student.run(function_)
    with student.fork() as fork, pytest.raises(Gone):
        fork.get("f")()
    assert student.get("x", "x = 1") == 1


def test_a_thread_left_running_does_not_disturb_later_calls(student: Student) -> None:
    student.run("""
        import threading, time
        def idle():
            while True:
                time.sleep(0.001)
        threading.Thread(target=idle, daemon=True).start()
        threading.Thread(target=idle).start()
        def f():
            return 1
    """)
    assert student.get("f")() == 1
    with student.fork() as fork:
        assert fork.get("f")() == 1


FORK = "import os\nif os.fork() == 0:\n    while True:\n        pass\n"
THREADS = """
import threading, time
for _ in range({count}):
    threading.Thread(target=time.sleep, args=(60,)).start()
"""


def test_student_code_makes_no_process(prisoner: Student) -> None:
    for source in (FORK, "import subprocess\nsubprocess.run(['true'])"):
        _, failure = prisoner.process.run(source, "cell", rich=False)
        assert failure
        assert "Operation not permitted" in failure.text


def test_a_fork_that_the_grader_wants_is_not_one_that_a_test_may_take(prisoner: Student) -> None:
    prisoner.run("def attempt():\n    import os\n    return os.fork()")
    with prisoner.fork() as fork, prisoner.process.fork() as wanted:
        with pytest.raises(PermissionError):
            fork.get("attempt")()
        wanted.greet()


def test_a_process_that_a_student_made_with_the_graders_permit_is_ended(confined: Sandbox) -> None:
    with confined.spawn() as process:
        process.start({})
        confined._permit_fork()
        Student(process).run(FORK)
        assert process.run(FORK, "cell", rich=False)[1]  # it took the only one
    assert confined.finish().survivors == 1
    with spawned(confined) as next_student:  # and the permit is spent
        assert next_student.process.run(FORK, "cell", rich=False)[1]


def test_no_such_process_lives_on_beside_the_next_one(confined: Sandbox) -> None:
    idle = len(descendants(confined._template.pid))
    for _ in range(3):  # of one submission, which has lost those before
        with confined.spawn() as process:
            process.start({})
            confined._permit_fork()
            Student(process).run(FORK)
            assert process.run(FORK, "cell", rich=False)[1]  # it took the only one
            assert len(descendants(confined._template.pid)) == idle + 2
    assert confined.finish().survivors == 3
    assert len(descendants(confined._template.pid)) == idle


def test_threads_work_up_to_a_number(prisoner: Student) -> None:
    assert prisoner.get("x", THREADS.format(count=MAX_THREADS // 2) + "x = 1") == 1
    _, failure = prisoner.process.run(THREADS.format(count=MAX_THREADS), "cell", rich=False)
    assert failure
    assert failure.text == "can't start new thread"
    with prisoner.fork() as fork:  # none of them is there
        assert fork.get("n", "import threading\nn = threading.active_count()") == 1


LARGE = """
import itertools
for number in itertools.count():
    with open(str(number), "wb") as file:
        file.write(bytes(1 << 24))
"""
UNNAMED = """
import os, tempfile, time
kept = []
for _ in range(5):
    kept.append(tempfile.TemporaryFile())
    kept[-1].write(bytes(60 << 20))
time.sleep(60)
"""
MANY = """
import os, time
for number in range(2100):
    os.symlink("nowhere", str(number))
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("source", "excess"),
    [
        (LARGE, "files of more than 64 MB"),
        (UNNAMED, "more than 256 MB written"),
        (MANY, "files of more than 64 MB"),
    ],
    ids=["large files", "files without a name", "many files"],
)
def test_nobody_fills_the_disk(source: str, excess: str, confined: Sandbox) -> None:
    told = ""
    with confined.spawn() as process, contextlib.suppress(Gone):
        process.start({})
        _, failure = process.run(source, "cell", rich=False)
        told = failure.text if failure else ""
    excesses = confined.finish().excesses
    assert "No space left" in told or excesses == [excess]


def test_who_keeps_asking_for_threads_fills_no_disk_either(confined: Sandbox) -> None:
    asking = "import threading\ndef ask():\n    while True:\n        time.sleep(0.01)\n"
    asking += "        threading.Thread(target=str).start()\n"
    source = f"import time\n{asking}threading.Thread(target=ask).start()\n{MANY}"
    with confined.spawn() as process, contextlib.suppress(Gone):
        process.start({})
        process.run(source, "cell", rich=False)
    assert confined.finish().excesses == ["files of more than 64 MB"]


def test_folders_made_to_withstand_removal_are_removed(confined: Sandbox) -> None:
    with spawned(confined) as student:
        student.run("import os\nos.mkdir('../closed', 0)\nos.chdir('..')")
        student.run("for _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')")
    with spawned(confined) as student:
        assert student.get("left", "import os\nleft = len(os.listdir('..'))") == 1


def test_a_process_that_was_killed_after_its_work_is_no_survivor(sandbox: Sandbox) -> None:
    with sandbox.spawn() as process:
        process.start({})
        with Student(process).fork() as fork:
            fork.get("x", "x = 1")
    assert sandbox.finish().survivors == 0


def test_fifty_forks_leave_no_descriptor_behind(student: Student) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        with student.fork() as fork:
            fork.process.fetch([], 0)
    assert len(os.listdir("/proc/self/fd")) == before


def test_student_code_kills_nobody(prisoner: Student) -> None:
    for process in (-1, 0, 1, os.getpid(), "os.getpid()", "os.getppid()"):
        for number in (0, 9, 19):
            source = f"import os\nos.kill({process}, {number})"
            _, failure = prisoner.process.run(source, "cell", rich=False)
            assert failure
            assert "Operation not permitted" in failure.text
    assert prisoner.get("x", "x = 1") == 1


def test_a_template_that_dies_is_told_and_a_new_one_goes_on(sandbox: Sandbox) -> None:
    with sandbox.spawn() as process:
        process.start({})
        sandbox._template.kill()
        with pytest.raises(SandboxError, match="template is gone"):
            sandbox.finish()
    close_sandbox()
    with spawned(warm_sandbox(OPTIONS)) as next_student:
        assert next_student.get("x", "x = 1") == 1


# --- Seeds --------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_random_numbers(sandbox: Sandbox, student: Student) -> None:
    student.run(
        "import random, numpy as np\ndef draw():\n    return random.random(), np.random.rand()"
    )

    def drawn(seed: int) -> Any:
        with student.fork() as fork:
            return fork.process.fetch(["draw"], seed)[0]["draw"]()

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_matplotlib_is_not_loaded_until_a_cell_draws(sandbox: Sandbox) -> None:
    def ends_with(source: str) -> str:
        _, failure = student.run(source, "cell", rich=False)
        return failure.type_name if failure else ""

    with sandbox.spawn() as student:
        student.start({})
        looked = "import sys\nimport matplotlib.pyplot as plt\n1 / 0"
        assert ends_with(looked) == "ZeroDivisionError"  # a traceback looks at all modules
        assert ends_with("assert 'matplotlib.figure' not in sys.modules") == ""
        assert ends_with("plt.plot([1, 2])\nassert 'matplotlib.figure' in sys.modules") == ""
        assert ends_with("from matplotlib.colors import to_rgb\nassert to_rgb('k')") == ""
    sandbox.finish()


# --- Too large, and odd -------------------------------------------------------------------------


def test_what_is_too_large_to_hand_over_is_said_to_be(student: Student) -> None:
    student.run("""
        x = [0.5] * 1_000_000
        def f():
            return x
        def g(h):
            return h(x)
    """)
    with pytest.raises(TypeError, match=r"f returned too much to hand over at once: 9.0 MB"):
        student.get("f")()
    with pytest.raises(ValueError, match="too much to hand over"):
        student.get("g")(len)
    values, missing = student.process.fetch(["x"], 0)
    assert not values
    assert missing["x"].startswith("is too much to hand over at once: 9.0 MB of items")


def test_a_stop_of_the_students_does_not_end_a_loop_of_the_tests(student: Student) -> None:
    f = student.get("f", "def f(x):\n    raise StopIteration")
    with pytest.raises(StudentError, match="StopIteration"):
        all(map(f, [1, 2]))


def test_a_name_that_cannot_be_handed_over_does_not_disturb_the_others(student: Student) -> None:
    student.run(
        "import numpy as np\na = [[1], np.zeros(2), object()]\nrow = [2]\nb = [row, row]", "cell"
    )
    values, missing = student.process.fetch(["a", "b"], 0)
    assert "object" in missing["a"]
    assert values["b"] == [[2], [2]]
    assert values["b"][0] is values["b"][1]
