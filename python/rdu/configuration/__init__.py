"""The textual configuration of the fabric: its model, reader, writer and verifier."""

from rdu.configuration.model import Program
from rdu.configuration.reader import parse, read
from rdu.configuration.report import ConfigurationError
from rdu.configuration.verifier import check, verify
from rdu.configuration.writer import print_program, write

__all__ = [
    "ConfigurationError",
    "Program",
    "check",
    "parse",
    "print_program",
    "read",
    "verify",
    "write",
]
