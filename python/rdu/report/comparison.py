"""Two runs side by side: what changed, and where the difference in cycles comes from.

Entities are matched by name: sections by name and their how-manyth run it is, contexts, ports and
tiers by name, their runs added up. Rows without a change are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from rdu.report.saved import Saved
from rdu.report.table import Column, Row, Table, Value

Key = TypeVar("Key")

_SIDES = (
    Column("old", "old", "in the old run; none given if it is only in the new one"),
    Column("new", "new", "in the new run; none given if it is only in the old one"),
    Column("change", "change", "new minus old", "change"),
)
_SECTION = Column("section", "section", "its section", "text")

CHANGE = (
    *_SIDES,
    Column("ratio", "old / new", "how many times as fast the new run is", "factor"),
    Column(
        "most", "most of it", "the largest change below: on the critical path, or of a wait", "text"
    ),
    Column("old_binds", "old: what binds", "the first bottleneck of the old run", "text"),
    Column("new_binds", "new: what binds", "the first bottleneck of the new run", "text"),
)

SECTION_CHANGES = (
    Column("section", "section", "its name", "text"),
    Column("run", "run", "how many runs of it went before"),
    *_SIDES,
    Column("loaded_bytes", "bytes loaded", "change of whole bursts", "change"),
    Column("stored_bytes", "bytes stored", "change of whole bursts", "change"),
)

PATH_CHANGES = (
    _SECTION,
    Column("entity", "entity", "context, channel or memory tier", "text"),
    Column("kind", "kind", "what a context does; channel; tier", "text"),
    *_SIDES,
)

_PARTS = ("busy", "bank", "starved", "backpressured", "memory", "idle")

CONTEXT_CHANGES = (
    _SECTION,
    Column("context", "context", "unit and context", "text"),
    *_SIDES,
    Column("busy", "busy", "change of the cycles in which it fired", "change"),
    Column("bank", "bank", "change of the cycles of bank conflicts", "change"),
    Column("starved", "starved", "change of the cycles without a token", "change"),
    Column("backpressured", "back-pressured", "change of the cycles without room", "change"),
    Column("memory", "memory", "change of the cycles waiting for responses", "change"),
    Column("idle", "idle", "change of the cycles after its last firing", "change"),
)

WAIT_CHANGES = (
    _SECTION,
    Column("port", "port", "unit, context and port that was waited for", "text"),
    Column("cause", "cause", "starved or back-pressured", "text"),
    *_SIDES,
)

TIER_CHANGES = (
    Column("tier", "tier", "memory tier", "text"),
    *_SIDES,
    Column("row_misses", "row misses", "change of the bursts that opened a row", "change"),
    Column("old_share", "old share of peak", "in the old run", "percent"),
    Column("new_share", "new share of peak", "in the new run", "percent"),
)


def compare(old: Saved, new: Saved, shown: int | None) -> tuple[Table, ...]:
    """Return tables of what changed from one run to another, the largest changes first.

    Args:
        old: the report of one run.
        new: the report of the other.
        shown: how many rows of a long table print, None for all.
    """
    both = old, new
    waits = _changes(both, "waits", ("section", "port", "cause"), "cycles")
    path = _changes(both, "path", ("section", "entity", "kind"), "cycles")
    return (
        _overall(old, new, path or waits),
        Table("section_changes", "sections", SECTION_CHANGES, _section_changes(old, new), shown),
        Table("path_changes", "critical path", PATH_CHANGES, path, shown),
        Table("context_changes", "contexts", CONTEXT_CHANGES, _context_changes(both), shown),
        Table("wait_changes", "waits by port", WAIT_CHANGES, waits, shown),
        Table("tier_changes", "memory tiers, bytes", TIER_CHANGES, _tier_changes(old, new)),
    )


def _overall(old: Saved, new: Saved, largest: Sequence[Row]) -> Table:
    (before, after) = (_number(side["overall"][0]["cycles"]) for side in (old, new))
    row: Row = {
        **_sides(before, after),
        "ratio": before / after if after else None,
        "most": _most(largest[0]) if largest else None,
        "old_binds": _binds(old),
        "new_binds": _binds(new),
    }
    return Table("change", "cycles", CHANGE, (row,))


def _most(row: Row) -> str:
    what = (
        f"'{row['port']}' {row['cause']}" if "port" in row else f"{row['kind']} '{row['entity']}'"
    )
    return f"{what}: {_number(row['change']):+,} cycles"


def _binds(side: Saved) -> Value:
    return side["bottlenecks"][0]["what"] if side["bottlenecks"] else None


def _section_changes(old: Saved, new: Saved) -> tuple[Row, ...]:
    sides = [_numbered(side["sections"]) for side in (old, new)]
    rows: list[Row] = []
    for section, run in _union(sides):
        before, after = (side.get((section, run)) for side in sides)
        rows.append(
            {
                "section": section,
                "run": run,
                **_sides(_of(before, "cycles"), _of(after, "cycles")),
                **_differences(before, after, ("loaded_bytes", "stored_bytes")),
            }
        )
    return _largest(rows, lambda row: abs(_number(row["change"])))


def _context_changes(both: tuple[Saved, Saved]) -> tuple[Row, ...]:
    names = "section", "context"
    sides = [_summed(side["contexts"], names, ("lifetime", *_PARTS)) for side in both]
    rows: list[Row] = []
    for key in _union(sides):
        before, after = (side.get(key) for side in sides)
        rows.append(
            {
                **dict(zip(names, key, strict=True)),
                **_sides(_of(before, "lifetime"), _of(after, "lifetime")),
                **_differences(before, after, _PARTS),
            }
        )
    return _largest(rows, lambda row: sum(abs(_number(row[part])) for part in _PARTS))


def _tier_changes(old: Saved, new: Saved) -> tuple[Row, ...]:
    sides = [{row["tier"]: row for row in side["tiers"]} for side in (old, new)]
    rows: list[Row] = []
    for tier in _union(sides):
        before, after = (side.get(tier) for side in sides)
        moved = [
            None if row is None else _number(row["loaded_bytes"]) + _number(row["stored_bytes"])
            for row in (before, after)
        ]
        rows.append(
            {
                "tier": tier,
                **_sides(*moved),
                **_differences(before, after, ("row_misses",)),
                "old_share": _of(before, "share"),
                "new_share": _of(after, "share"),
            }
        )
    return tuple(rows)


def _changes(
    both: tuple[Saved, Saved], table: str, names: Sequence[str], number: str
) -> tuple[Row, ...]:
    """Return the changes of one number of a table; none unless both runs have it."""
    if any(table not in side for side in both):
        return ()
    sides = [_summed(side[table], names, (number,)) for side in both]
    rows: list[Row] = []
    for key in _union(sides):
        before, after = (_of(side.get(key), number) for side in sides)
        rows.append({**dict(zip(names, key, strict=True)), **_sides(before, after)})
    return _largest(rows, lambda row: abs(_number(row["change"])))


def _summed(
    rows: Sequence[Row], names: Sequence[str], numbers: Sequence[str]
) -> dict[tuple[Value, ...], dict[str, Value]]:
    """Add up the numbers of rows of the same names."""
    found: dict[tuple[Value, ...], dict[str, Value]] = {}
    for row in rows:
        total = found.setdefault(tuple(row[name] for name in names), dict.fromkeys(numbers, 0))
        for number in numbers:
            total[number] = _number(total[number]) + _number(row[number])
    return found


def _numbered(rows: Sequence[Row]) -> dict[tuple[Value, int], Row]:
    """Return the runs of sections by name and how many of that name went before."""
    found: dict[tuple[Value, int], Row] = {}
    times: dict[Value, int] = {}
    for row in rows:
        run = times[row["section"]] = times.get(row["section"], -1) + 1
        found[row["section"], run] = row
    return found


def _union(sides: Sequence[dict[Key, Row]] | Sequence[dict[Key, dict[str, Value]]]) -> list[Key]:
    """Return the keys of both sides, in the order of the old one, then of the new one."""
    return list(dict.fromkeys(key for side in sides for key in side))


def _largest(rows: Sequence[Row], size: Callable[[Row], float]) -> tuple[Row, ...]:
    """Return the rows that changed, the largest change first."""
    changed = [row for row in rows if size(row) or row["old"] is None or row["new"] is None]
    return tuple(sorted(changed, key=lambda row: -size(row)))


def _sides(old: float | None, new: float | None) -> dict[str, Value]:
    return {"old": old, "new": new, "change": (new or 0) - (old or 0)}


def _differences(old: Row | None, new: Row | None, numbers: Sequence[str]) -> dict[str, Value]:
    return {n: (_of(new, n) or 0) - (_of(old, n) or 0) for n in numbers}


def _of(row: Row | None, number: str) -> float | None:
    return None if row is None else _number(row[number])


def _number(value: Value) -> float:
    return value if isinstance(value, int | float) else 0
