"""Rounds, what is filled in for them, and the checklists."""

from assessments.models.checklists import (
    Answer,
    Assessment,
    AssessmentStatusChange,
    AssessmentSubmission,
)
from assessments.models.frameworks import Framework, FrameworkLevel, Principle, Question
from assessments.models.local_issues import (
    IssueCriterion,
    IssueLevel,
    IssueScale,
    LocalIssue,
    LocalIssueChange,
    SupportStep,
)
from assessments.models.progress import (
    PrefectureSupport,
    ProgressReport,
    ProgressStatusChange,
    ProgressSubmission,
)
from assessments.models.rounds import Round, RoundTarget

__all__ = [
    "Answer",
    "Assessment",
    "AssessmentStatusChange",
    "AssessmentSubmission",
    "Framework",
    "FrameworkLevel",
    "IssueCriterion",
    "IssueLevel",
    "IssueScale",
    "LocalIssue",
    "LocalIssueChange",
    "PrefectureSupport",
    "Principle",
    "ProgressReport",
    "ProgressStatusChange",
    "ProgressSubmission",
    "Question",
    "Round",
    "RoundTarget",
    "SupportStep",
]
