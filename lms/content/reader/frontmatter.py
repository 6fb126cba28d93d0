"""Front matter: YAML read as plain strings with their places, so that all errors are reported at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from lms.content.model.report import Report, did_you_mean
from lms.content.reader.shapes import BENDING

Shape = TypeVar("Shape", bound=BaseModel)
MAX_DEPTH = 12
Place = tuple[int, int]
Path = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = yaml.resolver.Resolver()
_CUT = re.compile(r"\s#\S")
# What no page can hold, or turns the reading direction; as itself in the text, it's named with the other hidden ones.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]")


@dataclass
class Tree:
    """Front matter as nested dicts, lists and strings, with the place of each and the scalars that YAML would bend."""

    value: dict[str, Any]
    places: dict[Path, Place] = field(default_factory=dict)
    bent: dict[Path, str] = field(default_factory=dict)


class _Refused(Exception):
    """An anchor, alias, tag or depth that no front matter needs."""


def split(text: str) -> tuple[str | None, str, int]:
    """Front matter, body and the line on which the body begins; None when the text has no front matter."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None, text, 1
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    return None, text, 1


def load(source: str, report: Report) -> Tree | None:
    """Reads the YAML between the hyphens, which begins on line 2; None, with a finding, when it cannot be read."""
    tree = Tree({})
    try:
        events = iter(yaml.parse(source, Loader=_LOADER))
        value = _read(events, next(events), (), tree, report)
        _refuse_more(events)
    except _Refused as trouble:
        report.add("YAML_REFUSED", trouble.args[1], trouble.args[0])
        return None
    except yaml.MarkedYAMLError as trouble:
        mark = trouble.problem_mark or trouble.context_mark
        report.add(
            "YAML_BROKEN",
            mark.line + 2 if mark else 2,
            f"We can’t read the front matter here: {trouble.problem}.",
            column=mark.column + 1 if mark else 1,
        )
        return None
    except yaml.YAMLError:
        report.add("YAML_BROKEN", 2, "The front matter contains a character that YAML doesn’t allow.")
        return None
    if value in ("", None):
        return tree
    if not isinstance(value, dict):
        report.add("YAML_BROKEN", 2, "The front matter isn’t a list of keys and values.")
        return None
    tree.value = value
    return tree


def _refuse_more(events: Any) -> None:
    """Refuse a second document, which begins after three dots or hyphens and would be left unread."""
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            line = event.start_mark.line + 2 if event.start_mark else 2
            raise _Refused("The front matter ends here, but more keys follow.", line)


def _read(events: Any, event: Any, path: Path, tree: Tree, report: Report) -> Any:
    """One value and what it holds, from the events of the parser, which never expand anything."""
    while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
        event = next(events)
    if isinstance(event, yaml.StreamEndEvent):
        return None
    line = event.start_mark.line + 2
    tree.places.setdefault(path, _place(event.start_mark))
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _Refused("The front matter uses an anchor or an alias.", line)
    if getattr(event, "tag", None):
        raise _Refused("The front matter uses a tag (a word that starts with “!”).", line)
    if len(path) > MAX_DEPTH:
        raise _Refused("The front matter is nested too deeply.", line)
    if isinstance(event, yaml.MappingStartEvent):
        return _read_mapping(events, path, tree, report)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_read(events, event, (*path, len(items)), tree, report))
        return items
    return _read_scalar(event, path, tree, report)


def _read_mapping(events: Any, path: Path, tree: Tree, report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused("A key in the front matter isn’t a plain word.", event.start_mark.line + 2)
        key, place = event.value, _place(event.start_mark)
        if key in found:
            report.add("DUPLICATE_KEY", place[0], f"The key “{key}” appears twice.", column=place[1])
        tree.places[*path, key] = place
        found[key] = _read(events, next(events), (*path, key), tree, report)
    return found


def _place(mark: Any) -> Place:
    """Line and column in the file, whose first line is the hyphens."""
    return mark.line + 2, mark.column + 1


def _read_scalar(event: Any, path: Path, tree: Tree, report: Report) -> str:
    """The scalar as it is written; notes it when plain YAML would make it a number, a date, a yes or nothing."""
    if event.style not in (None, ""):
        _look_for_escaped(event, report)
        return str(event.value)
    tag = _RESOLVER.resolve(yaml.ScalarNode, event.value, (True, False))
    if event.value and tag != "tag:yaml.org,2002:str":
        tree.bent[path] = event.value
    line = event.end_mark.line + 2
    rest = report.lines[line - 1][event.end_mark.column :] if line <= len(report.lines) else ""
    if _CUT.match(rest) or (not event.value and _CUT.search(rest)):
        report.add("TEXT_CUT_SHORT", line, "YAML ignores everything after “#”.", column=event.end_mark.column + 1)
    return str(event.value)


def _look_for_escaped(event: Any, report: Report) -> None:
    """Report a control character that quotes bring in by an escape, such as backslash x07."""
    found, line = _CONTROL.search(event.value), event.start_mark.line + 2
    if found and found.group() not in "\n".join(report.lines[line - 1 : event.end_mark.line + 2]):
        report.add(
            "HIDDEN_SPACE",
            line,
            f"A backslash in this text makes a hidden control character (U+{ord(found.group()):04X}).",
            fix="Delete the backslash and what belongs to it.",
            column=event.start_mark.column + 1,
        )


def read(source: str | None, shape: type[Shape], report: Report, lost: str) -> Shape | None:
    """The front matter in its shape; None, with every problem reported at its line, when it does not fit.

    Then one more error says what is `lost`, so that nothing goes missing behind a warning.
    """
    found = _fit(source, shape, report)
    if found is None:
        report.add("NOT_READ", message=f"Until we can read this file, the course lacks {lost}.")
    return found


def _fit(source: str | None, shape: type[Shape], report: Report) -> Shape | None:
    if source is None:
        report.add("NO_FRONT_MATTER")
        return None
    tree = load(source, report)
    if tree is None:
        return None
    try:
        fitted = shape.model_validate(tree.value, context={"bent": tree.bent})
    except ValidationError as trouble:
        for error in trouble.errors(include_url=False, include_input=True):
            _tell(dict(error), tree, shape, report)
        return None
    finally:
        _tell_bent(tree, shape, report)
    return fitted


def _tell(error: dict[str, Any], tree: Tree, shape: type[BaseModel], report: Report) -> None:
    """Reports one validation error in plain words, at the nearest known place."""
    path: Path = error["loc"]
    while path and path not in tree.places:
        path = path[:-1]
    line, column = tree.places.get(path, (1, 1))
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        if error["loc"][-1] == "content_notes":
            report.add("MISSING_CONTENT_NOTES", line)
        else:
            report.add("MISSING_KEY", line, f"The key “{name}” is missing.", column=column)
    elif error["type"] == "extra_forbidden":
        _tell_unknown(error, tree, shape, report, (line, column))
    elif error["type"].isupper():
        report.add(error["type"], line, f"{name}: {error['msg']}", column=column)
    else:
        report.add("BAD_VALUE", line, f"{name}: the key needs another form than this.", column=column)


def _tell_unknown(error: dict[str, Any], tree: Tree, shape: type[BaseModel], report: Report, place: Place) -> None:
    key = str(error["loc"][-1])
    if " " in key and error["input"] == "":
        report.add(
            "TEXT_CUT_SHORT",
            place[0],
            f"A comma inside braces ends the text before “{key}”.",
            column=place[1],
        )
        return
    known = known_keys(shape, error["loc"][:-1])
    report.add(
        "UNKNOWN_KEY", place[0], f"The key “{key}” isn’t allowed here.{did_you_mean(key, known)}", column=place[1]
    )


def known_keys(shape: type[BaseModel], path: Path) -> list[str]:
    """The keys that may stand at that path of a shape."""
    for part in path:
        if isinstance(part, int):
            continue
        named = next((info for name, info in shape.model_fields.items() if part in (name, info.alias)), None)
        inner = _shape_in(named.annotation) if named else None
        if inner is None:
            return []
        shape = inner
    return [info.alias or name for name, info in shape.model_fields.items()]


def _shape_in(annotation: Any) -> Any:
    if hasattr(annotation, "model_fields"):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _shape_in(part)) is not None), None)


def _tell_bent(tree: Tree, shape: type[BaseModel], report: Report) -> None:
    """Asks for quotes round what YAML bends, except where a yes, a number or a day is what the key holds."""
    for path, value in tree.bent.items():
        names = [part for part in path if isinstance(part, str)]
        if names and names[-1] in BENDING:
            continue
        line, column = tree.places[path]
        report.add(
            "PUT_IN_QUOTES",
            line,
            f"Without quotes, YAML doesn’t read “{value}” as text.",
            column=column,
            fix=f'Write "{value}" with quotes.',
        )
