"""Codes of the municipal master data."""

from django.db import models


class MunicipalityKind(models.TextChoices):
    """Kinds of basic local government (市区町村の別)."""

    CITY = "city", "市"
    TOWN = "town", "町"
    VILLAGE = "village", "村"
    SPECIAL_WARD = "special_ward", "特別区"


class IndicatorKind(models.TextChoices):
    """How an indicator is told."""

    STATUS = "status", "実施の有無"
    PERCENT = "percent", "割合（%）"
    COUNT = "count", "数"


class IndicatorStatus(models.TextChoices):
    """What the survey found; 調査無し is unknown, never 未実施."""

    DONE = "done", "実施"
    NOT_DONE = "not_done", "未実施"
    NOT_SURVEYED = "not_surveyed", "調査無し"
