"""PyTorch models with sparse tensors all the way down: to a configuration, to a run, to tensors.

```python
from rdu.sparse_model import compile_sparse

artifact = compile_sparse(model, (adjacency, features), formats={"layer.weight": "csr"})
artifact.check(adjacency, features)
print(artifact(adjacency, features), artifact.cycles)
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from numpy.typing import NDArray

from rdu.configuration import print_program
from rdu.frontends.sparse import from_torch
from rdu.frontends.torch import ImportedModel
from rdu.frontends.torch.formats import LAYOUTS, FormatLike, group_problem
from rdu.frontends.torch.importer import with_operators
from rdu.frontends.torch.model import as_array, other_dtype
from rdu.frontends.torch.sparse import import_sparse
from rdu.mlir_ext.driver import run_pipeline
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.mlir_ext.printing import PrintStyle, print_operation
from rdu.pipelines import NARROWED, TO_STRUCTURED, Fusion, structured_to_sam
from rdu.runtime import TOLERANCE, check_errors, max_relative_error
from rdu.semantics.fibertree import Fibertree, build
from rdu.simulator import EngineName, RunResult
from rdu.sparse import Lanes, SparseArtifact, compile_graph, read_depth, target_of, vectorize
from rdu.support import arguments as checked
from rdu.support.diagnostics import Collector, Diagnostic, RduError, UsageError, error
from rdu.transforms.conversion.circuits.tensors import returned
from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded
from rdu.transforms.linalg.findings import unreadable
from rdu.transforms.sam.results import return_once

if TYPE_CHECKING:
    import torch

Array = NDArray[Any]

_NOTHING = error("model gives what no op computes: expected a result that depends on tensors")


@dataclass
class SparseModel:
    """A compiled model: call it like the module, or look at any level of it.

    How much the tensors of a run store is part of the configuration, so each run has its own.

    Attributes:
        model: how inputs and outputs map to the PyTorch module's.
        graphs: the model as a function of `sam.graph`s.
        places: for each output the name of the function's result, or argument, that it is.
        stages: the text of the levels `linalg` and `sam`.
        reference: the PyTorch module, for `check`.
        machine: the name or file of the machine.
        fifo_depth: the capacity of each channel in tokens, None for unbounded.
        engine: the simulator's engine.
        artifact: the configuration of the latest run, None before.
        result: what the simulator says of it.
        last_error: its `max_relative_error`, if it was compared with PyTorch.
    """

    model: ImportedModel
    graphs: Any
    places: Sequence[str]
    stages: Mapping[str, str]
    reference: torch.nn.Module
    machine: str = "sam-ideal"
    fifo_depth: int | None = None
    engine: EngineName = "native"
    artifact: SparseArtifact | None = field(default=None, init=False)
    result: RunResult | None = field(default=None, init=False)
    last_error: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._kinds = _arguments(self.graphs)
        weights = dict(self.model.weights)
        self._weights = {name: self._stored(name, tensor) for name, tensor in weights.items()}

    def __call__(self, *arguments: torch.Tensor) -> Any:
        """Run on the simulated fabric; returns what `forward` returns, dense."""
        return self.model.pack_outputs(self.run(*arguments))

    def run(self, *arguments: torch.Tensor) -> dict[str, Array]:
        """Run on the simulated fabric; returns arrays by output name.

        Args:
            arguments: what `forward` takes; a sparse tensor may have any layout and store any
                values, zeros included.

        Raises:
            UsageError: another number of arguments.
            RduError: an argument does not fit, the program does not fit the machine (exit code 3),
                or the run deadlocks (4).
        """
        tensors = self.model.input_tensors(arguments, LAYOUTS)
        self._check(tensors)
        operands: dict[str, Fibertree | Array] = dict(self._weights)
        operands |= {name: self._stored(name, tensor) for name, tensor in tensors.items()}
        self.artifact, self.result, self.last_error = None, None, None
        self.artifact = compile_graph(
            self.graphs, operands, machine=self.machine, fifo_depth=self.fifo_depth
        )
        computed, self.result = self.artifact.run_all(self.engine)
        known = {**operands, **computed}
        return {
            signature.name: _dense(known[place]).reshape(signature.shape)
            for signature, place in zip(self.model.outputs, self.places, strict=True)
        }

    def check(self, *arguments: torch.Tensor, tolerance: float = TOLERANCE) -> float:
        """Run here and in PyTorch; return the greatest `max_relative_error` of an output.

        PyTorch computes with the sparse tensors themselves where it can, else with dense ones.

        Raises:
            RduError: the error exceeds the tolerance (exit code 5), or as for `run`.
        """
        actual = self.run(*arguments)
        expected = self._expected(arguments)
        errors = {name: max_relative_error(actual[name], array) for name, array in expected.items()}
        self.last_error = max(errors.values())
        check_errors(errors, tolerance)
        return self.last_error

    @property
    def cycles(self) -> int:
        """The cycles of the latest run; UsageError if nothing has run yet."""
        if self.result is None:
            raise UsageError("nothing has run yet: call the model first")
        return self.result.cycles

    def stage(self, level: str) -> str:
        """Return the text of `linalg`, `sam`, or `configuration`, that of the latest run."""
        stages = dict(self.stages)
        if self.artifact is not None:
            stages["configuration"] = print_program(self.artifact.program)
        if level not in stages:
            raise UsageError(f"no level '{level}': expected one of {', '.join(stages)}")
        return stages[level]

    def _expected(self, arguments: Sequence[torch.Tensor]) -> dict[str, Array]:
        import torch
        from torch.utils import _pytree

        with torch.no_grad():
            try:
                result = self.reference(*arguments)
            except (NotImplementedError, RuntimeError):  # no kernel for the layout
                result = self.reference(*(argument.to_dense() for argument in arguments))
        leaves = [leaf.to_dense() for leaf in _pytree.tree_leaves(result)]
        return {s.name: as_array(leaf) for s, leaf in zip(self.model.outputs, leaves, strict=True)}

    def _check(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Refuse arguments of another dtype or shape, or with more values than a format takes."""
        problems = Collector()
        for signature in self.model.inputs:
            have = tensors[signature.name]
            if problem := other_dtype(signature, have):
                problems.error(f"input '{signature.name}': {problem}")
            if tuple(have.shape) != signature.shape:
                need, got = list(signature.shape), list(have.shape)
                problems.error(f"input '{signature.name}': expected shape {need}, got {got}")
                continue
            group = self.model.groups.get(signature.name)
            if group is not None and (problem := group_problem(have, *group)):
                problems.error(f"input '{signature.name}': {problem}")
        problems.check()

    def _stored(self, name: str, tensor: torch.Tensor) -> Fibertree | Array:
        """Store a tensor as its argument is: the same values in row-major order, cut anew."""
        kind = self._kinds[name]
        shape = list(kind.shape)
        if not is_encoded(kind):
            return as_array(tensor.to_dense()).reshape(shape).copy()  # a model may change later
        points = from_torch(tensor).coordinates()
        return build(points.reshaped(shape), format_of(kind))


def compile_sparse(
    model: torch.nn.Module,
    example_args: Sequence[torch.Tensor],
    *,
    formats: Mapping[str, FormatLike] | None = None,
    fusion: Fusion = "none",
    lanes: Lanes = 1,
    machine: str = "sam-ideal",
    fifo_depth: int | None = None,
    engine: EngineName = "native",
) -> SparseModel:
    """Compile a PyTorch module whose inputs, weights and results may be sparse.

    Args:
        model: a module in evaluation mode with f32 or i32 tensors of static shapes; inputs and
            buffers of i64, as indices are, are stored as i32.
        example_args: one tensor for each argument of `forward`, dense or of any sparse layout.
        formats: how tensors are stored, by name; see `rdu.frontends.torch.sparse.import_sparse`.
            Zeros of weights, and of dense inputs, are not stored then.
        fusion: which results are computed where they are read, as `linalg-to-sam` takes it.
        lanes: see `rdu.sparse.Lanes`.
        machine: the name or file of a machine that has the primitives of `sam`.
        fifo_depth: the capacity of each channel in tokens, None for unbounded.
        engine: the simulator's engine.

    Raises:
        RduError: the model cannot be imported or lowered, or a format is wrong: every reason found,
            each at the user's line.
    """
    read_depth(fifo_depth)
    checked.one_of("fusion", fusion, get_args(Fusion))
    if formats is not None:
        checked.by_name("formats", formats, "formats")
    imported = import_sparse(model, example_args, formats, keep_strangers=True)
    stages = {"linalg": _text(imported.module)}
    graphs = imported.module.operation.clone().opview
    readable = imported.module  # what is said of it after a refusal is the last use of it
    try:
        run_pipeline(graphs, parse_pipeline(TO_STRUCTURED, graphs.context))
        readable = graphs.operation.clone().opview
        converted = structured_to_sam(fusion, target_of(machine, lanes))
        run_pipeline(graphs, parse_pipeline(converted, graphs.context))
        (function,) = defined_functions(graphs)
        places = return_once(function)
        if not places or not returned(function):  # nothing was converted: no op could be
            raise RduError(unreadable(readable) or [_NOTHING])
        vectorize(graphs, lanes, machine)
        if imported.refused:
            raise RduError(imported.refused)
    except RduError as failure:
        run_pipeline(readable, parse_pipeline(NARROWED, readable.context))
        said = [*imported.refused, *failure.diagnostics, *unreadable(readable)]
        found = sorted(said, key=_place)
        raise RduError(list(_distinct(found, imported)), failure.exit_code) from failure
    stages["sam"] = _text(graphs)
    return SparseModel(imported, graphs, places, stages, model, machine, fifo_depth, engine)


def _arguments(module: Any) -> dict[str, Any]:
    """Return the types of a function's arguments by name."""
    (function,) = defined_functions(module)
    attributes: Any = function.attributes["arg_attrs"]
    arguments: Any = function.regions[0].blocks[0].arguments
    names = (own["rdu.name"].value for own in attributes)
    return {name: a.type for name, a in zip(names, arguments, strict=True)}


def _dense(tensor: Fibertree | Array) -> Array:
    return tensor.to_dense() if isinstance(tensor, Fibertree) else tensor


def _place(found: Diagnostic) -> tuple[str, int, int]:
    at = found.location
    return (at.file, at.line, at.column) if at else ("", 0, 0)


def _distinct(found: Sequence[Diagnostic], imported: ImportedModel) -> Iterator[Diagnostic]:
    """Return findings once each, with the PyTorch operators on their lines."""
    said: set[str] = set()
    for each in found:
        named = with_operators(each, imported.operators)
        if named.render() not in said:
            said.add(named.render())
            yield named


def _text(module: Any) -> str:
    return print_operation(module, PrintStyle()) + "\n"
