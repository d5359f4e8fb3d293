"""Write a plan as a report, a frontier and an assessment as pages, that open offline."""

from letup.report.assessment import write_assessment_html
from letup.report.frontier import write_frontier_html
from letup.report.plan import write, write_html

__all__ = ["write", "write_assessment_html", "write_frontier_html", "write_html"]
