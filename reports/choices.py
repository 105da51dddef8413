"""Codes of reports."""

from django.db import models


class ReportKind(models.TextChoices):
    """Kinds of report (報告書の種類)."""

    MIDTERM = "midterm", "中間報告書"
    FINAL = "final", "最終報告書"
    SUMMARY = "summary", "支援地域の概要"
