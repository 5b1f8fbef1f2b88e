"""Modules that are imported by every notebook and used by few: loaded at their first use.

matplotlib doubles the memory that each fork has to map, and the cells that draw are not run when
grading. In its place the template puts stand-ins that become the real thing when they are used.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any


class StandIn(types.ModuleType):
    """Looks like a module; everything asked of it is asked of the real one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":  # looked at, not used: by a traceback, say
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)


def install(*names: str) -> None:
    """Put stand-ins for a package and its submodules, the package first, into `sys.modules`."""
    for name in names:
        stand_in = sys.modules[name] = StandIn(name)
        package, _, last = name.rpartition(".")
        if package:
            vars(sys.modules[package])[last] = stand_in


def _real(name: str) -> types.ModuleType:
    for known, module in list(sys.modules.items()):
        if isinstance(module, StandIn):
            del sys.modules[known]
    return importlib.import_module(name)
