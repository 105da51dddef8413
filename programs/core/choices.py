"""Codes of programs and regions."""

from django.db import models


class RegionStatus(models.TextChoices):
    """Where a region stands in the selection (支援地域の状態)."""

    CANDIDATE = "candidate", "候補"
    ADOPTED = "adopted", "採択"
    DECLINED = "declined", "不採択"


class CoverageUnit(models.TextChoices):
    """What must hold an on-site half-day for 通年駐在 to hold."""

    WEEK = "week", "稼働日のある各週"
    DAY = "day", "各稼働日"


class LiaisonField(models.TextChoices):
    """Fields of a DX推進リエゾン."""

    ADMINISTRATION = "administration", "行政DX"
    COMMUNITY = "community", "地域社会DX"


class LateReminders(models.TextChoices):
    """How often those are reminded whose due day is over."""

    EVERY_WORKING_DAY = "daily", "開庁日ごと"
    WEEKLY = "weekly", "週1回"
    NEVER = "never", "送らない"
