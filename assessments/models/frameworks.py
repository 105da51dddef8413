"""Checklists as versioned data: framework, principles, questions, levels."""

from django.db import models
from django.db.models import Q

from assessments.choices import ChartKind
from portal.actor import Actor


class FrameworkQuerySet(models.QuerySet["Framework"]):
    """Reads of frameworks."""

    def for_user(self, actor: Actor | None) -> "FrameworkQuerySet":
        """Every version of every checklist: they are the same for all who have a role."""
        return self.all() if actor else self.none()

    def with_questions(self) -> "FrameworkQuerySet":
        """With principles, questions and levels fetched in a constant number of queries."""
        return self.prefetch_related("principles__questions", "levels")


class Framework(models.Model):
    """One version of a checklist (点検票)."""

    code = models.SlugField("コード", max_length=30)
    version = models.CharField("版", max_length=20)
    name = models.CharField("名称", max_length=100)
    kind_label = models.CharField("種類", max_length=30)
    chart = models.CharField("図の種類", max_length=5, choices=ChartKind)
    synthesis = models.TextField("まとめ", blank=True)
    source = models.CharField("出典", max_length=300)
    evidence_level = models.PositiveSmallIntegerField("根拠を求める段階", default=3)
    position = models.PositiveSmallIntegerField("並び順", default=0)

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "点検票"
        ordering = ["position", "code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="framework_version_once"),
            models.CheckConstraint(condition=Q(chart__in=ChartKind.values), name="framework_chart_known"),
        ]

    def __str__(self) -> str:
        return self.name


class FrameworkLevel(models.Model):
    """One level of the scale with its rubric (到達度)."""

    framework = models.ForeignKey(
        Framework, verbose_name="点検票", on_delete=models.CASCADE, related_name="levels"
    )
    level = models.PositiveSmallIntegerField("段階")
    label = models.CharField("名称", max_length=30)
    rubric = models.CharField("目安", max_length=200)
    evidence_example = models.CharField("根拠の例", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "到達度"
        ordering = ["framework", "level"]
        constraints = [models.UniqueConstraint(fields=["framework", "level"], name="framework_level_once")]

    def __str__(self) -> str:
        return f"{self.level} {self.label}"


class Principle(models.Model):
    """A principle or skill of a framework (条)."""

    framework = models.ForeignKey(
        Framework, verbose_name="点検票", on_delete=models.CASCADE, related_name="principles"
    )
    number = models.CharField("番号", max_length=10)
    code = models.SlugField("コード", max_length=40)
    name = models.CharField("名称", max_length=100)
    summary = models.TextField("説明", blank=True)
    chapter_number = models.PositiveSmallIntegerField("章番号", null=True, blank=True)
    chapter_title = models.CharField("章", max_length=100, blank=True)
    position = models.PositiveSmallIntegerField("並び順")

    class Meta:
        verbose_name = verbose_name_plural = "条"
        ordering = ["framework", "position"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="principle_code_once"),
            models.UniqueConstraint(fields=["framework", "position"], name="principle_position_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """One question of a principle (設問), with whom it is asked."""

    principle = models.ForeignKey(
        Principle, verbose_name="条", on_delete=models.CASCADE, related_name="questions"
    )
    code = models.CharField("コード", max_length=40)
    text = models.CharField("設問", max_length=300)
    for_municipalities = models.BooleanField("市区町村に尋ねる", default=True)
    for_prefectures = models.BooleanField("都道府県に尋ねる", default=True)
    position = models.PositiveSmallIntegerField("並び順")

    class Meta:
        verbose_name = verbose_name_plural = "設問"
        ordering = ["principle", "position"]
        constraints = [
            models.UniqueConstraint(fields=["principle", "code"], name="question_code_once"),
            models.UniqueConstraint(fields=["principle", "position"], name="question_position_once"),
            models.CheckConstraint(
                condition=Q(for_municipalities=True) | Q(for_prefectures=True),
                name="question_asked_of_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.text
