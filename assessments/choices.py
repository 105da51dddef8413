"""Codes of rounds, forms and answers."""

from django.db import models


class FormState(models.TextChoices):
    """States of a progress report (取組状況); 未着手 and 期限超過 are computed from dates."""

    DRAFT = "draft", "作成中"
    WAITING = "waiting", "決裁待ち"
    SUBMITTED = "submitted", "提出済み"
    RETURNED = "returned", "差戻し"
    ACCEPTED = "accepted", "受理"


class AssessmentState(models.TextChoices):
    """States of a self-assessment (自己点検)."""

    DRAFT = "draft", "作成中"
    SUBMITTED = "submitted", "提出済み"
    CONFIRMED = "confirmed", "確定"


class AnswerStatus(models.TextChoices):
    """Whether an answer counts."""

    SCORED = "scored", "回答"
    NOT_APPLICABLE = "na", "該当しない"
    UNKNOWN = "unknown", "分からない"


class ChartKind(models.TextChoices):
    """How a framework's scores are drawn."""

    RADAR = "radar", "レーダーチャート"
    BARS = "bars", "棒グラフ"


class RoundStage(models.TextChoices):
    """Which report a round feeds."""

    BASELINE = "baseline", "開始時"
    MIDTERM = "midterm", "中間"
    FINAL = "final", "最終"


class ReminderKind(models.TextChoices):
    """Why somebody was reminded."""

    BEFORE = "before", "期限前"
    LATE = "late", "期限後"
    BY_HAND = "by_hand", "担当者から"


#: States whose content prefecture and reports may read.
HANDED_IN = (FormState.SUBMITTED, FormState.ACCEPTED)
ASSESSMENT_HANDED_IN = (AssessmentState.SUBMITTED, AssessmentState.CONFIRMED)
#: States in which the author may write.
OPEN_STATES = (FormState.DRAFT, FormState.RETURNED)
