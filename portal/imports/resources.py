"""The base of all import resources: django-import-export with our reader's columns, in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ForeignKey
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from import_export.widgets import Widget
from tablib import Dataset

from portal.actor import Actor
from portal.imports.plan import CHANGED, NEW, Change, Plan, mark
from portal.imports.unique import doubles
from portal.spreadsheets import Column, Row, Table, read_table
from portal.spreadsheets.problems import CellError, Unreadable, quote
from portal.spreadsheets.values import RawCell

if TYPE_CHECKING:
    from portal.models import ImportRun

BATCH = 500
#: So many rows are named in a sentence.
NAMED = 10


class ColumnWidget(Widget):
    """Values come converted from the reader; a bare text goes through the column's type, never past it."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column = column
        #: True while rows of our reader are imported: their values went through the column's type already.
        self.converted = False

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """The value as the model takes it."""
        if self.converted or not isinstance(value, str) or value == self.column.blank:
            return value
        try:
            return self.column.type.convert(RawCell("s", value))
        except Unreadable as problem:
            raise ValueError(str(problem)) from problem


class LoadedInstances(BaseInstanceLoader):
    """Finds rows among those the resource loaded in one query."""

    def get_instance(self, row: dict[str, Any]) -> Any:
        """The row of that key within the actor's rows, or None."""
        return self.resource.existing.get(self.resource.key_of(row))


class TableResource(ModelResource):
    """Rows of one model, for one actor; a subclass names model, fields and natural key, and gives columns."""

    class Meta:
        use_bulk = True
        batch_size = BATCH
        skip_unchanged = True
        skip_diff = True  # before and after are kept by `skip_row`, without a copy of every instance
        report_skipped = False
        use_transactions = True
        clean_model_instances = True
        instance_loader_class = LoadedInstances

    #: Whether rows that are not there yet may be added.
    may_create = True

    def __init__(self, actor: Actor, target: Any = None) -> None:
        super().__init__()
        self.actor = actor
        self.target = target
        self.existing: dict[str, Any] = {}
        self.plan = Plan()
        self.choices: Mapping[str, str] = {}
        self.run: ImportRun | None = None
        for column in self.columns:
            self.fields[column.name].widget = ColumnWidget(column)

    # --- what a subclass gives ----------------------------------------------------
    def get_columns(self) -> Sequence[Column]:
        """The columns of the form, named like the resource's fields."""
        raise NotImplementedError

    def get_queryset(self) -> models.QuerySet[Any]:
        """The rows of the actor; a subclass narrows them to the target."""
        return self._meta.model._default_manager.for_user(self.actor)

    def label_of(self, row: dict[str, Any]) -> str:
        """How a row is called in the preview; its key unless a subclass says more."""
        return self.key_of(row)

    def before_create(self, instances: list[Any]) -> None:
        """Make what new rows cannot be without; runs only when the import is applied."""

    def before_update(self, instances: list[Any]) -> None:
        """Change what goes with changed rows; runs only when the import is applied."""

    # --- the fields ---------------------------------------------------------------
    @classmethod
    def field_from_django_field(cls, field_name: str, django_field: models.Field, readonly: bool) -> Field:
        """Foreign keys by id: a dictionary finds them (`Lookup`), no query per row."""
        return Field(attribute=django_field.attname, column_name=field_name, readonly=readonly)

    @cached_property
    def columns(self) -> list[Column]:
        """The columns, asked for once."""
        return list(self.get_columns())

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    def key_of(self, row: dict[str, Any]) -> str:
        """The natural key of a row as one text."""
        return "／".join(str(row[name]) for name in self.get_import_id_fields())

    def values_of(self, instance: Any) -> dict[str, Any]:
        """An instance's values by column name."""
        return {name: getattr(instance, self.fields[name].attribute) for name in self.by_name}

    # --- reading and applying -----------------------------------------------------
    def read(self, file: BinaryIO, *, name: str) -> Table:
        """The table of the file under the columns of the form; raises SheetRefused."""
        return read_table(file, name=name, columns=self.columns)

    def stale(self, table: Table, versions: Mapping[str, str], marks: Mapping[str, str]) -> list[str] | None:
        """The names of rows whose marks are no longer those of the preview; None when all are."""
        rows = [row for row in table.rows if versions.get(key := self.key_of(row.values)) != marks[key]]
        if not rows and marks.keys() == versions.keys():
            return None
        return [f"{row.number}行目「{self.label_of(row.values)}」" for row in rows]

    def load(self, table: Table, *, lock: bool = False) -> dict[str, str]:
        """Read the rows the file names, in one query; return the mark of each key ("" for one not there)."""
        rows = self.get_queryset()
        names = self.get_import_id_fields()
        if len(names) == 1:
            wanted = [row.values[names[0]] for row in table.rows]
            rows = rows.filter(**{f"{self.fields[names[0]].attribute}__in": wanted})
        if lock:
            rows = rows.select_for_update(of=("self",), no_key=True)
        loaded = [(self.values_of(instance), instance) for instance in rows]
        self.existing = {self.key_of(values): instance for values, instance in loaded}
        marks = {self.key_of(values): mark(tuple(values.values())) for values, _ in loaded}
        return {key: marks.get(key, "") for key in (self.key_of(row.values) for row in table.rows)}

    def preview(self, table: Table) -> Plan:
        """What the file would change, and every error; nothing is written. `load` comes first."""
        plan = self._run(table, dry_run=True)
        plan.format = table.encoding or table.kind
        plan.errors = [error.as_dict() for error in table.errors]
        plan.error_total = table.error_total
        return plan

    def apply(self, table: Table) -> Plan:
        """Write all rows, inside the caller's transaction; raises at the first thing that is wrong."""
        return self._run(table, dry_run=False)

    def _run(self, table: Table, *, dry_run: bool) -> Plan:
        self.plan, self.dry_run = Plan(), dry_run
        for name in self.by_name:
            self.fields[name].widget.converted = True
        self.rows = self._without_doubles(table)
        self.touched: list[tuple[Row, Any]] = []
        names = [name for name in self.by_name if name in table.present]
        dataset = Dataset(*([row.values[name] for name in names] for row in self.rows), headers=names)
        result = self.import_data(
            dataset, dry_run=dry_run, raise_errors=not dry_run, rollback_on_validation_errors=True
        )
        for _, errors in result.row_errors():
            raise errors[0].error  # a fault of ours, not of the file
        if result.base_errors:
            raise result.base_errors[0].error
        for line in result.invalid_rows:
            self._keep(table, self.rows[line.number - 1], cast(ValidationError, line.error))
        if dry_run:  # when it is applied, the database says so itself
            for row, name, sentence in doubles(self):
                self._fail(table, row, name, sentence)
        return self.plan

    def _without_doubles(self, table: Table) -> list[Row]:
        """The rows whose key was not named before; later ones are errors that say where the first stands."""
        first: dict[str, Row] = {}
        for row in table.rows:
            key = self.key_of(row.values)
            if key in first:
                self._fail(
                    table, row, self.get_import_id_fields()[0],
                    f"は、{first[key].number}行目にもあります。どちらかの行を削除してください。",
                )  # fmt: skip
            else:
                first[key] = row
        return list(first.values())

    def _keep(self, table: Table, row: Row, error: ValidationError) -> None:
        """Each message at the cell of its column; one about no column at the row's key."""
        messages = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        attributes = {self.fields[name].attribute: name for name in self.by_name}
        for name, sentences in messages.items():
            column = attributes.get(name, name)
            for sentence in sentences:
                place = column if column in self.by_name else self.get_import_id_fields()[0]
                self._fail(table, row, place, f"は登録できません。{sentence}")

    def _fail(self, table: Table, row: Row, name: str, sentence: str) -> None:
        column = self.by_name[name]
        shown = quote(column.type.show(row.values.get(name)))
        table.add(CellError(table.sheet, row.cell(name), column.label, shown, "model", sentence, ""))

    # --- hooks of django-import-export ---------------------------------------------
    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        """Remember the values before."""
        self.row = self.rows[kwargs["row_number"] - 1]
        self.before = None if new else self.values_of(instance)
        if new and not self.may_create:
            label = self.by_name[self.get_import_id_fields()[0]].label
            raise ValidationError(f"登録されていない行は追加できません。{label}を確認してください。")

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """Keep what differs for the preview; a row that says what is there already is left alone."""
        if import_validation_errors:
            return False
        changed = self._differences(instance)
        if not changed and self.before is not None:
            self.plan.unchanged += 1
            return True
        kind = NEW if self.before is None else CHANGED
        shown = self._shown(changed) if self.dry_run else []
        self.plan.changes.append(Change(self.row.number, self.label_of(self.row.values), kind, shown))
        return False

    def _differences(self, instance: Any) -> list[tuple[Column, Any, Any]]:
        """The columns that differ, with the value before (None for a new row) and after."""
        old = self.before or {}
        values = self.values_of(instance).items()
        return [(self.by_name[k], old.get(k), value) for k, value in values if value != old.get(k)]

    @staticmethod
    def _shown(changed: list[tuple[Column, Any, Any]]) -> list[dict[str, str]]:
        return [
            {"label": column.label, "before": column.type.show(old), "after": column.type.show(new)}
            for column, old, new in changed
        ]

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """The model's own checks of the imported fields; uniqueness is looked at over all rows at once."""
        errors = dict(import_validation_errors or {})
        checked = {f.name for f in instance._meta.fields if f.name in self.by_name}
        keys = {f.name for f in instance._meta.fields if isinstance(f, ForeignKey)}
        exclude = ({f.name for f in instance._meta.fields} - checked) | keys | set(errors)
        try:
            instance.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Remember what will be written, for the check of uniqueness."""
        self.touched.append((self.row, instance))

    def bulk_create(self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any) -> None:
        """Write new rows; a dry run writes nothing at all."""
        if dry_run:
            self.create_instances.clear()
            return
        if self.create_instances:
            self.before_create(self.create_instances)
        super().bulk_create(using_transactions, dry_run, *args, **kwargs)

    def bulk_update(self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any) -> None:
        """Write changed rows; a dry run writes nothing at all."""
        if dry_run:
            self.update_instances.clear()
            return
        if self.update_instances:
            self.before_update(self.update_instances)
        super().bulk_update(using_transactions, dry_run, *args, **kwargs)

    def get_bulk_update_fields(self) -> list[str]:
        """Fields of the form without the key."""
        return [name for name in super().get_bulk_update_fields() if name in self.by_name]

    # --- out ------------------------------------------------------------------------
    def header(self) -> list[str]:
        """The labels of the form."""
        return [column.label for column in self.columns]

    def export_rows(self) -> Iterator[list[Any]]:
        """The actor's rows as the form holds them: imported again they change nothing."""
        types = [column.type for column in self.columns]
        names = [self.fields[column.name].attribute for column in self.columns]
        for values in self.get_queryset().values_list(*names).iterator(chunk_size=2_000):
            yield [kind.export(value) for kind, value in zip(types, values, strict=True)]
