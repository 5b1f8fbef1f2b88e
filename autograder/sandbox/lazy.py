"""Modules that are imported by every notebook and used by few: loaded at their first use.

matplotlib doubles the memory that each fork has to map, and the cells that draw are not run when
grading. In its place the template puts stand-ins that become the real thing when they are used.
"""

from __future__ import annotations

import importlib
import sys
import types
from importlib.machinery import ModuleSpec
from typing import Any


class StandIn(types.ModuleType):
    """Looks like a module; everything asked of it is asked of the real one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":  # looked at, not used: by a traceback, say
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)


class Loaded:
    """Finds what was loaded while its import was under way.

    `import matplotlib.colors` asks the stand-in for the package's path. That loads the package, and
    `matplotlib.colors` with it; without this finder Python would go on and load that a second time.
    """

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """A specification that gives the module as it is."""
        if target is not None or name not in sys.modules:  # a target is what is loaded on purpose
            return None
        return ModuleSpec(name, Loaded, loader_state=sys.modules[name].__spec__)  # type: ignore[arg-type]  # a class will do

    @staticmethod
    def create_module(spec: ModuleSpec) -> types.ModuleType:
        """The module that is there."""
        return sys.modules[spec.name]

    @staticmethod
    def exec_module(module: types.ModuleType) -> None:
        """Nothing is run; it gets its own specification back."""
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state


def install(*names: str) -> None:
    """Put stand-ins for a package and its submodules, the package first, into `sys.modules`."""
    sys.meta_path.insert(0, Loaded)
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
