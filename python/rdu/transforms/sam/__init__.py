"""Passes from `sam` to `sam`."""
