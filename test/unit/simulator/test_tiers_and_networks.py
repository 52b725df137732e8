"""Several tiers in one section, channels of the dynamic network, channels that discard."""

from __future__ import annotations

from traced import run

COPY = """
ag a AT_A {
  context load {
    count i 0..32 par 32
    out x : vector i32 @i
    load x[i] -> x
  }
}
ag b AT_B {
  context store {
    count i 0..32 par 32
    in x : vector i32 @i
    store y[i] <- x
  }
}
net vector a.load.x -> b.store.x capacity 2 WAY
"""


def test_each_context_uses_the_tier_of_its_tensor() -> None:
    """A copy of 128 bytes from sram to ddr, bursts of 64 bytes in both.

    sram: a channel of 64 bytes a cycle, latency 4: the load answers at 2 + 4 and the data arrives
    at 7. ddr: a channel of 16 bytes a cycle, latency 50: the store answers at 7 + 8 + 50.
    """
    overrides = {
        f"{tier}.{key}": value
        for tier, rate, latency in (("sram", 64, 4), ("ddr", 16, 50))
        for key, value in (
            ("channels", 1),
            ("burst_bytes", 64),
            ("bytes_per_cycle", rate),
            ("latency", latency),
        )
    }
    tensors = "x : i32[32] input tier sram\n y : i32[32] output tier ddr"
    body = COPY.replace("AT_A ", "").replace("AT_B ", "").replace("WAY", "")
    ran = run(body, tensors, {"x": range(32)}, overrides, machine="lab")
    assert ran.tensors["y"].tolist() == list(range(32))
    assert [time for time, _ in ran.pushes["a.load.x"]] == [6]
    assert ran.result.cycles == 7 + 8 + 50
    assert [(t.name, t.loaded_bytes, t.stored_bytes) for t in ran.result.tiers] == [
        ("sram", 128, 0),
        ("ddr", 0, 128),
    ]


def test_a_dynamic_channel_takes_a_packet_a_token() -> None:
    """From (0, -1) to (4, 4): four links along the row, four down, each one hop of one cycle.

    The token leaves at 6, is in the first router at 7 and arrives with its last hop at 15.
    """
    overrides = {
        "sram.channels": 1,
        "sram.burst_bytes": 64,
        "sram.bytes_per_cycle": 64,
        "sram.latency": 4,
        "network.hop_latency": 1,
    }
    tensors = "x : i32[32] input tier sram\n y : i32[32] output tier sram"
    body = COPY.replace("AT_A", "at (0, -1)").replace("AT_B", "at (4, 4)")
    ran = run(body.replace("WAY", "dynamic vc 1"), tensors, None, overrides, machine="lab")
    assert [time for time, _ in ran.pushes["a.load.x"]] == [6]
    hops = len(ran.result.links)
    assert ran.context("b.store").starved == {"x": 6 + 1 + hops}
    assert all((link.packets, link.waited) == (1, 0) for link in ran.result.links)
