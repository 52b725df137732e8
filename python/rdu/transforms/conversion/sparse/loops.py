"""Writing the loops of a nest: primitives that give coordinates, and references at these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from rdu.analysis.sparse.expression import Access
from rdu.analysis.sparse.meeting import Intersect, Meeting, Merge, Unite, Walk, walked
from rdu.analysis.sparse.nest import Nest, Scope
from rdu.mlir_ext import ir
from rdu.transforms.conversion.sparse.primitives import Primitives, Side, Stream


@dataclass(slots=True)
class Cursor:
    """Where the walk of an access stands.

    Attributes:
        refs: references into the next level, as deep as the loops entered when it was last moved.
        total: whether no reference can be absent.
    """

    refs: Stream
    total: bool = True


@dataclass(slots=True)
class Loops:
    """Loops entered so far.

    Attributes:
        scope: the loops and their body.
        crds: the root, then the coordinates of each loop, outermost first.
    """

    scope: Scope
    crds: list[Stream] = field(default_factory=list[Stream])


class LoopWriter:
    """Enters loops one after another.

    Args:
        nest: what is computed.
        write: writes primitives.
        tensors: the bound tensor of each access.
        universe: gives a bound vector of an extent, all of whose coordinates are there.

    Attributes:
        may_lack: whether fibers may be absent, and not only empty: under coordinates that no tensor
            has that is walked below.
    """

    def __init__(
        self,
        nest: Nest,
        write: Primitives,
        tensors: Mapping[Access, ir.Value],
        universe: Callable[[int], ir.Value],
    ) -> None:
        self._nest, self._write = nest, write
        self._tensors, self._universe = tensors, universe
        self._cursors = {access: Cursor(write.root()) for access in tensors}
        self._takes_all = False
        self.may_lack = False

    def enter(self, loops: Loops) -> None:
        """Enter the next loop of a scope."""
        name = loops.scope.loops[len(loops.crds) - 1]
        meeting = self._nest.meeting(loops.scope, name)
        driver, alike = meeting.driver, self._alike(meeting, name)
        sides: Mapping[Access | None, Side]
        if driver is None:
            sides = self._everywhere(loops, meeting, name)
            whole = True
        else:
            present = [self._cursors[access].total for access in walked(driver)]
            whole = all(present)
            self.may_lack |= self._takes_all and not any(present)
            sides = {**self._merged(loops, driver, name)}
        crd = next(iter(sides.values())).crd
        for access, side in sides.items():
            if access is not None:
                self._cursors[access].refs = side.payload
                self._cursors[access].total &= whole
        for access in meeting.beside:
            if access in sides:
                continue
            twin = next((each for each in alike[access] if each in sides), None)
            if twin is not None:
                self._cursors[access] = replace(self._cursors[twin])
                continue
            self._locate(loops, access, name, crd)
            self._cursors[access].total &= whole
        loops.crds.append(crd)

    def refs(self, access: Access) -> Stream:
        """Return the references to which the walk of an access has come."""
        return self._cursors[access].refs

    def deepen(self, loops: Loops, stream: Stream, depth: int) -> Stream:
        """Repeat a stream over loops until it is so deep."""
        while stream.depth < depth:
            stream = self._write.repeat(stream, loops.crds[stream.depth + 1])
        return stream

    def _alike(self, meeting: Meeting, name: str) -> dict[Access, list[Access]]:
        """Return for each access beside what stands where it stands: that goes where it goes.

        What others share the coordinates of is no guide where more are united with them.
        """

        def place(access: Access) -> tuple[object, ...]:
            levels, numbers = self._nest.levels[access], self._nest.entered(access)[name]
            entered = tuple((number, levels[number].variable) for number in numbers)
            return self._tensors[access], entered, self._cursors[access].refs.value

        every = [*_followed(meeting.driver), *meeting.beside]
        return {one: [o for o in every if place(o) == place(one)] for one in meeting.beside}

    def _everywhere(self, loops: Loops, meeting: Meeting, name: str) -> dict[Access | None, Side]:
        """Take every coordinate, and unite with them the levels that have only some.

        A dense level is walked for them if one is at hand whose fibers are never absent.
        """
        dense = [access for access in meeting.beside if self._is_dense(access, name)]
        lead = next((access for access in dense if self._cursors[access].total), None)
        sides: dict[Access | None, Side] = {lead: self._lead(loops, lead, name)}
        for access in meeting.beside:
            if access not in dense:
                sides[access] = self._walk(loops, access, name)
        if len(sides) == 1:
            return sides
        self._takes_all = True
        united = self._write.unite(list(sides.values()))
        for access in sides:
            if access is not None and access is not lead:
                self._cursors[access].total = False
        return dict(zip(sides, united, strict=True))

    def _lead(self, loops: Loops, access: Access | None, name: str) -> Side:
        if access is not None:
            return self._walk(loops, access, name)
        tensor = self._universe(self._nest.statement.extents[name])
        refs = self.deepen(loops, self._write.root(), len(loops.crds) - 1)
        return self._write.lookup(tensor, 0, refs)

    def _merged(self, loops: Loops, merge: Merge, name: str) -> dict[Access, Side]:
        """Return for each access that a merge walks what it has at the merged coordinates."""
        if isinstance(merge, Walk):
            return {merge.access: self._walk(loops, merge.access, name)}
        sides: dict[Access, Side] = {}
        for part in merge.parts:
            sides |= self._merged(loops, part, name)
        if isinstance(merge, Intersect):
            joined = self._write.intersect(list(sides.values()))
        else:
            joined = self._write.unite(list(sides.values()))
            for access in sides:
                self._cursors[access].total = False
        return dict(zip(sides, joined, strict=True))

    def _walk(self, loops: Loops, access: Access, name: str) -> Side:
        """Look up the fibers of the first level that a loop enters, and filter them by the rest.

        Below a coordinate a level that stores a variable once more is walked, but for the
        coordinate at which that variable's loop is; a dense one is located.
        """
        tensor, write = self._tensors[access], self._write
        first, *others = self._nest.entered(access)[name]
        refs = self.deepen(loops, self.refs(access), len(loops.crds) - 1)
        side = write.lookup(tensor, first, refs)
        for number in others:
            level = self._nest.levels[access][number]
            at = self._coordinates(loops, level.variable, side.crd)
            if level.dense:
                side = Side(side.crd, self._find(loops, access, number, at, side.payload))
                continue
            kept = write.mask(at, write.lookup(tensor, number, side.payload), "eq")
            crd = write.repeat(side.crd, kept.crd)
            side = Side(write.stop_drop(crd), write.stop_drop(kept.payload))
        return side

    def _locate(self, loops: Loops, access: Access, name: str, crd: Stream) -> None:
        """Find the coordinates of a loop in the levels of an access that it enters."""
        cursor = self._cursors[access]
        first, *others = self._nest.entered(access)[name]
        refs = cursor.refs if not cursor.refs.depth else None
        fibers = refs or self.deepen(loops, cursor.refs, len(loops.crds) - 1)
        cursor.refs = self._write.locate(self._tensors[access], first, crd, fibers)
        for number in others:
            at = self._coordinates(loops, self._nest.levels[access][number].variable, crd)
            cursor.refs = self._find(loops, access, number, at, cursor.refs)
        cursor.total = cursor.total and self._is_dense(access, name)

    def _coordinates(self, loops: Loops, name: str, inner: Stream) -> Stream:
        """Return those of a variable's loop at each coordinate of the loop that is entered."""
        names = loops.scope.loops
        if names.index(name) == len(loops.crds) - 1:
            return inner
        outer = self.deepen(loops, loops.crds[names.index(name) + 1], len(loops.crds) - 1)
        return self._write.repeat(outer, inner)

    def _find(self, loops: Loops, access: Access, number: int, crd: Stream, refs: Stream) -> Stream:
        """Find one coordinate in each fiber of a level.

        Each is a fiber of its own for that, under the one coordinate of a vector made for it.
        """
        root = self.deepen(loops, self._write.root(), len(loops.crds) - 1)
        alone = self._write.lookup(self._universe(1), 0, self._write.repeat(root, crd)).crd
        points = self._write.repeat(crd, alone)
        return self._write.stop_drop(
            self._write.locate(self._tensors[access], number, points, refs)
        )

    def _is_dense(self, access: Access, name: str) -> bool:
        level = self._nest.level(access, name)
        return level is not None and level.dense


def _followed(merge: Merge | None) -> list[Access]:
    """Return the accesses of a merge that are absent only where they have no coordinate."""
    match merge:
        case Walk():
            return [merge.access]
        case Intersect():
            return [access for part in merge.parts for access in _followed(part)]
        case Unite():
            parts = (part for part in merge.parts if not isinstance(part, Intersect))
            return [access for part in parts for access in _followed(part)]
        case None:
            return []
