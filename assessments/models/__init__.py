"""Rounds, what is filled in for them, and the checklists."""

from assessments.models.attachments import ProgressAttachment
from assessments.models.checklists import (
    Answer,
    Assessment,
    AssessmentStatusChange,
    AssessmentSubmission,
)
from assessments.models.comments import FormComment
from assessments.models.frameworks import Framework, FrameworkLevel, Principle, Question
from assessments.models.issue_reports import (
    IssueReport,
    IssueReportStatusChange,
    IssueReportSubmission,
)
from assessments.models.local_issues import (
    IssueCriterion,
    IssueLevel,
    IssueScale,
    LocalIssue,
    LocalIssueChange,
    SupportStep,
)
from assessments.models.prints import ProgressPrint
from assessments.models.progress import (
    PrefectureSupport,
    ProgressReport,
    ProgressStatusChange,
    ProgressSubmission,
)
from assessments.models.proposals import EntryProposal
from assessments.models.reminders import Reminder
from assessments.models.round_parts import DueExtension, NotApplicable, RoundGuide
from assessments.models.rounds import Round, RoundTarget

__all__ = [
    "Answer",
    "Assessment",
    "AssessmentStatusChange",
    "AssessmentSubmission",
    "DueExtension",
    "EntryProposal",
    "FormComment",
    "Framework",
    "FrameworkLevel",
    "IssueCriterion",
    "IssueLevel",
    "IssueReport",
    "IssueReportStatusChange",
    "IssueReportSubmission",
    "IssueScale",
    "LocalIssue",
    "LocalIssueChange",
    "NotApplicable",
    "PrefectureSupport",
    "Principle",
    "ProgressAttachment",
    "ProgressPrint",
    "ProgressReport",
    "ProgressStatusChange",
    "ProgressSubmission",
    "Question",
    "Reminder",
    "Round",
    "RoundGuide",
    "RoundTarget",
    "SupportStep",
]
