"""Runs IR of any level on NumPy values: the meaning against which passes are tested."""

from rdu.interpreter.run import run

__all__ = ["run"]
