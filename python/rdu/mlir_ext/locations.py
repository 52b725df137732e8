"""From MLIR locations to the line that the user wrote."""

from collections.abc import Iterator

from rdu.mlir_ext import ir
from rdu.support.diagnostics import SourceLocation


def source_location(location: ir.Location) -> SourceLocation | None:
    """Return the file, line and column that `location` leads to, or None if it leads to none.

    Names are looked through, a fused location answers with its first part that has a file, a call
    site with the callee. So an op that was fused from several keeps the line of the first one.
    """
    return next(file_locations(location), None)


def location_names(location: ir.Location) -> tuple[str, ...]:
    """Return the names along `location`, outermost first (for an imported op, its torch name)."""
    if isinstance(location, ir.NameLoc):
        return (location.name_str, *location_names(location.child_loc))
    if isinstance(location, ir.CallSiteLoc):
        return location_names(location.callee)
    if isinstance(location, ir.FusedLoc):
        return tuple(name for part in location.locations for name in location_names(part))
    return ()


def title_beside(operation: ir.Operation, reader: ir.Operation) -> str:
    """Return an op's name with its line and column, and its file if the reader is of another."""
    place, other = source_location(operation.location), source_location(reader.location)
    name = f"'{operation.name}'"
    if place is None:
        return name
    file = "" if other is not None and other.file == place.file else f"{place.file}:"
    return f"{name} at {file}{place.line}:{place.column}"


def fused_location(locations: list[ir.Location]) -> ir.Location:
    """Return one location for what came from several, keeping order and dropping repeats."""
    unique = list({str(location): location for location in locations}.values())
    return unique[0] if len(unique) == 1 else ir.Location.fused(unique)


def file_locations(location: ir.Location) -> Iterator[SourceLocation]:
    """Yield every file, line and column that `location` leads to, the most telling one first."""
    if isinstance(location, ir.FileLineColLoc):
        yield SourceLocation(location.filename, location.start_line, location.start_col)
    elif isinstance(location, ir.NameLoc):
        yield from file_locations(location.child_loc)
    elif isinstance(location, ir.FusedLoc):
        for part in location.locations:
            yield from file_locations(part)
    elif isinstance(location, ir.CallSiteLoc):
        yield from file_locations(location.callee)
        yield from file_locations(location.caller)
