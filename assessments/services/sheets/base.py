"""What the sheets of all forms have in common: rows with ids, columns, and who writes what is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assessments.models import RoundTarget
from assessments.models.proposals import EntryProposal
from assessments.services.forms import refuse_not_applicable, refuse_outside_round
from portal.actor import Actor
from portal.errors import MoveRefused
from portal.spreadsheets import Column, Text
from portal.spreadsheets.escaping import clean
from portal.spreadsheets.problems import Unreadable
from portal.spreadsheets.values import ColumnType, RawCell, compose, visible

KEY, MARK = "key", "mark"
KEY_LABEL, MARK_LABEL = "項目ID", "管理用の印"
#: The first two columns of every sheet, hidden in the workbook.
IDS = (
    Column(KEY, KEY_LABEL, Text(200)),
    Column(MARK, MARK_LABEL, Text(400)),
)


@dataclass(frozen=True)
class Entry:
    """Who fills in for whom: a town itself, or its prefecture for it (代理入力)."""

    target: RoundTarget
    actor: Actor
    #: What the prefecture entered, when the town looks at it.
    proposal: EntryProposal | None = None

    @property
    def is_own(self) -> bool:
        """Whether the actor fills in for the own organisation."""
        return self.target.organisation_id == self.actor.organisation.pk


#: Cells are first read as they are; what they may hold is said by the types of their row.
ANYTHING = Text(32_767, multiline=True)


class Shown(ColumnType):
    """A column that only shows something: what stands there is not read."""

    def convert(self, cell: RawCell) -> str:
        """As it is."""
        return cell.text


def shown_column(name: str, label: str) -> Column:
    """A locked column; a file without it is read all the same."""
    return Column(name, label, Shown(), may_be_absent=True)


@dataclass(frozen=True)
class SheetRow:
    """One row: its id, how it is called, what it shows, and what is filled in (column → code or text)."""

    key: str
    label: str
    shown: Mapping[str, str]
    values: Mapping[str, str]


@dataclass(frozen=True)
class Edit:
    """One row to write: what stands in it afterwards, and what stood in it."""

    key: str
    values: Mapping[str, str]
    before: Mapping[str, str] = field(default_factory=dict)


class Mark(ColumnType):
    """○ or nothing."""

    example = "○"
    is_mark = True
    _yes = frozenset({"○", "〇", "◯", "◎", "o", "O", "はい", "有", "あり", "レ", "✓", "✔"})
    _no = frozenset({"×", "✕", "✖", "いいえ", "無", "なし", "-", "ー", "－"})

    def convert(self, cell: RawCell) -> str:
        """○, or "" for a word that says no."""
        text = visible(cell.text)
        if text in self._yes:
            return "○"
        if text in self._no:
            return ""
        raise Unreadable(
            "mark", "は、○かどうか分かりません。", "当てはまるときは「○」、ほかは空欄にしてください。"
        )


def normal(text: str) -> str:
    """A text as it comes back from a sheet, so that an unchanged one is equal."""
    return compose(visible(clean(text)).replace("\r\n", "\n").replace("\r", "\n")).strip()


class FormSheet:
    """One form of the round as a sheet; a subclass says its rows and how they are written."""

    #: The name of its columns in `LAYOUTS`.
    layout = ""
    columns: Sequence[Column] = ()
    #: Names of the columns that are filled in.
    inputs: tuple[str, ...] = ()
    #: Width of each column by name.
    widths: Mapping[str, int] = {}
    #: Blank rows at the end in which something new may be entered.
    spare = 0

    def __init__(self, entry: Entry, code: str, title: str) -> None:
        self.entry, self.code, self.title = entry, code, title

    @cached_property
    def rows(self) -> list[SheetRow]:
        """The rows with what the actor may read of them."""
        return self.make_rows()

    @cached_property
    def by_key(self) -> dict[str, SheetRow]:
        """The rows by id."""
        return {row.key: row for row in self.rows}

    def make_rows(self) -> list[SheetRow]:
        """The rows as they stand."""
        raise NotImplementedError

    def types(self, key: str) -> Mapping[str, ColumnType]:
        """How each filled-in column of a row is read and shown."""
        raise NotImplementedError

    def check(self, values: Mapping[str, str]) -> list[tuple[str, Unreadable]]:
        """What is wrong with a row whose cells are right each by itself: column, what."""
        return []

    def label_of(self, key: str, values: Mapping[str, str]) -> str:
        """How a row is called."""
        return self.by_key[key].label if key in self.by_key else self.title

    def cell_label(self, key: str, label: str) -> str:
        """How a cell of a row is called in a sentence; `label` is that of its column."""
        return label

    def closed(self, key: str) -> str:
        """Why this row cannot be written now; "" when it can."""
        raise NotImplementedError

    def gone(self, key: str) -> str:
        """What to say of an id that the form does not have."""
        return "は、この様式にない項目です。"

    def lock(self) -> None:
        """Read what the sheet is compared with anew, and keep others from writing until the commit."""
        raise NotImplementedError

    def save(self, edits: Sequence[Edit]) -> None:
        """Write rows by the services of the form, as the actor."""
        raise NotImplementedError

    def add_writers(self, people: Sequence[int]) -> None:
        """Count these people as having written in the form, so that they do not decide on it."""

    def forget(self) -> None:
        """Drop what was read."""
        for name in ("rows", "by_key"):
            self.__dict__.pop(name, None)


def why_not_open(
    entry: Entry, *, handed_in_before: bool, framework_id: int | None = None, what: str = ""
) -> str:
    """Why a form of the round cannot be written today; "" when it can."""
    target = entry.target
    try:
        refuse_outside_round(target.round, handed_in_before=handed_in_before)
        refuse_not_applicable(
            round_id=target.round_id, organisation_id=target.organisation_id, framework_id=framework_id
        )
    except MoveRefused as refused:
        return f"「{what}」は変更できません。{refused.sentence}"
    return ""
