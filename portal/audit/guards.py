"""Triggers that refuse to change what is only ever appended, on both databases; migrations call them.

A change is let through only while a permit stands in the same transaction: the purge by retention, and
the emptying of all tables between tests. A permit cannot be committed: its row points to a second row
that cannot exist, and the database looks for it at the commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from portal.models import AuditCheckpoint, AuditEntry, AuditHead, StatusChange, Submission

PERMIT = "portal_auditpermit"
_NO_PERMIT = f"NOT EXISTS (SELECT 1 FROM {PERMIT})"  # noqa: S608  no value of anybody's
_ACTS = ("update", "delete")

_PERMIT_TABLE = f"""
CREATE TABLE {PERMIT} (
    id integer PRIMARY KEY CHECK (id = 1),
    never integer NOT NULL CHECK (never = 2) REFERENCES {PERMIT} (id) DEFERRABLE INITIALLY DEFERRED
)"""

_REFUSE = f"""
CREATE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM {PERMIT}) THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        IF TG_OP = 'TRUNCATE' THEN RETURN NULL; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$"""  # noqa: S608  no value of anybody's

_FORWARD = f"""
CREATE FUNCTION portal_only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> OLD.seq + 1 AND {_NO_PERMIT} THEN
        RAISE EXCEPTION '% moves forward only', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$"""


def immutable_tables() -> list[str]:
    """The tables that must be protected: the trail, its checkpoints, histories and submissions."""
    kept = (AuditEntry, AuditCheckpoint)
    models = [m for m in apps.get_models() if m in kept or issubclass(m, StatusChange | Submission)]
    return sorted(model._meta.db_table for model in models)


def prepare(schema_editor: Any) -> None:
    """What all triggers need: the table of permits and, on PostgreSQL, their functions."""
    schema_editor.execute(_PERMIT_TABLE)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_REFUSE, params=None)
        schema_editor.execute(_FORWARD, params=None)


def unprepare(schema_editor: Any) -> None:
    """Undo `prepare`."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION portal_refuse_change()")
        schema_editor.execute("DROP FUNCTION portal_only_forward()")
    schema_editor.execute(f"DROP TABLE {PERMIT}")


def protect(schema_editor: Any, table: str, acts: tuple[str, ...] = _ACTS) -> None:
    """Refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE; again after a migration that altered the table."""
    unprotect(schema_editor, table)
    if schema_editor.connection.vendor == "postgresql":
        for act in (*acts, "truncate"):
            each = "STATEMENT" if act == "truncate" else "ROW"
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION portal_refuse_change()"
            )
        return
    for act in acts:
        refusal = f"SELECT RAISE(ABORT, '{table} is append-only: {act.upper()} refused')"
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
            f"WHEN {_NO_PERMIT} BEGIN {refusal}; END"
        )


def protect_head(schema_editor: Any) -> None:
    """The head may only move on by one; its row is never deleted."""
    table = AuditHead._meta.db_table
    protect(schema_editor, table, acts=("delete",))
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {table}_forward BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION portal_only_forward()"
        )
        return
    schema_editor.execute(
        f"CREATE TRIGGER {table}_forward BEFORE UPDATE ON {table} "
        f"WHEN NEW.seq <> OLD.seq + 1 AND {_NO_PERMIT} "
        f"BEGIN SELECT RAISE(ABORT, '{table} moves forward only'); END"
    )


def unprotect(schema_editor: Any, table: str) -> None:
    """Take the triggers of a table away."""
    where = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
    for name in ("no_update", "no_delete", "no_truncate", "forward"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{where}")


def missing_guards() -> list[str]:
    """Tables of this database that stand without their triggers."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            # 'D' is a trigger that somebody has switched off.
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        triggers = {row[0] for row in cursor.fetchall()}
    acts = [*_ACTS, "truncate"] if connection.vendor == "postgresql" else list(_ACTS)
    wanted = {table: [f"no_{act}" for act in acts] for table in immutable_tables()}
    wanted[AuditHead._meta.db_table] = ["no_delete", "forward"]
    return [
        table
        for table, names in wanted.items()
        if table in there and not {f"{table}_{name}" for name in names} <= triggers
    ]


@contextmanager
def permit() -> Iterator[None]:
    """Changes to protected tables are let through inside, in this transaction alone.

    For `portal.audit.retention` and for the emptying of tables between tests; nothing else calls it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {PERMIT} (id, never) VALUES (1, 2)")  # noqa: S608
        yield
        with connection.cursor() as last:
            last.execute(f"DELETE FROM {PERMIT}")  # noqa: S608
