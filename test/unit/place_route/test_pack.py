"""Packing: connected units share one physical unit, within what fits, and nothing is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.place_route import Net, Netlist, NetUnit, pack

PLENTY = {"pcu": 100, "pmu": 100, "ag": 100}


def netlist(kinds, *nets):
    """Units named after their kinds and numbers; each net is a text such as `p0 m0 m1`."""
    units = tuple(NetUnit(name, kind) for name, kind in kinds.items())
    made = []
    for number, net in enumerate(nets):
        source, *sinks = net.split()
        made.append(Net(f"n{number}", "scalar", source, tuple(sinks)))
    return Netlist(units, tuple(made))


def at_most(size):
    return lambda names: len(names) <= size


def test_what_a_net_joins_is_together():
    line = netlist(dict.fromkeys("abcd", "pcu"), "a b", "c d")
    assert pack(line, at_most(4), PLENTY) == [["a", "b"], ["c", "d"]]


def test_the_strongest_bond_wins_where_not_all_fit():
    star = netlist(dict.fromkeys("abc", "pcu"), "a b", "a c", "a c")
    assert pack(star, at_most(2), PLENTY) == [["a", "c"], ["b"]]


def test_a_net_of_many_ends_draws_less():
    fan = netlist(dict.fromkeys("abcd", "pcu"), "a b c d", "a d")
    assert pack(fan, at_most(2), PLENTY) == [["a", "d"], ["b", "c"]]


def test_units_of_one_kind_meet_at_a_common_neighbour():
    kinds = {"a": "ag", "b": "ag", "c": "ag", "m": "pmu", "n": "pmu"}
    loads = netlist(kinds, "a m", "b m", "c n")
    assert pack(loads, at_most(4), PLENTY) == [["a", "b"], ["c"], ["m"], ["n"]]


def test_loads_follow_memories_that_are_together():
    kinds = {"a": "ag", "b": "ag", "m": "pmu", "n": "pmu"}
    loads = netlist(kinds, "a m", "b n", "m n")
    assert pack(loads, at_most(4), PLENTY) == [["a", "b"], ["m", "n"]]


def test_units_with_nothing_in_common_share_one_only_where_there_are_too_few():
    apart = netlist(dict.fromkeys("abcde", "pcu"), "a b")
    assert pack(apart, at_most(2), {**PLENTY, "pcu": 4}) == [["a", "b"], ["c"], ["d"], ["e"]]
    few = pack(apart, at_most(2), {**PLENTY, "pcu": 3})
    assert len(few) == 3
    assert ["a", "b"] in few
    assert len(pack(apart, at_most(2), {**PLENTY, "pcu": 1})) == 3, "no more fit together"


@st.composite
def netlists(draw):
    kinds = {f"u{n}": kind for n, kind in enumerate(draw(st.lists(st.sampled_from(list(PLENTY)))))}
    names = list(kinds)
    nets = st.lists(st.sampled_from(names), min_size=2, max_size=4).map(" ".join)
    return netlist(kinds, *draw(st.lists(nets, max_size=12))) if names else netlist({})


@settings(max_examples=100, deadline=None, derandomize=True)
@given(netlists(), st.integers(1, 4), st.integers(1, 6), st.data())
def test_groups_are_of_one_kind_fit_and_hold_every_unit_once(made, most, slots, data):
    sizes = {unit.name: data.draw(st.integers(1, 3)) for unit in made.units}
    kinds = {unit.name: unit.kind for unit in made.units}

    def fits(names):
        return sum(sizes[name] for name in names) <= most

    groups = pack(made, fits, dict.fromkeys(PLENTY, slots))
    assert sorted(name for group in groups for name in group) == sorted(kinds)
    for group in groups:
        assert len({kinds[name] for name in group}) == 1
        assert len(group) == 1 or fits(group)
    assert groups == pack(made, fits, dict.fromkeys(PLENTY, slots))
