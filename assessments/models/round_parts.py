"""What hangs on a round and on those it asks: guides, extensions of the due day, forms that do not apply."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.choices import ExtensionKind, FormKind, GuideKind
from assessments.models.frameworks import Framework
from assessments.models.rounds import Round, RoundTarget
from portal.actor import Actor
from portal.permissions import Standing

#: The most characters a reason takes.
REASON_LIMIT = 1000


class RoundGuideQuerySet(models.QuerySet["RoundGuide"]):
    """Reads of guides."""

    def for_user(self, actor: Actor | None) -> RoundGuideQuerySet:
        """Guides of the rounds one sees, until they are taken off."""
        return self.filter(round__in=Round.objects.for_user(actor), removed_at__isnull=True)


class RoundGuide(models.Model):
    """A file that helps to fill the forms of a round in (記入要領, 記入例)."""

    round = models.ForeignKey(Round, verbose_name="報告回", on_delete=models.PROTECT, related_name="guides")
    kind = models.CharField("種類", max_length=10, choices=GuideKind)
    stored_file = models.ForeignKey(
        "portal.StoredFile", verbose_name="ファイル", on_delete=models.PROTECT, related_name="+"
    )
    attached_at = models.DateTimeField("登録日時")
    removed_at = models.DateTimeField("取り外した日時", null=True, blank=True)

    objects = RoundGuideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "記入要領・記入例"
        ordering = ["round", "-kind", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GuideKind.values), name="round_guide_kind_known")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.stored_file}"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the round."""
        return self.round.roles_of(actor)


class DueExtension(models.Model):
    """One decision about the due day of one organisation (期限の延長). Never edited; the last one holds."""

    target = models.ForeignKey(
        RoundTarget, verbose_name="報告対象", on_delete=models.PROTECT, related_name="extensions"
    )
    kind = models.CharField("操作", max_length=10, choices=ExtensionKind)
    due_on = models.DateField("延長した提出期限", null=True, blank=True)
    reason = models.TextField("理由", max_length=REASON_LIMIT)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="操作者", on_delete=models.PROTECT, related_name="+"
    )
    membership = models.ForeignKey(
        "portal.Membership", verbose_name="操作者の所属", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = verbose_name_plural = "期限の延長"
        ordering = ["target", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ExtensionKind.WITHDRAWN, due_on__isnull=True)
                | Q(kind__in=[ExtensionKind.GRANTED, ExtensionKind.CHANGED], due_on__isnull=False),
                name="due_extension_has_its_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.get_kind_display()}"


class NotApplicable(models.Model):
    """A form that does not apply to an organisation, with its reason (該当なし); undone, never deleted."""

    target = models.ForeignKey(
        RoundTarget, verbose_name="報告対象", on_delete=models.PROTECT, related_name="not_applicable"
    )
    form = models.CharField("提出物", max_length=10, choices=FormKind)
    framework = models.ForeignKey(
        Framework,
        verbose_name="点検票（自己点検のとき）",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.TextField("理由", max_length=REASON_LIMIT)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登録者", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("登録日時")
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="取り消した人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    undone_at = models.DateTimeField("取消しの日時", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "該当なし"
        ordering = ["target", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(form=FormKind.CHECKLIST, framework__isnull=False)
                | Q(form__in=[FormKind.PROGRESS, FormKind.ISSUES], framework__isnull=True),
                name="not_applicable_names_its_form",
            ),
            models.UniqueConstraint(
                fields=["target", "form"],
                condition=Q(framework__isnull=True, undone_at__isnull=True),
                name="not_applicable_form_once",
            ),
            models.UniqueConstraint(
                fields=["target", "framework"],
                condition=Q(undone_at__isnull=True),
                name="not_applicable_checklist_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.framework or self.get_form_display()}"

    @property
    def code(self) -> str:
        """The form as addresses and statuses name it."""
        return str(self.framework_id) if self.framework_id else self.form
