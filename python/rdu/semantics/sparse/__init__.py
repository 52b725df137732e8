"""What stream primitives do to whole streams: the rules on which every engine has to agree.

Streams are lists of tokens (`rdu.semantics.tokens`) that end with `DONE`; in text
`0 2 S0 S0 3 S1 D` is two deep. The rules follow the Sparse Abstract Machine (Hsu et al., ASPLOS
2023) and say what it leaves open:

* **Empty fibers count.** A fiber without payloads is a stop, and every primitive keeps it, but
  those whose purpose is to drop it.
* **A stop does not tell how many fibers it ends.** `S1 D` is an empty tensor or a tensor with one
  empty row. A primitive for which that matters reads the level above too: a reduction, the
  accumulators, drops, writers. So an empty tensor reduces to no value, not to a zero.
* **`N`, absence.** A reference `N` names no fiber; what is looked up under it is a lone `N`, an
  absent fiber. Intersected with anything that is absent; in a union it adds nothing. A value `N`
  is a zero. A coordinate `N` is not written, nor its value.
* **Order.** Coordinates of a fiber rise. Sums go from left to right, from the identity.

Streams that should align but do not raise ValueError. Docstrings count tokens: p(x) payloads with
`N`, s(x) stops, and one `D`, so that x has p(x) + s(x) + 1 of them. Unless they say otherwise, an
output has the stops of the input that it is as deep as.
"""

from rdu.semantics.sparse.accumulate import accumulate
from rdu.semantics.sparse.arrays import (
    as_coordinates,
    combine,
    load,
    store,
    write_fibers,
    write_values,
)
from rdu.semantics.sparse.bits import (
    build_bits,
    chunk_bits,
    drop_bits,
    expand_bits,
    intersect_bits,
    unite_bits,
)
from rdu.semantics.sparse.drop import (
    drop_coordinates,
    drop_empty_fibers,
    drop_stops,
    drop_values,
    mask,
)
from rdu.semantics.sparse.fibers import Tokens
from rdu.semantics.sparse.fold import reduce, repeat
from rdu.semantics.sparse.join import answers, intersect, leap, unite
from rdu.semantics.sparse.parallel import fork, join
from rdu.semantics.sparse.scan import locate, lookup, number, root
from rdu.semantics.sparse.shape import concatenate, flatten, split
from rdu.semantics.sparse.sort import in_order, sort

__all__ = [
    "Tokens",
    "accumulate",
    "answers",
    "as_coordinates",
    "build_bits",
    "chunk_bits",
    "combine",
    "concatenate",
    "drop_bits",
    "drop_coordinates",
    "drop_empty_fibers",
    "drop_stops",
    "drop_values",
    "expand_bits",
    "flatten",
    "fork",
    "in_order",
    "intersect",
    "intersect_bits",
    "join",
    "leap",
    "load",
    "locate",
    "lookup",
    "mask",
    "number",
    "reduce",
    "repeat",
    "root",
    "sort",
    "split",
    "store",
    "unite",
    "unite_bits",
    "write_fibers",
    "write_values",
]
