"""Write a plan as a report that opens offline."""

from letup.report.page import write_html

__all__ = ["write_html"]
