"""The list of local issues as it was handed in: writing it down, reading it again, comparing two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from assessments.choices import IssueAxis, IssueField, IssueState
from assessments.models import IssueReportSubmission, IssueScale, LocalIssue


@dataclass(frozen=True)
class SnapshotIssue:
    """One issue as it stood when the list was handed in; `key` tells it again in another round's list."""

    key: int
    rank: int
    title: str
    description: str
    field: str
    benefit: int | None
    difficulty: int | None
    urgency: int | None
    #: The version of the scale it was rated with.
    scale: str
    controllable: bool | None
    start_now: bool | None
    department: str
    step: str
    state: str

    @property
    def scale_version(self) -> str:
        """The version of the scale, as the chart asks for it."""
        return self.scale

    @property
    def is_rated(self) -> bool:
        """Whether it has a place in the quadrant chart."""
        return self.benefit is not None and self.difficulty is not None

    @property
    def field_label(self) -> str:
        """What it is about, in words."""
        return _label(IssueField, self.field)

    @property
    def state_label(self) -> str:
        """How far it had come, in words."""
        return _label(IssueState, self.state)


def _label(choices: Any, value: str) -> str:
    """The word of a code; the code itself when no release knows it any more."""
    return str(choices(value).label) if value in choices.values else value


def written(issue: LocalIssue) -> dict[str, Any]:
    """One issue for the snapshot; scale and step must be fetched."""
    told: dict[str, Any] = {
        "key": issue.pk,
        "rank": issue.position,
        "scale": issue.scale.version,
        "step": issue.step.code if issue.step else "",
    }
    names = [one.name for one in fields(SnapshotIssue) if one.name not in told]
    return told | {name: getattr(issue, name) for name in names}


def issues_in(submission: IssueReportSubmission) -> list[SnapshotIssue]:
    """The issues of a snapshot in their order."""
    return [_read(told) for told in submission.content["issues"]]


def _read(told: Mapping[str, Any]) -> SnapshotIssue:
    return SnapshotIssue(**{one.name: told[one.name] for one in fields(SnapshotIssue)})


def scale_of(issues: Iterable[SnapshotIssue]) -> IssueScale | None:
    """The newest version that any of these issues was rated with: the chart is drawn on it."""
    versions = {issue.scale for issue in issues if issue.is_rated}
    rows = IssueScale.objects.filter(version__in=versions).prefetch_related("criteria__levels")
    return rows.order_by("-in_use_from").first()


@dataclass(frozen=True)
class IssueDifference:
    """What is different about one issue since the round before."""

    NEW, GONE, CHANGED = "new", "gone", "changed"

    kind: str
    title: str
    rank: int | None = None
    rank_before: int | None = None
    details: Sequence[str] = ()

    @property
    def kind_label(self) -> str:
        """In a word."""
        return {self.NEW: "新しい課題", self.GONE: "なくなった課題", self.CHANGED: "変わった課題"}[self.kind]


def differences(before: Sequence[SnapshotIssue], after: Sequence[SnapshotIssue]) -> list[IssueDifference]:
    """New, gone and changed issues: those of today in their order, then those that are gone."""
    earlier = {issue.key: issue for issue in before}
    found = []
    for issue in after:
        old = earlier.pop(issue.key, None)
        if old is None:
            found.append(IssueDifference(IssueDifference.NEW, issue.title, issue.rank))
        elif details := _details(old, issue):
            ranks = (issue.rank, old.rank)
            found.append(IssueDifference(IssueDifference.CHANGED, issue.title, *ranks, details))
    gone = [
        IssueDifference(IssueDifference.GONE, issue.title, rank_before=issue.rank)
        for issue in earlier.values()
    ]
    return found + gone


def _details(old: SnapshotIssue, new: SnapshotIssue) -> list[str]:
    """Each thing that is different, in words; ratings only when both were made with the same anchors."""
    found = []
    if old.rank != new.rank:
        found.append(f"順位　{old.rank}位から{new.rank}位")
    if old.scale != new.scale:
        found.append(f"評価の目安　{old.scale}年版から{new.scale}年版（評価は比べられません）")
    else:
        found += [
            f"{axis.label}　{_rating(old, axis)}から{_rating(new, axis)}"
            for axis in IssueAxis
            if getattr(old, axis) != getattr(new, axis)
        ]
    if old.state != new.state:
        found.append(f"状態　{old.state_label}から{new.state_label}")
    if old.title != new.title:
        found.append(f"前の書き方　「{old.title}」")
    return found


def _rating(issue: SnapshotIssue, axis: IssueAxis) -> str:
    value = getattr(issue, axis)
    return "未評価" if value is None else str(value)
