"""Read and write YAML: plain mappings, lists and values, nothing that runs or expands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import yaml

from letup.core.collect import Collector, quoted

_DEEPEST = 20
_LIBRARY_TOO_DEEP = "maximum nesting depth"
"""In the error of PyYAML from 6.0.4 on, whose scanner looks ahead and stops 1,000 deep before it tells of the first."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Reads dates, clock times and words such as “no” as text; only true, false, null and plain numbers are more."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the name that the library reads


for _tag, _pattern, _first in (
    ("null", r"~|null|", "~n\0"),
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?(0|[1-9][0-9]{0,30})", "-+0123456789"),
    # not 12.000, which many people write for twelve thousand: it stays text, and whoever reads it as a number asks
    (
        "float",
        r"(?![-+]?[1-9][0-9]{0,2}\.[0-9]{2}0$)[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan",
        "-+.0123456789",
    ),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), [c if c != "\0" else "" for c in _first]
    )


def read_yaml(name: str, text: str, notes: Collector) -> Any:
    """Content of a YAML text as dicts, lists, texts, numbers and booleans; None with a finding if it cannot be read."""
    try:
        if not _is_plain(name, text, notes):
            return None
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                notes.add("file.empty", "holds no data", "fill it, or start from `letup new`", file=name)
                return None
            if not _check_keys(name, node, notes):
                return None
            content = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        if _LIBRARY_TOO_DEEP in problem:
            _too_deep(name, where, notes)
            return None
        notes.add(
            "yaml.syntax",
            f"cannot be read: {problem}",
            "compare the indentation and quotation marks with a file made by `letup new`",
            file=name,
            where=where,
        )
        return None
    except (ValueError, OverflowError) as error:
        notes.add("yaml.syntax", f"holds a value that cannot be read: {error}", "write it as text", file=name)
        return None
    return content


def _is_plain(name: str, text: str, notes: Collector) -> bool:
    """Look at the stream of events first: they come one by one, whatever the nesting or the aliases."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        where = f"line {event.start_mark.line + 1}" if event.start_mark else ""
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            remedy = "keep one document; remove the lines with ---"
            notes.add("yaml.shape", "holds more than one document", remedy, file=name, where=where)
            return False
        tagged = getattr(event, "tag", None) not in (None, "!")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or tagged:
            remedy = "write the value out where it is used"
            notes.add("yaml.alias", "uses an anchor, alias or tag", remedy, file=name, where=where)
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                _too_deep(name, where, notes)
                return False
        depth -= isinstance(event, yaml.CollectionEndEvent)
    return True


def _too_deep(name: str, where: str, notes: Collector) -> None:
    remedy = "compare with a file made by `letup new`"
    notes.add("yaml.deep", f"is nested more than {_DEEPEST} deep", remedy, file=name, where=where)


def _check_keys(name: str, root: yaml.Node, notes: Collector) -> bool:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                where = f"line {key.start_mark.line + 1}"
                if not isinstance(key, yaml.ScalarNode):
                    remedy = "use a plain word as key"
                    notes.add("yaml.shape", "a list or mapping is used as a key", remedy, file=name, where=where)
                    return False
                word = cast(str, key.value)
                if word in seen:
                    message = f"the key {quoted(word)} stands twice"
                    remedy = "keep one of the two entries"
                    notes.add("yaml.duplicate_key", message, remedy, file=name, where=where)
                seen.add(word)
                key.tag = "tag:yaml.org,2002:str"  # a source named 2023 is a name, not a number
                waiting.append(value)
    return True


def write_yaml(path: Path, content: Any) -> None:
    """Write mappings, lists and plain values, keys in their order."""
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110), "utf-8")
