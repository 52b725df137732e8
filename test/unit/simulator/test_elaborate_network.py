"""The dynamic network of a section: only the links of its routes, numbered by their places."""

from dataclasses import replace

from rdu.configuration.model import Compute, Context, Endpoint, Net, Section, Sink, Unit
from rdu.simulator.elaboration.network import elaborate_network
from rdu.targets import Place, load_machine

LAB = load_machine("lab")


def unit(name: str, place: Place) -> Unit:
    """Return a unit at a place."""
    return Unit("pcu", name, place, (), (Context("main", (), (), (), Compute((), ())),))


def end(name: str) -> Endpoint:
    """Return a port of a unit."""
    return Endpoint(name, "main", "x")


def net(name: str, source: str, *sinks: Sink) -> Net:
    """Return a net of vectors."""
    return Net(name, "vector", end(source), sinks)


SECTION = Section(
    "main",
    (),
    (unit("a", (0, 0)), unit("b", (1, 1)), unit("c", (0, 2))),
    (
        net("ac", "a", Sink(end("c"), 2, virtual_channel=1), Sink(end("b"), 2, virtual_channel=0)),
        net("ba", "b", Sink(end("a"), 2)),
    ),
)


def test_links_are_those_of_dynamic_channels() -> None:
    network, ways = elaborate_network(SECTION, LAB)
    assert network.links == ("(0,0)-(0,1)", "(0,1)-(0,2)", "(0,1)-(1,1)")
    assert (network.hop_latency, network.virtual_channels, network.buffers) == (1, 2, 4)
    assert ways == {end("c"): (0, 1), end("b"): (0, 2)}


def test_the_order_of_the_text_does_not_matter() -> None:
    turned = replace(SECTION, nets=SECTION.nets[::-1], units=SECTION.units[::-1])
    assert elaborate_network(turned, LAB) == elaborate_network(SECTION, LAB)


def test_without_dynamic_channels_there_are_no_links() -> None:
    plain = replace(SECTION, nets=SECTION.nets[1:])
    assert elaborate_network(plain, LAB)[0].links == ()
