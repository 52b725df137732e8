"""From a configuration back to the rdu dialect, so that passes and people can work on it."""

from collections.abc import Iterable
from typing import Any

from rdu.codegen.names import VALUE_NAME
from rdu.codegen.sparse import build_sparse, constant_attribute
from rdu.codegen.untranslatable import check_translatable
from rdu.configuration.model import (
    Affine,
    Compute,
    Context,
    DType,
    Formal,
    Load,
    Memory,
    Net,
    Operand,
    Operation,
    Port,
    Program,
    Read,
    Route,
    Run,
    Section,
    Span,
    Sparse,
    Store,
    Tensor,
    Unit,
    Update,
    Write,
)
from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import Linear, affine_map
from rdu.semantics.dtypes import name_of, numpy_type
from rdu.semantics.scalar import OPS


def module_of(program: Program, context: ir.Context) -> Any:
    """Translate a program whose names and types are right (`rdu.configuration.check`).

    Sections are `routed` or `placed` if all their units and nets are, else `virtual`. Locations
    are those of the configuration's text, but that of a context is its source, unknown if it has
    none, so that translating back gives the same program.

    Returns:
        A `builtin.module`.

    Raises:
        RduError: the program uses forms that no rdu op has; all of them are listed.
    """
    check_translatable(program)
    with context, ir.Location.file(program.file, program.span.line, program.span.column):
        module = ir.Module.create()
        with ir.InsertionPoint(module.body):
            _Importer(program.file).program(program)
    return module.operation.opview


class _Importer:
    def __init__(self, file: str) -> None:
        self.file = file

    def at(self, span: Span) -> ir.Location:
        return ir.Location.file(self.file, span.line, span.column)

    def program(self, program: Program) -> None:
        for tensor in program.tensors:
            kind = _tensor_type(tensor)
            rdu.TensorOp(tensor.name, tensor.role, kind, tensor.tier, loc=self.at(tensor.span))
        for section in program.sections:
            self._section(section)
        for run in program.host:
            self._run(run)

    def _run(self, run: Run) -> None:
        formals, tensors = list(run.bindings), list(run.bindings.values())
        rdu.RunOp(run.section, formals, tensors, loc=self.at(run.span))

    def _section(self, section: Section) -> None:
        op = rdu.SectionOp(section.name, _state(section), loc=self.at(section.span))
        with ir.InsertionPoint(op.body.blocks.append()):
            for formal in section.formals:
                rdu.FormalOp(formal.name, _tensor_type(formal), loc=self.at(formal.span))
            for unit in section.units:
                self._unit(unit)
            for net in section.nets:
                self._net(net)

    def _unit(self, unit: Unit) -> None:
        place = None if unit.place is None else list(unit.place)
        op = rdu.UnitOp(unit.name, unit.kind, place=place, loc=self.at(unit.span))
        with ir.InsertionPoint(op.body.blocks.append()):
            for memory in unit.memories:
                self._memory(memory)
            for context in unit.contexts:
                self._context(context)

    def _memory(self, memory: Memory) -> None:
        element = _scalar_type(memory.dtype)
        location = self.at(memory.span)
        rdu.MemoryOp(memory.name, element, memory.words, memory.buffers, loc=location)

    def _net(self, net: Net) -> None:
        routes = None
        if any(sink.route for sink in net.sinks):
            flat = ([number for place in sink.route for number in place] for sink in net.sinks)
            routes = ir.ArrayAttr.get([ir.DenseI64ArrayAttr.get(route) for route in flat])
        rdu.NetOp(
            net.name,
            net.kind,
            str(net.source),
            [str(sink.to) for sink in net.sinks],
            [-1 if sink.capacity is None else sink.capacity for sink in net.sinks],
            [sink.init for sink in net.sinks],
            routes=routes,
            loc=self.at(net.span),
        )

    def _context(self, context: Context) -> None:
        source, counters = context.source, context.counters
        op = rdu.ContextOp(
            context.name,
            [counter.name for counter in counters],
            [counter.start for counter in counters],
            [counter.stop for counter in counters],
            [counter.step for counter in counters],
            [counter.par for counter in counters],
            repeat=None if context.repeat == 1 else context.repeat,
            loc=ir.Location.file(source.file, source.line, 0) if source else ir.Location.unknown(),
        )
        with ir.InsertionPoint(op.body.blocks.append()):
            _Body(self, context).build()


class _Body:
    """Builds the ops of one context: inputs, counters, the action, outputs."""

    def __init__(self, importer: _Importer, context: Context) -> None:
        self.at = importer.at
        self.context = context
        self.values: dict[str, ir.Value] = {}
        self.next_number = 0

    def build(self) -> None:
        context, action = self.context, self.context.action
        for port in context.inputs:
            self._input(port)
        carried: dict[str, str] = {}
        match action:
            case Compute():
                self._counters(action)
                for operation in action.operations:
                    self._operation(operation)
                carried = {drive.port: drive.value for drive in action.drives}
            case Read() | Write():
                self._word(action)
                carried = {action.port: action.port}
            case Load() | Store():
                self._element(action)
                carried = {action.port: action.port}
            case Sparse():
                build_sparse(action, self.at(action.span))
            case Update() | Route():
                raise AssertionError("check_translatable has refused it")
        for port in context.outputs:
            self._output(port, carried.get(port.name))

    def _input(self, port: Port) -> None:
        level, location = self.context.level_index(port.level), self.at(port.span)
        if port.stream and port.dtype is not None:
            rdu.ReceiveOp(port.name, port.kind, _scalar_type(port.dtype), loc=location)
            return
        if port.dtype is None:
            rdu.AcquireOp(port.name, level, loc=location)
            return
        pop = rdu.PopOp(port.name, port.kind, level, _scalar_type(port.dtype), loc=location)
        self.values[port.name] = pop.value

    def _output(self, port: Port, value: str | None) -> None:
        level, location = self.context.level_index(port.level), self.at(port.span)
        if port.stream and port.dtype is not None:
            rdu.SendOp(port.name, port.kind, _scalar_type(port.dtype), loc=location)
        elif value is None:
            rdu.ReleaseOp(port.name, level, loc=location)
        else:
            rdu.PushOp(self.values[value], port.name, port.kind, level, loc=location)

    def _counters(self, action: Compute) -> None:
        used = {drive.value for drive in action.drives}
        used.update(str(o) for op in action.operations for o in (*op.operands, op.init))
        for level, counter in enumerate(self.context.counters, 1):
            if counter.name in used:
                result = _scalar_type("i32")
                op = rdu.CounterOp(level, result, loc=self.at(counter.span))
                self.values[counter.name] = op.result

    def _word(self, action: Read | Write) -> None:
        address = self._map([action.address])
        level, location = self.context.level_index(action.level), self.at(action.span)
        if isinstance(action, Write):
            value = self.values[action.port]
            rdu.WriteOp(value, action.memory, address, level, loc=location)
            return
        element = self._output_type(action.port)
        read = rdu.ReadOp(action.memory, address, level, element, loc=location)
        self.values[action.port] = read.value

    def _element(self, action: Load | Store) -> None:
        index, location = self._map(action.index), self.at(action.span)
        if isinstance(action, Store):
            rdu.StoreOp(self.values[action.port], action.tensor, index, loc=location)
            return
        load = rdu.LoadOp(action.tensor, index, self._output_type(action.port), loc=location)
        self.values[action.port] = load.value

    def _output_type(self, name: str) -> ir.Type:
        port = next(port for port in self.context.outputs if port.name == name)
        return _scalar_type(port.dtype or "f32")

    def _map(self, rows: Iterable[Affine]) -> ir.AffineMap:
        names = [counter.name for counter in self.context.counters]
        linear = [Linear(tuple(map(row.coefficient, names)), row.constant) for row in rows]
        return affine_map(linear, len(names))

    def _operation(self, operation: Operation) -> None:
        location = self.at(operation.span)
        operands = [self._operand(operand, location) for operand in operation.operands]
        if operation.over is not None:
            init = None if operation.init is None else self._operand(operation.init, location)
            over = self.context.level_index(operation.over)
            (value,) = operands
            op = rdu.ReduceOp(
                value=value,
                init=init,
                combiner=operation.mnemonic,
                over=over,
                result=value.type,
                loc=location,
            ).operation
        else:
            op = _scalar_op(operation.mnemonic, operands, location)
        if operation.result != f"v{self.next_number}":
            op.attributes[VALUE_NAME] = ir.StringAttr.get(operation.result)
        else:
            self.next_number += 1
        self.values[operation.result] = op.result

    def _operand(self, operand: Operand, location: ir.Location) -> ir.Value:
        if isinstance(operand, str):
            return self.values[operand]
        attribute = constant_attribute(operand)
        return ir.Operation.create(
            "arith.constant", [attribute.type], attributes={"value": attribute}, loc=location
        ).result


def _scalar_op(mnemonic: str, operands: list[ir.Value], location: ir.Location) -> ir.Operation:
    scalar = OPS[mnemonic]
    dtype = scalar.result_type([_dtype(operand.type) for operand in operands])
    assert dtype is not None, "the configuration's verifier checks the types"
    attributes: dict[str, ir.Attribute] = {}
    if scalar.predicate is not None:
        width = ir.IntegerType.get_signless(64)
        attributes["predicate"] = ir.IntegerAttr.get(width, scalar.predicate)
    return ir.Operation.create(
        scalar.mlir, [_scalar_type(dtype)], operands, attributes, loc=location
    )


def _dtype(kind: ir.Type) -> DType:
    return name_of(numpy_type(kind))


def _scalar_type(dtype: DType) -> ir.Type:
    return ir.Type.parse(dtype)


def _tensor_type(tensor: Tensor | Formal) -> ir.Type:
    return ir.RankedTensorType.get(tensor.shape, _scalar_type(tensor.dtype))


def _state(section: Section) -> str:
    if not section.units or any(unit.place is None for unit in section.units):
        return "virtual"
    between = [
        sink.route for net in section.nets for sink in net.sinks if sink.to.unit != net.source.unit
    ]
    return "routed" if all(between) else "placed"
