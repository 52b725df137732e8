"""Passes on the rdu level: onto the units of a machine, then onto its grid and its switches."""
