"""Passes on the `spatial` dialect, one a file."""
