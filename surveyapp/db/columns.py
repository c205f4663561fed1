"""The declarative base, and the kinds of column that mean the same on both engines."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, String, Text, TypeDecorator, Uuid
from sqlalchemy.orm import DeclarativeBase


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumText(TypeDecorator[StrEnum]):
    """A column that holds the value of one member of `members`; `within` is its constraint."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members
        self._named = {member.value: member for member in members}

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._named[value]


def within(column: str, members: type[StrEnum]) -> str:
    """The condition that a column holds a value of the enum, in the order of its members."""
    return f"{column} in ({','.join(repr(member.value) for member in members)})"


class Document(TypeDecorator[Mapping[str, Any]]):
    """A JSON object that is read with almost every request and changed once a year.

    Each text is parsed once per process and shared, so no object in it can be changed in place:
    assign a new one.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(value, default=dict, ensure_ascii=False, sort_keys=True)

    def process_result_value(
        self, value: str | None, _dialect: Dialect
    ) -> Mapping[str, Any] | None:
        return None if value is None else _document(value)


@lru_cache(maxsize=16)
def _document(text: str) -> Mapping[str, Any]:
    parsed: Mapping[str, Any] = json.loads(text, object_hook=MappingProxyType)
    return parsed


def thawed(value: Any) -> Any:
    """A part of a `Document` as dictionaries and lists that may be changed."""
    if isinstance(value, Mapping):
        return {name: thawed(one) for name, one in value.items()}
    return [thawed(one) for one in value] if isinstance(value, list) else value


class Base(DeclarativeBase):
    """Every table of the survey."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it as a plain class attribute
        datetime: Moment(),
        uuid.UUID: Uuid(),
        bytes: LargeBinary(),
    }
