"""Uniqueness over what would stand afterwards: one query a rule, so that two rows may swap their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import UniqueConstraint

from portal.spreadsheets import Row

if TYPE_CHECKING:
    from portal.imports.resources import TableResource


def rules_of(model: type[Any]) -> list[tuple[tuple[str, ...], str]]:
    """The field names that must be unique together, with the sentence for when they are not."""
    usual = "同じ内容の行が、すでに登録されています。"
    rules: list[tuple[tuple[str, ...], str]] = [
        ((field.name,), usual) for field in model._meta.fields if field.unique and not field.primary_key
    ]
    rules += [(tuple(names), usual) for names in model._meta.unique_together]
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields and not constraint.condition:
            own = constraint.violation_error_message
            worded = own != UniqueConstraint.default_violation_error_message
            rules.append((tuple(constraint.fields), str(own) if worded else usual))
    return rules


def doubles(resource: TableResource) -> Iterator[tuple[Row, str, str]]:
    """Rows to be written that would equal another one afterwards: row, column to name, sentence."""
    if not resource.touched:
        return
    model = resource._meta.model
    for names, sentence in rules_of(model):
        column = next((name for name in reversed(names) if name in resource.by_name), None)
        if column is None:
            continue
        attributes = [model._meta.get_field(name).attname for name in names]
        after: dict[Any, tuple[Any, ...]] = {
            pk: tuple(values) for pk, *values in model._default_manager.values_list("pk", *attributes)
        }
        for n, (_, instance) in enumerate(resource.touched):
            after[_key(n, instance)] = tuple(getattr(instance, name) for name in attributes)
        yield from _equal(resource, after, column, sentence)


def _key(n: int, instance: Any) -> Any:
    return ("new", n) if instance._state.adding else instance.pk


def _equal(
    resource: TableResource, after: dict[Any, tuple[Any, ...]], column: str, sentence: str
) -> Iterator[tuple[Row, str, str]]:
    holders: dict[tuple[Any, ...], int] = {}
    for values in after.values():
        holders[values] = holders.get(values, 0) + 1
    for n, (row, instance) in enumerate(resource.touched):
        values = after[_key(n, instance)]
        if None not in values and holders[values] > 1:
            yield row, column, f"は登録できません。{sentence}"
