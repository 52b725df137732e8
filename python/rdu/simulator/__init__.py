"""The fabric simulator: runs a configuration, functionally and in cycles."""

from rdu.simulator.simulate import EngineName, RunResult, simulate

__all__ = ["EngineName", "RunResult", "simulate"]
