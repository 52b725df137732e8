"""Meaning of upstream's structured ops: all of `linalg`, by their maps and bodies."""
