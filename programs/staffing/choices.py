"""Codes of postings."""

from django.db import models


class PostingMode(models.TextChoices):
    """How a resident works for a host."""

    ONSITE = "onsite", "常駐"
    ONLINE = "online", "オンライン"


class Weekday(models.IntegerChoices):
    """Days of the week, Monday first, as `date.weekday()` counts them."""

    MONDAY = 0, "月"
    TUESDAY = 1, "火"
    WEDNESDAY = 2, "水"
    THURSDAY = 3, "木"
    FRIDAY = 4, "金"
    SATURDAY = 5, "土"
    SUNDAY = 6, "日"


class HalfDay(models.TextChoices):
    """Halves of a day."""

    MORNING = "am", "午前"
    AFTERNOON = "pm", "午後"
