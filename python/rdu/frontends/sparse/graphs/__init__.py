"""Graphs of stream primitives as other tools write them, to and from modules of the `sam` dialect.

SAM's dot files, and the `tortilla` protobuf messages of Comal and FuseFlow. Both name tensors,
formats and primitives, but no shapes: these have to be given unless the file is one of ours.
"""

from rdu.frontends.sparse.graphs.files import (
    dot_formats,
    read_dot,
    read_tortilla,
    write_dot,
    write_tortilla,
)

__all__ = ["dot_formats", "read_dot", "read_tortilla", "write_dot", "write_tortilla"]
