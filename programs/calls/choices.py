"""Sections of an application."""

from django.db import models


class ApplicationSection(models.TextChoices):
    """The parts of 希望する伴走支援 whose lines are text."""

    CHALLENGES = "challenges", "課題"
    REQUESTED_SUPPORT = "requested_support", "求める伴走支援"
    ROLES = "roles", "役割分担"
    RECEIVING_SETUP = "receiving_setup", "受入体制"
    FOLLOW_UP_PLANS = "follow_up_plans", "支援後の展開"
    KPIS_OR_TARGETS = "kpis_or_targets", "目標・指標"
