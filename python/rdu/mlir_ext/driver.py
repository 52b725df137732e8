"""Running passes on IR: one of ours, or a pipeline of ours and upstream's, watched by observers."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import fields as dataclass_fields
from typing import Any

from rdu.mlir_ext import ir, passmanager
from rdu.mlir_ext.channel import Context
from rdu.mlir_ext.locations import source_location
from rdu.mlir_ext.passes import Pass
from rdu.mlir_ext.pipeline import Nest, Step, step_of
from rdu.support.diagnostics import RduError, error
from rdu.support.options import OptionError, check

_CUT = "cut it into ops, or statements, that are not fused"


class Observer:
    """Sees each run of a pass; `operation` is the anchor op that it runs on."""

    def before(self, step: Step, operation: ir.Operation) -> None:
        """Note that a pass is about to run."""

    def after(self, step: Step, operation: ir.Operation, counts: dict[str, int]) -> None:
        """Note that a pass ran and its result verified; `counts` are its statistics."""

    def failed(self, step: Step, operation: ir.Operation) -> None:
        """Note that a pass failed, or left IR that does not verify."""


def run_pass(module: Any, cls: type[Pass], **options: Any) -> dict[str, int]:
    """Run one of our passes on a module, with options as Python values; returns its statistics.

    The result is verified. Raises RduError with all errors, and OptionError for a wrong option.
    """
    declared = {field.name: field for field in dataclass_fields(cls.Options)}
    for name, value in options.items():
        if name not in declared:
            raise OptionError(f"option '{name}' is unknown to pass '{cls.name}'")
        check(name.replace("_", "-"), value, declared[name].metadata)
    counts: dict[str, int] = dict.fromkeys(cls.statistics, 0)
    step = step_of(cls, cls.Options(**options))
    body = step if cls.anchor == "builtin.module" else Nest(cls.anchor, (step,))
    run_pipeline(module, Nest("builtin.module", (body,)), observers=[_Counting(counts)])
    return counts


def run_pipeline(
    module: Any,
    pipeline: Nest,
    *,
    observers: Sequence[Observer] = (),
    verify_each: bool = True,
) -> None:
    """Run a parsed pipeline on a module in place, verifying after each pass.

    Warnings and remarks go to the context's channel. Raises RduError with the errors of the first
    pass that fails.
    """
    _run_nest(module.operation, pipeline, observers, verify_each=verify_each)


class _Counting(Observer):
    """Adds up the statistics of all runs of one pass."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts

    def after(self, step: Step, operation: ir.Operation, counts: dict[str, int]) -> None:
        for name, value in counts.items():
            self.counts[name] += value


def _run_nest(
    operation: ir.Operation, nest: Nest, observers: Sequence[Observer], *, verify_each: bool
) -> None:
    for element in nest.body:
        if isinstance(element, Step):
            _run_step(operation, element, observers, verify_each=verify_each)
            continue
        for child in list(_children(operation, element.anchor)):
            _run_nest(child, element, observers, verify_each=verify_each)


def _children(operation: ir.Operation, anchor: str) -> Iterator[ir.Operation]:
    """List the ops called `anchor` directly inside an op; passes may not remove them."""
    blocks = (block for region in operation.regions for block in region.blocks)
    inside = (child.operation for block in blocks for child in block.operations)
    yield from (child for child in inside if anchor in ("any", child.name))


def _run_step(
    operation: ir.Operation, step: Step, observers: Sequence[Observer], *, verify_each: bool
) -> None:
    context = operation.context
    for observer in observers:
        observer.before(step, operation)
    try:
        with ExitStack() as stack:
            stack.enter_context(context)
            if isinstance(context, Context):
                stack.enter_context(context.channel.raising())
            counts = _execute(operation, step)
            if verify_each and not operation.verify():
                raise RduError([])
    except Exception:
        for observer in observers:
            observer.failed(step, operation)
        raise
    for observer in observers:
        observer.after(step, operation, counts)


def _execute(operation: ir.Operation, step: Step) -> dict[str, int]:
    if step.cls is None:
        manager = passmanager.PassManager(operation.name)
        manager.enable_verifier(False)  # the caller verifies
        manager.add(step.text)
        manager.run(operation)
        return {}
    instance = step.cls()
    with operation.location:
        try:
            instance.run(operation.opview, step.options)
        except RecursionError:
            message = f"an expression is nested too deeply for '{step.cls.name}'"
            place = source_location(operation.location)
            raise RduError(error(message, place, hint=_CUT)) from None
    if instance.failed:
        raise RduError([])
    return instance.counts
