"""Runs notebook cells in one namespace and keeps their outputs as a notebook has them.

IPython does the running (`display`, magics, rich output, tracebacks); ours is the collecting. What
leaves the notebook (`!cmd`, `%%bash`, `%run`) is not available while grading and says so.
"""

from __future__ import annotations

import ast
import io
import linecache
import re
import sys
import types
from collections.abc import Callable
from typing import Any, cast

import msgspec
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

MAX_OUTPUT_BYTES = 1_000_000
MAX_ENCODED_BYTES = 3_500_000  # what the trusted side takes in one message
ITEM_BYTES = 50  # that an output takes beside its text
_IN_A_BLOCK = re.compile(r"[ \t]+(return|raise|pass)\b")
_REFUSED = ("system", "sx", "sc", "run", "pip", "conda", "mamba", "uv", "edit", "notebook")
_REFUSED_CELLS = ("bash", "sh", "script", "perl", "ruby", "python2", "python3", "python", "pypy",
                  "javascript", "js", "html", "writefile", "!", "sx", "system")  # fmt: skip
_REFUSAL = "is not available while grading; the rest of the notebook is graded as usual"


class Outputs:
    """The outputs of one cell, in order, up to a size."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self._left = MAX_OUTPUT_BYTES

    def stream(self, name: str, text: str) -> None:
        """Append to the last stream output if it has the same name."""
        text = self._fit(text)
        if not text:
            return
        last = self.items[-1] if self.items else {}
        if last.get("output_type") == "stream" and last.get("name") == name:
            last["text"] += text
        else:
            self._left = max(0, self._left - ITEM_BYTES)
            self.items.append({"output_type": "stream", "name": name, "text": text})

    def data(self, kind: str, data: dict[str, Any], metadata: dict[str, Any], **more: Any) -> None:
        """Append rich output."""
        size = len(repr(data)) + ITEM_BYTES
        if size > self._left:
            self._fit("x" * (self._left + 1))
            return
        self._left -= size
        self.items.append({"output_type": kind, "data": data, "metadata": metadata, **more})

    def error(self, name: str, text: str, traceback: list[str]) -> None:
        """Append an error."""
        lines = [line[:20_000] for line in traceback[:100]]
        self.items.append(
            {"output_type": "error", "ename": name, "evalue": text[:4000], "traceback": lines}
        )

    def _fit(self, text: str) -> str:
        if self._left < 0:
            return ""
        self._left -= len(text)
        if self._left >= 0:
            return text
        return text[: len(text) + self._left] + "\n[the rest of this output was cut]\n"


class _Stream(io.TextIOBase):
    def __init__(self, shell: CellShell, name: str) -> None:
        self._shell, self._name = shell, name

    def write(self, text: str) -> int:
        self._shell.outputs.stream(self._name, str(text))
        return len(text)

    def writable(self) -> bool:
        return True


class _Publisher(DisplayPublisher):
    def publish(self, data: Any, metadata: Any = None, **kwargs: Any) -> None:
        self.shell.outputs.data("display_data", _text_only(data), metadata or {})

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.items.clear()


class _Hook(DisplayHook):
    def __call__(self, result: Any = None) -> None:
        if result is None or self.quiet():
            return
        data, metadata = self.compute_format_data(result)
        self.update_user_ns(result)
        self.shell.outputs.data(
            "execute_result", _text_only(data), metadata, execution_count=self.shell.execution_count
        )


class _Compiler(CachingCompiler):
    """Names compiled code for the cell that it comes from, so that tracebacks can say where."""

    cell_name = "cell"

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"<cell {self.cell_name}>"


class CellShell(InteractiveShell):
    """An IPython shell without a terminal, a history file or a thread."""

    outputs: Outputs

    def __init__(self) -> None:
        self.outputs = Outputs()
        super().__init__(
            display_pub_class=_Publisher, displayhook_class=_Hook, compiler_class=_Compiler
        )
        self.refuse_what_leaves_the_notebook()

    def init_history(self) -> None:
        """As IPython does, but in memory: its writer would be a second thread."""
        self.config.HistoryManager.enabled = False
        self.config.HistoryManager.hist_file = ":memory:"
        super().init_history()

    def init_sys_modules(self) -> None:
        """`__main__` is the notebook."""
        super().init_sys_modules()
        sys.modules["__main__"] = self.user_module

    def enable_gui(self, gui: Any = None) -> None:
        """There is none."""

    def ask_exit(self) -> None:
        """`exit` and `quit` have no effect: the rest of the notebook is graded."""

    def reset(self, new_session: bool = True, aggressive: bool = False) -> None:
        """No effect either: what the cells above have defined is to be graded."""
        self.outputs.stream("stderr", f"%reset {_REFUSAL}\n")

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        try:
            text = str(evalue)
        except Exception:
            text = ""
        self.outputs.error(etype.__name__, text, stb)

    def refuse_what_leaves_the_notebook(self) -> None:
        """Replace the magics that run other programs or write elsewhere, and `!`."""
        self.magics_manager.register_function(lambda line: self.reset(), "line", "reset")
        refuse = _refuser("running other programs")
        self.system = self.system_piped = self.system_raw = self.getoutput = refuse
        for kind, sign, names in (("line", "%", _REFUSED), ("cell", "%%", _REFUSED_CELLS)):
            for name in names:
                self.magics_manager.register_function(_refuser(f"{sign}{name}"), kind, name)

    def run(self, source: str, name: str, *, rich: bool) -> tuple[bytes, BaseException | None]:
        """Run one cell; its outputs as JSON, and the exception that ended it."""
        self.outputs = Outputs()
        cast(_Compiler, self.compile).cell_name = name
        wanted = self.display_formatter.format_types if rich else ["text/plain"]
        if self.display_formatter.active_types != wanted:  # to set it takes longer than many a cell
            self.display_formatter.active_types = wanted
        out, err = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream(self, "stdout"), _Stream(self, "stderr")
        try:
            plain = _compiled(source, f"<cell {name}>")
            error = self._run_plain(source, plain) if plain else self._run_as_ipython(source)
        finally:
            sys.stdout, sys.stderr = out, err
        self.execution_count += 1
        return _encoded(self.outputs.items), error

    def _run_as_ipython(self, source: str) -> BaseException | None:
        result = self.run_cell(source, store_history=False, silent=False)
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error

    def _run_plain(self, source: str, plain: list[types.CodeType]) -> BaseException | None:
        """What `run_cell` does for plain Python, without looking for magics: ten times faster."""
        filename = plain[0].co_filename
        lines = source.splitlines(keepends=True)
        linecache.cache[filename] = (len(source), None, lines, filename)
        try:
            with self.builtin_trap, self.display_trap:
                for part in plain:
                    exec(part, self.user_ns)
        except BaseException as error:
            self.showtraceback(running_compiled_code=True)
            return error
        finally:
            self.events.trigger("post_execute")  # where figures are shown
        return None


def _refuser(what: str) -> Callable[..., None]:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise UsageError(f"{what} {_REFUSAL}")

    return refuse


def _compiled(source: str, filename: str) -> list[types.CodeType] | None:
    """Plain Python, its last expression apart; None for what IPython adds: magics, `await`."""
    try:
        if _ends_in_a_block(source):
            return [compile(source, filename, "exec", dont_inherit=True)]
        tree = ast.parse(source, filename)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        parts = [compile(tree, filename, "exec", dont_inherit=True)]
        if last is not None:
            parts.append(compile(ast.Interactive([last]), filename, "single", dont_inherit=True))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return parts


def _ends_in_a_block(source: str) -> bool:
    """Whether the last statement is surely none whose value is shown; the syntax tree takes longer.

    A line that begins so is a statement of its own, unless it is within quotes; and those that
    close would be on it.
    """
    last = source.rstrip().rpartition("\n")[2]
    return bool(_IN_A_BLOCK.match(last)) and not {"'", '"'} & {*last}


def _text_only(data: dict[str, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in data.items() if isinstance(value, (str, dict, list))}


def _encoded(items: list[dict[str, Any]]) -> bytes:
    try:
        encoded = msgspec.json.encode(items)
        if len(encoded) > MAX_ENCODED_BYTES:  # control characters take six bytes each
            raise ValueError
        return encoded
    except (TypeError, UnicodeEncodeError, msgspec.EncodeError, ValueError):
        return msgspec.json.encode(
            [
                {
                    "output_type": "stream",
                    "name": "stderr",
                    "text": "[outputs that no notebook can hold]",
                }
            ]
        )
