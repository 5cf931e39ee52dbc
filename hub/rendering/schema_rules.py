"""Rules of a JSON Schema as a form reads them: one shape for each value, its choices made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Final

from hub.model import Json

Rule = Mapping[str, Json]
_NULL: Final = "null"
_CHOICES: Final = ("anyOf", "oneOf")
_ABOUT: Final = ("x-label", "x-words", "x-help", "x-example")
NUMBERS: Final = frozenset({"integer", "number"})


def shape_of(rule: Rule, defs: Rule, value: Json) -> Rule:
    """
    Return the rule of this value, or of one that is missing: with `properties`, `items`, or of a scalar.

    Of a choice it is the one for a list, where the value is a list; else all fields of its objects together.
    """
    rule = _followed(rule, defs)
    branches = [branch for name in _CHOICES for branch in rule.get(name, ())]
    if not branches:
        return rule
    open_branches = list(_branches(branches, defs, value))
    lists = [one for one in open_branches if kind_of(one) == "array"]
    if isinstance(value, list) and lists:
        return {**lists[0], **about_of(rule)}
    fields = dict(rule.get("properties", {}))
    for one in open_branches:
        for name, field in one.get("properties", {}).items():
            if field.get("type") != _NULL:
                fields.setdefault(name, field)
    if not fields:
        return {**_scalar(open_branches, value), **about_of(rule)}
    return {**about_of(rule), "type": "object", "properties": fields, "required": rule.get("required", ())}


def kind_of(rule: Rule) -> str:
    """Return the type of a rule, without null."""
    named = rule.get("type", "object" if "properties" in rule else "")
    kinds = [named] if isinstance(named, str) else [kind for kind in named if kind != _NULL]
    return kinds[0] if kinds else ""


def in_order(rule: Rule) -> Sequence[tuple[str, Rule]]:
    """Return the properties of an object by `x-order`; those without one come last."""
    return sorted(rule.get("properties", {}).items(), key=lambda one: one[1].get("x-order", inf))


def allows_many(rule: Rule) -> bool:
    """Return whether the rule is of a list whose items a form can show."""
    return kind_of(rule) == "array" and isinstance(rule.get("items"), Mapping)


def _branches(branches: list[Rule], defs: Rule, value: Json) -> Iterator[Rule]:
    for branch in branches:
        yield shape_of(branch, defs, value)


def _scalar(branches: Sequence[Rule], value: Json) -> Rule:
    """Return the branch of a scalar: a day or an instant, as the value is one."""
    format_of = "date-time" if isinstance(value, str) and "T" in value else "date"
    same = (branch for branch in branches if branch.get("format") == format_of)
    return next(same, next(iter(branches), {}))


def _followed(rule: Rule, defs: Rule) -> Rule:
    while (ref := rule.get("$ref")) is not None:
        rest = {name: part for name, part in rule.items() if name != "$ref"}
        rule = {**defs.get(str(ref).rpartition("/")[2], {}), **rest}
    return rule


def about_of(rule: Rule) -> Rule:
    """Return what a form says of a field: its name, its words, its help, its example."""
    return {name: rule[name] for name in _ABOUT if name in rule}
