"""Write a plan as a report, and a frontier as a page, that open offline."""

from letup.report.frontier import write_frontier_html
from letup.report.page import write_html

__all__ = ["write_frontier_html", "write_html"]
