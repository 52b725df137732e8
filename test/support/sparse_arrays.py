"""Arrays of ugly sparsity, and formats to store them in, for hypothesis."""

import numpy as np
from hypothesis import strategies as st

from rdu.semantics.fibertree import Coordinates, Format

KINDS = ("dense", "compressed", "bitvector")


@st.composite
def sparse_arrays(draw, least=1, most=5, longest=5, dtype=np.float32):
    """Draw an array: nothing, one element, scattered ones, an empty or a full row, all of them."""
    shape = tuple(draw(st.lists(st.integers(1, longest), min_size=least, max_size=most)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    array = np.zeros(shape, dtype)
    full = rng.integers(1, 100, shape).astype(dtype) * rng.choice([-1, 1], shape).astype(dtype)
    match draw(st.sampled_from(["none", "one", "scattered", "empty row", "full row", "full"])):
        case "one":
            point = tuple(rng.integers(0, shape))
            array[point] = full[point]
        case "scattered":
            array = np.where(rng.random(shape) < 0.3, full, array)
        case "empty row":
            array = full
            array[rng.integers(0, shape[0])] = 0
        case "full row":
            row = rng.integers(0, shape[0])
            array[row] = full[row]
        case "full":
            array = full
        case _:
            pass
    return array


@st.composite
def point_lists(draw, least=1, most=5, longest=5, dtype=np.float32):
    """Draw points out of order, some more than once, some with the value zero."""
    shape = tuple(draw(st.lists(st.integers(1, longest), min_size=least, max_size=most)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(0, 20))
    columns = [rng.integers(0, extent, count) for extent in shape]
    return Coordinates.of(shape, columns, rng.integers(-3, 4, count).astype(dtype))


@st.composite
def formats(draw, rank):
    """Draw a format of a rank: any order, some dimensions blocked, compressed points at times."""
    order = draw(st.permutations(range(rank)))
    if rank > 1 and draw(st.booleans()):
        first = draw(st.integers(0, rank - 2))
        outer = [draw(st.sampled_from(KINDS)) for _ in range(first)]
        points = ["compressed"] + ["singleton"] * (rank - 1 - first)
        return Format.of(outer + points, order)
    levels = [draw(st.sampled_from(KINDS)) for _ in order]
    places = list(order)
    for dimension in draw(st.lists(st.sampled_from(order), max_size=2)):
        above = places.index(dimension) + 1
        place = draw(st.integers(above, len(places)))
        places.insert(place, dimension)
        levels.insert(place, f"blocked:{draw(st.integers(1, 3))}")
    return Format.of(levels, places)
