"""Rounds, what is filled in for them, and the checklists."""

from assessments.models.checklists import (
    Answer,
    Assessment,
    AssessmentStatusChange,
    AssessmentSubmission,
)
from assessments.models.frameworks import Framework, FrameworkLevel, Principle, Question
from assessments.models.progress import (
    PrefectureSupport,
    ProgressReport,
    ProgressStatusChange,
    ProgressSubmission,
)
from assessments.models.reminders import Reminder
from assessments.models.rounds import Round, RoundTarget

__all__ = [
    "Answer",
    "Assessment",
    "AssessmentStatusChange",
    "AssessmentSubmission",
    "Framework",
    "FrameworkLevel",
    "PrefectureSupport",
    "Principle",
    "ProgressReport",
    "ProgressStatusChange",
    "ProgressSubmission",
    "Question",
    "Reminder",
    "Round",
    "RoundTarget",
]
