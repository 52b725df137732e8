"""Passes: documented classes with typed options, registered once and found by name.

A pass is a class with `name`, the level that it takes and the level that it leaves, a docstring
(what it accepts, what it guarantees, what it leaves alone), and `run`. One file holds one pass, and
the file's place follows from the name: `pattern-fuse` lives in `transforms/pattern/fuse.py`,
`linalg-to-pattern` in `transforms/conversion/linalg_to_pattern.py`. So a pass is found
without importing the others.
"""

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from rdu.mlir_ext import ir
from rdu.mlir_ext.channel import emit
from rdu.support.diagnostics import Note, Severity
from rdu.support.options import option

_ROOT = "rdu.transforms"
_REGISTRY: dict[str, type["Pass"]] = {}

PassClass = TypeVar("PassClass", bound="type[Pass]")


@dataclass(frozen=True)
class NoOptions:
    """The options of a pass that has none."""


class Pass:
    """Base of our passes.

    Class attributes:
        name: the pass's name in pipelines and its flag (`--pattern-fuse`).
        level_in, level_out: the levels of the IR before and after.
        anchor: the op that the pass runs on; with `func.func`, once for each function.
        messages: what the pass may say, key to format string.
        statistics: what it counts, name to description; `count` adds to it.
        Options: a frozen dataclass whose fields are `option(default, help=...)`.

    Any error reported makes the pass fail, after `run` returned. `run` may also raise RduError.
    """

    name: ClassVar[str] = ""
    level_in: ClassVar[str] = ""
    level_out: ClassVar[str] = ""
    anchor: ClassVar[str] = "builtin.module"
    messages: ClassVar[Mapping[str, str]] = {}
    statistics: ClassVar[Mapping[str, str]] = {}
    Options: ClassVar[Any] = NoOptions

    def __init__(self) -> None:
        self.counts: dict[str, int] = dict.fromkeys(self.statistics, 0)
        self.failed = False

    def run(self, module: Any, options: Any) -> None:
        """Rewrite the anchor op in place."""
        raise NotImplementedError

    def count(self, statistic: str, by: int = 1) -> None:
        """Add to a declared statistic."""
        self.counts[statistic] += by

    def error(
        self,
        at: Any,
        key: str,
        *,
        notes: Iterable[Note | str] = (),
        hint: str | None = None,
        **values: Any,
    ) -> None:
        """Report `messages[key]` at an op (whose name then leads the message) or a location."""
        self.failed = True
        self._emit(Severity.ERROR, at, key, notes, hint, values)

    def warning(
        self,
        at: Any,
        key: str,
        *,
        notes: Iterable[Note | str] = (),
        hint: str | None = None,
        **values: Any,
    ) -> None:
        """Report `messages[key]` as a warning."""
        self._emit(Severity.WARNING, at, key, notes, hint, values)

    def remark(self, at: Any, key: str, *, notes: Iterable[Note | str] = (), **values: Any) -> None:
        """Report `messages[key]` as a remark: a decision that a reader may want to know."""
        self._emit(Severity.REMARK, at, key, notes, None, values)

    def _emit(
        self,
        severity: Severity,
        at: Any,
        key: str,
        notes: Iterable[Note | str],
        hint: str | None,
        values: Mapping[str, Any],
    ) -> None:
        text = self.messages[key].format(**values)
        if isinstance(at, ir.Location):
            emit(at, severity, text, notes, hint)
        else:
            emit(at.location, severity, f"'{at.operation.name}' {text}", notes, hint)


def register(cls: PassClass) -> PassClass:
    """Register a pass class under its name; raises ValueError if the name is taken."""
    if _REGISTRY.get(cls.name, cls) is not cls:
        raise ValueError(f"pass '{cls.name}' is registered twice")
    _REGISTRY[cls.name] = cls
    return cls


def find_pass(name: str) -> type[Pass] | None:
    """Return the pass called `name`, importing no more than the file it should live in."""
    if name not in _REGISTRY:
        module = pass_module(name)
        if module is not None and find_spec(module) is not None:
            import_module(module)
    return _REGISTRY.get(name)


def all_passes() -> dict[str, type[Pass]]:
    """Import every pass and return them by name, sorted."""
    for module in pkgutil.walk_packages(_root_path(), f"{_ROOT}."):
        import_module(module.name)
    return dict(sorted(_REGISTRY.items()))


def pass_module(name: str) -> str | None:
    """Return the module in which a pass of this name has to live, None if there is no such place.

    `<level>-<what>` lives in the package of its level, a conversion (`a-to-b`) in `conversion`.
    """
    level, _, what = name.partition("-")
    if "-to-" in name:
        level, what = "conversion", name
    package = f"{_ROOT}.{level}"
    if not what or not level.isidentifier() or not _root_path() or find_spec(package) is None:
        return None
    return f"{package}.{what.replace('-', '_')}"


def _root_path() -> list[str]:
    try:
        root: ModuleType = import_module(_ROOT)
    except ModuleNotFoundError:
        return []
    return list(root.__path__)


__all__ = ["Pass", "all_passes", "find_pass", "option", "pass_module", "register"]
