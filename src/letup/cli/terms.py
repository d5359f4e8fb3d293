"""letup terms: the agreement as a term sheet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def terms(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Folder that letup plan wrote.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write to; the plan's own if absent.")] = None,
    *,
    lang: Annotated[list[str] | None, typer.Option(help="en or ar; both if absent. May be repeated.")] = None,
    package: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is on the table: CSV with columns issue and value.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="ISSUE=VALUE", help="The same, one issue; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
) -> None:
    """Write the terms of a plan in plain words, to be negotiated and signed: HTML that prints, and Markdown.

    Issues that neither the plan nor a package settles stand as open.
    """
    from letup.cli.support import on_the_table
    from letup.core.errors import LetupError
    from letup.report.terms import LANGUAGES, phrases, sheet, write_terms
    from letup.support import offers
    from letup.support.negotiation import negotiation_of, require_consistent, support_of
    from letup.support.plan_terms import package_of

    languages = lang or list(LANGUAGES)
    for language in languages:
        phrases(language)
    if not (plan / "plan.json").is_file():
        message = f"{plan} holds no plan"
        raise LetupError(
            "terms.plan", message, "Give the folder that `letup plan` wrote; plan one point of a frontier."
        )
    (offer,), scenario = offers.read(plan)
    known = support_of(scenario)
    proposed = on_the_table(known, package, set_ or [])
    negotiation = negotiation_of(known, proposed)
    read_off = package_of(offer, known)
    require_consistent(proposed, [read_off])
    settled = {**proposed, **read_off}
    files: list[Path] = []
    missing: dict[str, list[str]] = {}
    try:
        for language in languages:
            files += write_terms(offer, negotiation, settled, out or plan, lang=language, plan=plan)
            missing[language] = list(sheet(offer, negotiation, settled, language).untranslated)
    except OSError as error:
        raise LetupError(
            "terms.folder", f"{out or plan}: {error.strerror or error}", "Choose another folder."
        ) from error
    still = [issue.id for issue in known.issues if issue.id not in settled]
    if as_json:
        import json

        document = {
            "package": settled,
            "open": still,
            "untranslated": {language: words for language, words in missing.items() if language != "en"},
            "files": [str(path) for path in files],
        }
        print(json.dumps(document, ensure_ascii=False))
        return
    print("Written, as drafts to be negotiated:")
    for path in files:
        print(f"  {path}")
    if still:
        print(f"Open: {', '.join(still)}. Settle them with --package or --set ISSUE=VALUE.")
    for language, words in missing.items():
        if language != "en" and words:
            print(
                f"Not translated into {language} in the scenario, and left in English: {'; '.join(words)}",
                file=sys.stderr,
            )
    if "ar" in languages:
        print("The Arabic has to be read by a native speaker before it is used.")
