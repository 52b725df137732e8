"""Elaboration of the dynamic network: the links that a section's packets take, as numbers."""

from __future__ import annotations

from collections.abc import Mapping

from rdu.configuration.model import Endpoint, Section
from rdu.simulator.specification import NetworkSpec
from rdu.targets import Machine, Place
from rdu.targets.routes import link_name, packet_route


def elaborate_network(
    section: Section, machine: Machine
) -> tuple[NetworkSpec, Mapping[Endpoint, tuple[int, ...]]]:
    """Return the network, and the links by number on the way to each dynamic channel's consumer.

    Only links that a route takes are there, numbered by place, whatever the order of the text.
    """
    places: dict[str, Place] = {u.name: u.place for u in section.units if u.place is not None}
    routes = {
        sink.to: packet_route(machine, places[net.source.unit], places[sink.to.unit])
        for net in section.nets
        for sink in net.sinks
        if sink.virtual_channel is not None
    }
    links = sorted({link for route in routes.values() for link in route})
    numbers = {link: number for number, link in enumerate(links)}
    network = NetworkSpec(
        links=tuple(map(link_name, links)),
        hop_latency=machine.network.hop_latency,
        virtual_channels=machine.network.virtual_channels,
        buffers=machine.network.vc_buffers,
    )
    ways = {to: tuple(numbers[link] for link in route) for to, route in routes.items()}
    return network, ways
