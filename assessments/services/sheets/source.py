"""The import of a round's forms: compares row by row with the portal, and lets the services write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from assessments.services.sheets import proposals
from assessments.services.sheets.base import Edit, Entry, FormSheet
from assessments.services.sheets.book import LAYOUTS, START, forms_of
from assessments.services.sheets.reading import ReadRow, fail, in_order, read_forms, refuse_other_target
from assessments.services.sheets.seals import shown_mark
from portal.errors import PortalError
from portal.imports.plan import CHANGED, FILE, NEW, NOW, Change, Plan
from portal.models import ImportRun
from portal.spreadsheets import Book, SheetRefused, read_book
from portal.spreadsheets.problems import Unreadable


@dataclass
class Difference:
    """A row of the file that says something else than the portal."""

    form: FormSheet
    read: ReadRow
    key: str
    label: str
    #: What stands in the portal; None for a row that is not there, or not to be read by the actor.
    before: Mapping[str, str] | None
    conflict: bool

    @property
    def name(self) -> str:
        """Names the row within the file."""
        return f"{self.form.code}.{self.key}"


class SheetSource:
    """`ImportSource` of the forms of one round for one organisation."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.choices: Mapping[str, str] = {}
        self.run: ImportRun | None = None
        self.forms = forms_of(entry, reading=True)
        self.differences: list[Difference] = []
        self.unchanged = self.kept = 0
        self.present: set[str] = set()

    def read(self, file: BinaryIO, *, name: str) -> Book:
        """The sheets of the file; raises SheetRefused, also for a file made for somebody else."""
        if not self.entry.is_own and proposals.waiting_for(self.entry.target):
            raise SheetRefused(
                "waiting", "この団体には、確認待ちの代理入力があります。", proposals.WITHDRAW_FIRST
            )
        if self.entry.proposal and not self.entry.proposal.is_waiting:
            raise SheetRefused("ended", "この代理入力は、もう確認待ちではありません。", "")
        book = read_book(file, layouts=LAYOUTS, aside={START})
        target = self.entry.target
        refuse_other_target(book, round_id=target.round_id, organisation_id=target.organisation_id)
        if not book.tables:
            raise SheetRefused(
                "no_sheet", "読み取れる様式のシートがありません。", "様式を保存し直してください。"
            )
        return book

    def load(self, book: Book, *, lock: bool = False) -> dict[str, str]:
        """Compare every row; the mark of what stands in the portal for each row that differs."""
        if lock:
            for form in self.forms:
                form.lock()
        self.differences, self.unchanged, self.kept = [], 0, 0
        for found in read_forms(book, self.forms):
            self.present.add(found.form.code)
            for read in found.rows:
                self._compare(found.form, read)
        return {one.name: shown_mark(one.before or {}) for one in self.differences}

    def _compare(self, form: FormSheet, read: ReadRow) -> None:
        present = form.by_key.get(read.key)
        before = present.values if present else None
        untouched = bool(read.key) and shown_mark(read.values) == read.shown
        if untouched or read.values == before:
            self.unchanged += 1
            self.kept += untouched and read.values != before and self.entry.is_own
            return
        if read.key and present is None and self.entry.is_own:
            gone = Unreadable("gone", form.gone(read.key), "この行を削除してください。")
            fail(form, read, form.inputs[0], gone)
            return
        if not read.key and self._is_known(form, read):
            return
        closed = form.closed(read.key)
        if closed:
            fail(form, read, form.inputs[0], Unreadable("closed", f"は反映できません。{closed}", ""))
            return
        changed = bool(read.key) and present is not None and shown_mark(present.values) != read.shown
        self.differences.append(
            Difference(
                form=form,
                read=read,
                key=read.key or f"new{read.row.number}",
                label=form.label_of(read.key, read.values),
                before=before,
                conflict=changed and self.entry.is_own,
            )
        )

    def _is_known(self, form: FormSheet, read: ReadRow) -> bool:
        """Whether a row without an id is there already: the same file sent twice adds nothing twice."""
        name = form.inputs[0]
        same = [row for row in form.rows if row.values[name] == read.values[name]]
        if not same:
            return False
        if any(row.values == read.values for row in same):
            self.unchanged += 1
        else:
            remedy = "様式を保存し直し、登録されている行を直してください。"
            fail(form, read, name, Unreadable("known", "は、すでに登録されています。", remedy))
        return True

    def preview(self, book: Book) -> Plan:
        """What the file would change, and every error. `load` comes first."""
        plan = Plan(changes=[self._change(one) for one in self.differences], unchanged=self.unchanged)
        plan.format = book.encoding or book.kind
        plan.errors = [error.as_dict() for table in book.tables for error in in_order(table)]
        plan.error_total = book.error_total
        plan.notes = self._notes()
        plan.why_conflicts = (
            "県に表示されていない内容が、すでに入力されています。"
            if self.entry.proposal
            else "様式を保存したあとに、画面で変更されています。"
        )
        return plan

    def _change(self, one: Difference) -> Change:
        types = one.form.types(one.read.key)
        labels = {column.name: column.label for column in one.form.columns}
        before = one.before or {}
        unread = one.before is None and bool(one.read.key)
        fields = [
            {
                "label": labels[name],
                "before": "（表示できません）" if unread else types[name].show(before.get(name, "")),
                "after": types[name].show(value),
            }
            for name, value in one.read.values.items()
            if value != before.get(name, "")
        ]
        return Change(
            number=one.read.row.number,
            label=one.label,
            kind=CHANGED if one.read.key else NEW,
            fields=fields,
            key=one.name,
            sheet=one.form.title,
            conflict=one.conflict,
        )

    def _notes(self) -> list[str]:
        missing = [form.title for form in self.forms if form.code not in self.present and form.rows]
        notes = []
        if missing and self.present:
            notes.append(f"「{'」「'.join(missing)}」は、ファイルにありません。今の内容のまま変わりません。")
        if self.kept and not self.entry.proposal:
            notes.append(
                f"様式を保存したあとに画面で変更された{self.kept}項目は、ファイルでは変えられていないため、"
                "今の内容のまま残ります。"
            )
        return notes

    def stale(self, book: Book, versions: Mapping[str, str], marks: Mapping[str, str]) -> list[str] | None:
        """The names of rows that somebody changed since the preview; None when nobody did."""
        if book.error_total:
            return None  # said with the first error
        differing = {name for name in {*versions, *marks} if versions.get(name) != marks.get(name)}
        if not differing:
            return None
        labels = {one.name: f"「{one.form.title}」の{one.label}" for one in self.differences}
        known = {
            f"{form.code}.{row.key}": f"「{form.title}」の{row.label}"
            for form in self.forms
            for row in form.rows
        }
        return sorted((known | labels).get(name, name) for name in differing)

    def apply(self, book: Book) -> Plan:
        """Write what differs by the services of each form; for a prefecture: ask the town."""
        plan = Plan(changes=[self._change(one) for one in self.differences], unchanged=self.unchanged)
        if not book.ok:
            return plan
        if self.run is None:
            raise PortalError("取り込みが見つかりません。")
        if not self.entry.is_own:
            proposals.propose(
                run=self.run, target=self.entry.target, count=len(plan.changes), actor=self.entry.actor
            )
            return plan
        wanted = [one for one in self.differences if not one.conflict or self.choices.get(one.name) == FILE]
        if any(one.conflict and self.choices.get(one.name) not in (FILE, NOW) for one in self.differences):
            raise PortalError("画面にも別の内容がある項目について、どちらの内容にするかを選んでください。")
        proposal = self.entry.proposal
        if proposal:
            proposals.hold(proposal)
        for form in self.forms:
            edits = [Edit(one.key, one.read.values, one.before or {}) for one in wanted if one.form is form]
            if edits:
                form.save(edits)
                if proposal:
                    form.add_writers(sorted({proposal.by_id, proposal.run.requested_by_id}))
        if proposal:
            proposals.take(proposal=proposal, actor=self.entry.actor, count=len(wanted))
        plan.changes = [self._change(one) for one in wanted]
        return plan
