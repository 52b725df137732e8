"""What `rdu-opt` can watch while passes run: the IR before and after, times, statistics."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from rdu.mlir_ext import ir
from rdu.mlir_ext.driver import Observer
from rdu.mlir_ext.pipeline import Step
from rdu.mlir_ext.printing import PrintStyle, print_operation

_RULE = f"===-{'-' * 73}-==="


@dataclass(frozen=True)
class DumpChoice:
    """When to dump the IR: pass names, or `*` for every pass."""

    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    after_change: bool = False
    after_failure: bool = False

    def __bool__(self) -> bool:
        """Tell whether anything is to be dumped."""
        return bool(self.before or self.after or self.after_change or self.after_failure)


class IrDumper(Observer):
    """Prints the IR around passes to stderr, under the headings that MLIR uses."""

    def __init__(self, choice: DumpChoice, style: PrintStyle) -> None:
        self.choice = choice
        self.style = style
        self._before = ""

    def before(self, step: Step, operation: ir.Operation) -> None:
        """Dump before the pass if chosen, and keep the text if a change is looked for."""
        if self.choice.after_change:
            self._before = print_operation(operation, self.style)
        if _chosen(step, self.choice.before):
            self._dump(f"Before {step.name}", operation)

    def after(self, step: Step, operation: ir.Operation, counts: dict[str, int]) -> None:
        """Dump after the pass if chosen."""
        changed = (
            self.choice.after_change and print_operation(operation, self.style) != self._before
        )
        if changed or _chosen(step, self.choice.after):
            self._dump(f"After {step.name}", operation)

    def failed(self, step: Step, operation: ir.Operation) -> None:
        """Dump what a failed pass left."""
        if self.choice.after_failure or _chosen(step, self.choice.after):
            self._dump(f"After {step.name} Failed", operation)

    def _dump(self, heading: str, operation: ir.Operation) -> None:
        print(
            f"// -----// IR Dump {heading} ('{operation.name}' operation) //----- //",
            file=sys.stderr,
        )
        print(print_operation(operation, self.style), end="\n\n", file=sys.stderr)


class Timer(Observer):
    """Measures wall time by phase and pass; `report` prints the table."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._started = self._last = clock()
        self._seconds: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Charge the time since the last lap to `name`."""
        now = self._clock()
        self._seconds[name] = self._seconds.get(name, 0.0) + now - self._last
        self._last = now

    def before(self, step: Step, operation: ir.Operation) -> None:
        """Start a lap."""
        self.lap("Rest")

    def after(self, step: Step, operation: ir.Operation, counts: dict[str, int]) -> None:
        """Charge the lap to the pass."""
        self.lap(step.name)

    def failed(self, step: Step, operation: ir.Operation) -> None:
        """Charge the lap to the pass."""
        self.lap(step.name)

    def report(self, out: TextIO) -> None:
        """Print the table, in the order in which the phases were first seen."""
        self.lap("Rest")
        total = self._last - self._started
        rows = [(name, s) for name, s in self._seconds.items() if name != "Rest"]
        rows += [("Rest", self._seconds["Rest"]), ("Total", total)]
        print(_RULE, "... Execution time report ...".center(len(_RULE)), _RULE, sep="\n", file=out)
        print(f"  Total Execution Time: {total:.4f} seconds\n", file=out)
        print("  ----Wall Time----  ----Name----", file=out)
        for name, seconds in rows:
            print(f"  {seconds:8.4f} ({seconds / total:6.1%})  {name}", file=out)


class Statistics(Observer):
    """Adds up what our passes count, and how many operations every pass takes and leaves.

    Upstream's passes count too, but the bindings are built without their statistics.
    """

    def __init__(self) -> None:
        self._totals: dict[str, dict[str, int]] = {}
        self._descriptions = {
            "operations-in": "operations before the pass",
            "operations-out": "operations after it",
        }

    def before(self, step: Step, operation: ir.Operation) -> None:
        """Count the operations that the pass takes."""
        self._add(step, {"operations-in": count_operations(operation)})

    def after(self, step: Step, operation: ir.Operation, counts: dict[str, int]) -> None:
        """Add a run's counts to its pass's."""
        if step.cls is not None:
            self._descriptions.update(step.cls.statistics)
        self._add(step, {"operations-out": count_operations(operation), **counts})

    def report(self, out: TextIO) -> None:
        """Print the table, one block a pass, in the order in which they first ran."""
        print(_RULE, "... Pass statistics report ...".center(len(_RULE)), _RULE, sep="\n", file=out)
        for name, totals in self._totals.items():
            print(name, file=out)
            for statistic, value in totals.items():
                print(f"  (S) {value:7} {statistic} - {self._descriptions[statistic]}", file=out)

    def _add(self, step: Step, counts: dict[str, int]) -> None:
        totals = self._totals.setdefault(step.name, {})
        for name, value in counts.items():
            totals[name] = totals.get(name, 0) + value


def count_operations(operation: ir.Operation) -> int:
    """Count the operations inside `operation`."""
    count = -1

    def visit(_: ir.Operation) -> ir.WalkResult:
        nonlocal count
        count += 1
        return ir.WalkResult.ADVANCE

    operation.walk(visit)
    return count


def _chosen(step: Step, names: frozenset[str]) -> bool:
    return "*" in names or step.name in names
