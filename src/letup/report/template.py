"""Fill in the pages: what all of them begin with stands here and in ``page/base.html.j2``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from letup import __version__
from letup.core import wording
from letup.scenario.disclosure import shared_scenario
from letup.scenario.model import Scenario

STILL = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""Content security policy of a page without scripts: nothing from outside, nothing that runs."""


def page(name: str, scenario: Scenario, **parts: Any) -> str:
    """A page as text: HTML with everything it needs inside.

    Parameters
    ----------
    name : str
        Template, such as ``page/report.html.j2``.
    scenario : Scenario
        The scenario that the page is about: its title, as-of date and span.
    **parts
        What else the template asks for; ``policy`` if the page has scripts.
    """
    scenario = shared_scenario(scenario)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, loader=FunctionLoader(page_text)
    )
    clock = scenario.clock
    common: dict[str, Any] = {
        "title": scenario.title,
        "as_of": wording.moment(scenario.as_of.astimezone(scenario.local), year=True),
        "as_of_iso": scenario.as_of.isoformat(),
        "span": f"{wording.moment(clock.at(0), year=True)} to {wording.moment(clock.at(clock.steps), year=True)}",
        "timezone": scenario.timezone,
        "step_minutes": scenario.step_minutes,
        "policy": STILL,
        "css": Markup(page_text("page/report.css")),
        "version": __version__,
    }
    return environment.get_template(name).render(common | parts)


@cache
def page_text(name: str) -> str:
    """A file of the page as text."""
    return files("letup.report").joinpath(name).read_text(encoding="utf-8")
