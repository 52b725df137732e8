"""Passes at the pattern level."""
