"""Unrolling: copies of inner controllers, and memories cut to match."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rdu.dialects import spatial
from rdu.dialects.spatial.controllers import enclosing_controllers
from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import Linear, affine_map, verified_rows
from rdu.mlir_ext.passes import Pass, option, register

Interval = tuple[int, int]
"""Start and stop of a range of elements."""


@register
class Unroll(Pass):
    """Make the copies of inner controllers that `unroll` asks for, and cut memories to match.

    Accepts any module; controllers that are unrolled must be inner ones. Each copy takes one piece
    of the range of every unrolled counter, a whole number of grains. A memory whose reader walks a
    dimension with an unrolled counter is cut along that dimension, so that each copy reads a
    memory of its own; loads, stores and writers follow the cut. Copies along a reduced counter
    form a chain: each starts from its predecessor's sum, which it gets through a queue, so the
    order of the reduction stays what it was; the last one does what follows the reduction.
    Afterwards every `unroll` is 1 and the meaning is the same to the bit.

    A writer's copies must fall into whole pieces of the cut memory, and copies use no queues of
    their own.
    """

    name = "spatial-unroll"
    level_in = "spatial"
    level_out = "spatial"
    messages = {  # noqa: RUF012
        "outer": "is an outer controller unrolled {have} times: expected inner ones only",
        "straddles": "copy writes elements {have} of dimension {dimension}, across the cut of the "
        "memory that '{reader}' reads at {cuts}: expected a copy's range inside one piece",
        "grain": "is cut in grains of {have} along the lanes of a reduction: expected a multiple "
        "of {lanes}, so that the order of the reduction stays",
        "queue": "is in a controller unrolled {have} times: expected copies without queues, which "
        "hand on values in one order",
        "chain": "is unrolled along {have} reduced counters: expected at most one, the outermost",
    }
    statistics = {  # noqa: RUF012
        "copies": "controllers made of unrolled ones",
        "shards": "memories made of cut ones",
    }

    @dataclass(frozen=True)
    class Options:
        """How copies talk."""

        queue_depth: int = option(
            16, help="depth of the queue that carries partial sums along a chain", min=1
        )

    def run(self, module: ir.OpView, options: Options) -> None:
        """Unroll every inner controller, then cut the memories."""
        controllers = _collect(module, spatial.ControllerOp)
        for controller in controllers:
            if not controller.is_inner and math.prod(controller.unroll) > 1:
                self.error(controller, "outer", have=math.prod(controller.unroll))
            self._check_queues(controller)
            reduced = _reduced_from(controller)
            chains = [i for i, n in enumerate(controller.unroll) if n > 1 and i >= reduced]
            if len(chains) > 1 or (chains and chains[0] != reduced):
                self.error(controller, "chain", have=len(chains))
            for chain in chains:
                grain, lanes = controller.grain_sizes[chain], controller.lanes[chain]
                if grain % lanes:
                    self.error(controller, "grain", have=grain, lanes=lanes)
        if self.failed:
            return
        cuts = {m.result: _cuts(m.result) for m in _collect(module, spatial.SramOp)}
        for controller in controllers:
            if math.prod(controller.unroll) > 1:
                self._copy(controller, options.queue_depth)
        for memory in _collect(module, spatial.SramOp):
            if any(len(pieces) > 1 for pieces in cuts[memory.result]):
                self._cut(memory, cuts[memory.result])

    # -- controllers ----------------------------------------------------------------------------

    def _check_queues(self, controller: ir.OpView) -> None:
        copies = math.prod(controller.unroll)
        for operation in controller.body.blocks[0].operations:
            if copies > 1 and isinstance(operation, spatial.PopOp | spatial.PushOp):
                self.error(operation, "queue", have=copies)

    def _copy(self, controller: ir.OpView, depth: int) -> None:
        """Replace a controller by its copies."""
        pieces = [_pieces(controller, i) for i in range(len(controller.names))]
        reduced = _reduced_from(controller)
        for kept in itertools.product(*pieces[:reduced]):
            previous: list[ir.Value] = []
            links = list(itertools.product(*pieces[reduced:]))
            for number, link in enumerate(links):
                last = number == len(links) - 1
                queues = [] if last else self._queues(controller, depth)
                self._copy_one(controller, (*kept, *link), previous, queues, last=last)
                previous = queues
                self.count("copies")
        controller.operation.erase()

    def _queues(self, controller: ir.OpView, depth: int) -> list[ir.Value]:
        """Declare a queue for each reduction's partial sum, just before the controller."""
        with ir.InsertionPoint(controller.operation):
            return [
                spatial.FifoOp(
                    name="partial",
                    depth=depth,
                    result=spatial.Fifo.get(reduction.result.type),
                    loc=reduction.location,
                ).result
                for reduction in _reductions(controller)
            ]

    def _copy_one(
        self,
        controller: ir.OpView,
        ranges: Sequence[Interval],
        previous: list[ir.Value],
        following: list[ir.Value],
        *,
        last: bool,
    ) -> None:
        """Clone a controller for one piece of its counters and one link of its chain."""
        with ir.InsertionPoint(controller.operation):
            copy = controller.operation.clone().opview
        attributes = copy.attributes
        with controller.location:
            attributes["starts"] = ir.DenseI64ArrayAttr.get([start for start, _ in ranges])
            attributes["stops"] = ir.DenseI64ArrayAttr.get([stop for _, stop in ranges])
            attributes["unroll"] = ir.DenseI64ArrayAttr.get([1] * len(ranges))
        reductions = _reductions(copy)
        if previous:
            self._start_from(copy, reductions, previous)
        if not last:
            self._pass_on(copy, _reductions(copy), following)

    def _start_from(
        self, copy: ir.OpView, reductions: list[ir.OpView], queues: list[ir.Value]
    ) -> None:
        """Let the reductions start from what the previous copy sent."""
        for reduction, queue in zip(reductions, queues, strict=True):
            with ir.InsertionPoint(reduction.operation), reduction.location:
                partial = spatial.PopOp(
                    fifo=queue, level=reduction.over.value, value=reduction.result.type
                ).value
                started = spatial.ReduceOp(
                    value=reduction.value,
                    init=partial,
                    combiner=reduction.combiner.value,
                    over=reduction.over.value,
                    result=reduction.result.type,
                )
            reduction.result.replace_all_uses_with(started.result)
            reduction.operation.erase()
        _erase_dead(copy)

    def _pass_on(
        self, copy: ir.OpView, reductions: list[ir.OpView], queues: list[ir.Value]
    ) -> None:
        """Send the partial sums on instead of using them."""
        for reduction, queue in zip(reductions, queues, strict=True):
            with ir.InsertionPoint(copy.body.blocks[0].operations[-1]), reduction.location:
                spatial.PushOp(value=reduction.result, fifo=queue)
        for write in [o for o in copy.body.blocks[0].operations if isinstance(o, spatial.WriteOp)]:
            write.operation.erase()
        _erase_dead(copy)

    # -- memories -------------------------------------------------------------------------------

    def _cut(self, memory: ir.OpView, cuts: list[list[Interval]]) -> None:
        """Replace a memory by its shards and redirect every access."""
        shards: dict[tuple[Interval, ...], ir.Value] = {}
        kind = memory.result.type.tensor
        for number, box in enumerate(itertools.product(*cuts)):
            with ir.InsertionPoint(memory.operation), memory.location:
                tile = ir.RankedTensorType.get([b - a for a, b in box], kind.element_type)
                shards[box] = spatial.SramOp(
                    name=f"{memory.name.value}_{number}",
                    buffers=memory.buffers.value,
                    result=spatial.Sram.get(tile),
                ).result
            self.count("shards")
        for use in list(memory.result.uses):
            operation = use.owner.opview
            if isinstance(operation, spatial.LoadOp | spatial.StoreOp):
                self._move_pieces(operation, shards)
            else:
                self._redirect(operation, shards)
        if not self.failed:
            memory.operation.erase()

    def _move_pieces(
        self, transfer: ir.OpView, shards: dict[tuple[Interval, ...], ir.Value]
    ) -> None:
        """Replace a tile transfer by one for each shard."""
        rows = verified_rows(ir.AffineMapAttr(transfer.offsets).value)
        for box, shard in shards.items():
            moved = [
                Linear(r.coefficients, r.constant + a) for r, (a, _) in zip(rows, box, strict=True)
            ]
            offsets = affine_map(moved, ir.AffineMapAttr(transfer.offsets).value.n_dims)
            with ir.InsertionPoint(transfer.operation), transfer.location:
                type(transfer)(dram=transfer.dram, sram=shard, offsets=offsets)
        transfer.operation.erase()

    def _redirect(self, access: ir.OpView, shards: dict[tuple[Interval, ...], ir.Value]) -> None:
        """Let a read or write use the shard that holds its range."""
        access_map = ir.AffineMapAttr(access.map).value
        rows = verified_rows(access_map)
        ranges = _ranges(access, rows)
        for box, shard in shards.items():
            if all(a <= low and high < b for (low, high), (a, b) in zip(ranges, box, strict=True)):
                access.operation.operands[len(access.operation.operands) - 1] = shard
                moved = [
                    Linear(r.coefficients, r.constant - a)
                    for r, (a, _) in zip(rows, box, strict=True)
                ]
                with access.location:
                    access.attributes["map"] = ir.AffineMapAttr.get(
                        affine_map(moved, access_map.n_dims)
                    )
                return
        dimension = next(
            d
            for d, (low, high) in enumerate(ranges)
            if not any(box[d][0] <= low and high < box[d][1] for box in shards)
        )
        cuts = sorted({box[dimension][0] for box in shards} - {0})
        reader = next(iter(shards.values())).owner.opview.name.value
        self.error(
            access,
            "straddles",
            have=ranges[dimension],
            dimension=dimension,
            reader=reader,
            cuts=cuts,
        )


def _collect(module: ir.OpView, kind: type) -> list[ir.OpView]:
    """Return all ops of a class, in program order."""
    found: list[ir.OpView] = []

    def visit(operation: ir.Operation) -> ir.WalkResult:
        if isinstance(operation.opview, kind):
            found.append(operation.opview)
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit, ir.WalkOrder.PRE_ORDER)
    return found


def _reductions(controller: ir.OpView) -> list[ir.OpView]:
    operations = controller.body.blocks[0].operations
    return [o for o in operations if isinstance(o, spatial.ReduceOp)]


def _reduced_from(controller: ir.OpView) -> int:
    """Return the outermost reduced counter's position, or how many counters there are."""
    return min((r.over.value for r in _reductions(controller)), default=len(controller.names))


def _pieces(controller: ir.OpView, counter: int) -> list[Interval]:
    """Cut a counter's range into one piece for each copy, in whole grains."""
    start, stop = controller.starts[counter], controller.stops[counter]
    stride = controller.grain_sizes[counter] * controller.steps[counter]
    grains, copies = -(-(stop - start) // stride), controller.unroll[counter]
    edges = [min(stop, start + grains * i // copies * stride) for i in range(copies + 1)]
    return [(a, b) for a, b in itertools.pairwise(edges) if a < b]


def _cuts(memory: ir.Value) -> list[list[Interval]]:
    """Where a memory is cut: along dimensions that its readers walk with an unrolled counter."""
    shape = list(memory.type.tensor.shape)
    cuts: list[list[Interval]] = [[(0, extent)] for extent in shape]
    readers = [u.owner.opview for u in memory.uses if isinstance(u.owner.opview, spatial.ReadOp)]
    writers = [u.owner.opview for u in memory.uses if isinstance(u.owner.opview, spatial.WriteOp)]
    stored = any(isinstance(u.owner.opview, spatial.StoreOp) for u in memory.uses)
    # Only a store reads it: then its writers' copies decide.
    accesses = readers if readers else writers if stored else []
    for access in accesses:
        for dimension, pieces in enumerate(_walked(access, shape)):
            if len(pieces) > len(cuts[dimension]):
                cuts[dimension] = pieces
    return cuts


def _walked(access: ir.OpView, shape: Sequence[int]) -> Iterator[list[Interval]]:
    """For each dimension, the pieces of the counter that walks all of it, if just one does.

    A counter cuts only the first dimension that it walks: no copy reads off a diagonal.
    """
    rows = verified_rows(ir.AffineMapAttr(access.map).value)
    controllers = enclosing_controllers(access)
    own = controllers[-1]
    outer = sum(len(c.names) for c in controllers[:-1])
    cutting: set[int] = set()
    for row, extent in zip(rows, shape, strict=True):
        counter = row.dimension
        if counter is None or counter < outer or counter in cutting:
            yield []
            continue
        pieces = _pieces(own, counter - outer)
        if (pieces[0][0], pieces[-1][1]) == (0, extent):
            cutting.add(counter)
            yield pieces
        else:
            yield []


def _ranges(access: ir.OpView, rows: Sequence[Linear]) -> list[Interval]:
    """Least and greatest element that an access reaches in each dimension."""
    lows: list[int] = []
    highs: list[int] = []
    for controller in enclosing_controllers(access):
        for start, stop, step in zip(
            controller.starts, controller.stops, controller.steps, strict=True
        ):
            lows.append(start)
            highs.append(start + (stop - start - 1) // step * step)
    return [row.range(lows, highs) for row in rows]


def _erase_dead(controller: ir.OpView) -> None:
    """Erase pure operations without uses, the last first."""
    for operation in reversed(list(controller.body.blocks[0].operations)):
        effects = isinstance(
            operation, spatial.WriteOp | spatial.PushOp | spatial.PopOp | spatial.YieldOp
        )
        if not effects and not any(list(r.uses) for r in operation.results):
            operation.operation.erase()
