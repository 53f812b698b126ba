"""The few statements that are asked many times a second: written by hand, prepared by the server, read as tuples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import connection, models

Model = TypeVar("Model", bound=models.Model)


def rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.prepared() as cursor:  # type: ignore[attr-defined]  # of our own backend, tagging/postgres
        cursor.execute(statement, values)
        return cursor.fetchall()


def row(statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first one."""
    return next(iter(rows(statement, values)), None)


def columns(model: type[models.Model], table: str) -> str:
    """What `instance` wants to read, as a list for SELECT or RETURNING."""
    return ", ".join(f"{table}.{field.column}" for field in model._meta.concrete_fields)


def width(model: type[models.Model]) -> int:
    """How many columns that are."""
    return len(model._meta.concrete_fields)


def instance(model: type[Model], values: Sequence[Any]) -> Model:
    """A row of a model's own columns as the model."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(connection.alias, names, values)
