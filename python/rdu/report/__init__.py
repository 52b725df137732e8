"""Reports of runs: what was reached, what was used, and where the time went."""

from rdu.report.report import Report, make_report

__all__ = ["Report", "make_report"]
