"""Makers of documentation pages, each run as `python -m tools.pages.<name>`."""
