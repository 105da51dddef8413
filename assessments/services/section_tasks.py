"""The task list of a progress report: each section with one of six states."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assessments.choices import FormState
from assessments.models import ProgressReport
from assessments.models.sections import Section
from assessments.services.previous import previous_submission
from assessments.services.progress_saving import open_sections
from assessments.services.sections import is_begun, is_copy, kept_values, lacks, values_of, words_of

TODO, BEGUN, FILLED = "未着手", "入力中", "入力済み"
RETURNED, MENDED, SKIPPED = "差戻し", "直し済み", "該当なし"
#: State of a section → the chip whose look it has.
_CHIPS = {
    TODO: "todo",
    BEGUN: "draft",
    FILLED: "accepted",
    RETURNED: "returned",
    MENDED: "accepted",
    SKIPPED: "not_applicable",
}


@dataclass(frozen=True)
class SectionTask:
    """One line of the task list."""

    section: Section
    state: str
    #: Whether it can be written now.
    is_open: bool
    #: Whether the round before has something to copy into it.
    can_carry: bool = False
    note: str = ""
    #: How many comments on it are not resolved.
    comments: int = 0

    @property
    def chip(self) -> str:
        """The chip whose look it has."""
        return _CHIPS[self.state]

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do in it."""
        return self.state in (FILLED, MENDED, SKIPPED)


def section_tasks(
    *, report: ProgressReport, unsaved: Collection[str] = (), comments: Mapping[str, int] | None = None
) -> list[SectionTask]:
    """The sections with their states; `unsaved` are those in which the reader typed and did not save.

    `comments` says how many comments the reader finds open on each.
    """
    missing, opened = lacks(report), open_sections(report)
    last = report.submissions.order_by("-number").first() if report.pk else None
    open_again = report.state in (FormState.RETURNED, FormState.CORRECTING)
    handed_in = last.content["sections"] if last and open_again else None
    words = words_of(report)
    kept = kept_values(previous_submission(round_=report.round, organisation=report.organisation))
    found = []
    for one in report.sections:
        changed = handed_in is not None and handed_in.get(one.code, "") != words[one.code]
        returned = report.state == FormState.RETURNED and one.code in opened
        begun = is_begun(one, values_of(report, one))
        state = _state(report, one, begun=begun, lacking=one.code in missing, unsaved=one.code in unsaved)
        if state == FILLED and one.code in opened and (changed or returned):
            state = MENDED if changed else RETURNED
        copy = is_copy(report, one.code)
        found.append(
            SectionTask(
                section=one,
                state=state,
                is_open=one.code in opened,
                can_carry=one.code in opened and not begun and is_begun(one, kept),
                comments=(comments or {}).get(one.code, 0),
                note="前回の内容のままです。直すか、確認してください。" if copy else "",
            )
        )
    return found


def _state(report: ProgressReport, section: Section, *, begun: bool, lacking: bool, unsaved: bool) -> str:
    if unsaved:
        return BEGUN
    if section.code in report.skipped:
        return SKIPPED
    if not begun:
        return TODO
    return BEGUN if lacking else FILLED
