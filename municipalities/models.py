"""Prefectures, municipalities and the official DX indicators about them."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from municipalities.choices import IndicatorKind, IndicatorStatus, MunicipalityKind
from municipalities.codes import validate_code
from portal.actor import Actor
from portal.choices import Role
from portal.permissions import STANDING_OF_ROLE, Standing


class LocalGovernment(models.Model):
    """What prefectures and municipalities have in common: official facts with their date."""

    name = models.CharField("名称", max_length=50)
    kana = models.CharField("よみがな", max_length=100)
    population = models.PositiveIntegerField("人口（人）")
    population_as_of = models.DateField("人口の基準日")
    area_km2 = models.DecimalField("面積（km²）", max_digits=9, decimal_places=2)
    lat = models.DecimalField("緯度", max_digits=10, decimal_places=7, null=True, blank=True)
    lng = models.DecimalField("経度", max_digits=10, decimal_places=7, null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """Master data is public: the actor is to it what the role is everywhere."""
        return STANDING_OF_ROLE[actor.role]


class PrefectureQuerySet(models.QuerySet["Prefecture"]):
    """Reads of prefectures."""

    def for_user(self, actor: Actor | None) -> PrefectureQuerySet:
        """All for everyone with a role; a municipality reads its own prefecture only."""
        if actor is None:
            return self.none()
        if actor.role == Role.MUNICIPALITY:
            return self.filter(organisation=actor.organisation.parent_id)
        return self.all()


class Prefecture(LocalGovernment):
    """A prefecture (都道府県)."""

    code = models.CharField(
        "都道府県コード", max_length=2, unique=True, validators=[RegexValidator(r"^[0-9]{2}$")]
    )
    lg_code = models.CharField("団体コード", max_length=6, unique=True, validators=[validate_code])
    name_en = models.CharField("英語名", max_length=30)
    capital = models.CharField("都道府県庁所在地", max_length=20)
    organisation = models.OneToOneField(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="prefecture"
    )

    objects = PrefectureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "都道府県"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{2}$"), name="prefecture_code_two_digits")
        ]


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    """Reads of municipalities."""

    def for_user(self, actor: Actor | None) -> MunicipalityQuerySet:
        """All for everyone with a role; a municipality reads those of its own prefecture only."""
        if actor is None:
            return self.none()
        if actor.role == Role.MUNICIPALITY:
            return self.filter(prefecture__organisation=actor.organisation.parent_id)
        return self.all()


class Municipality(LocalGovernment):
    """A city, town, village or special ward (市区町村), known by its six-digit code."""

    code = models.CharField("団体コード", max_length=6, unique=True, validators=[validate_code])
    prefecture = models.ForeignKey(
        Prefecture, verbose_name="都道府県", on_delete=models.PROTECT, related_name="municipalities"
    )
    kind = models.CharField("種別", max_length=12, choices=MunicipalityKind)
    organisation = models.OneToOneField(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="municipality"
    )

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "市区町村"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{6}$"), name="municipality_code_six_digits"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=MunicipalityKind.values), name="municipality_kind_known"
            ),
            # 25 names occur in several prefectures, none twice in one.
            models.UniqueConstraint(
                fields=["prefecture", "name"],
                name="municipality_name_unique_in_prefecture",
                violation_error_message="この都道府県には、同じ名称の市区町村が登録されています。",
            ),
        ]


class DxIndicator(models.Model):
    """One official DX indicator of one edition (DX指標), with its source and date."""

    code = models.CharField("コード", max_length=60)
    label = models.CharField("名称", max_length=100)
    category = models.CharField("分類", max_length=60)
    kind = models.CharField("種別", max_length=10, choices=IndicatorKind)
    unit = models.CharField("単位", max_length=20, blank=True)
    position = models.PositiveSmallIntegerField("並び順")
    for_municipalities = models.BooleanField("市区町村の指標", default=True)
    for_prefectures = models.BooleanField("都道府県の指標", default=True)
    published_on = models.DateField("公表日")
    source = models.CharField("出典", max_length=200)
    credit = models.CharField("表示する出典", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "DX指標"
        ordering = ["-published_on", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=IndicatorKind.values), name="dx_indicator_kind_known"
            ),
            models.UniqueConstraint(fields=["code", "published_on"], name="dx_indicator_unique_per_edition"),
        ]

    def __str__(self) -> str:
        return self.label


class DxValue(models.Model):
    """What one indicator says of one prefecture or municipality; a missing row means no figure."""

    indicator = models.ForeignKey(
        DxIndicator, verbose_name="指標", on_delete=models.CASCADE, related_name="values"
    )
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="dx_values"
    )
    status = models.CharField("状況", max_length=14, choices=IndicatorStatus, blank=True)
    value = models.DecimalField("値", max_digits=8, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "DX指標の値"
        ordering = ["indicator", "organisation"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "organisation"], name="dx_value_once"),
            models.CheckConstraint(
                condition=Q(status__in=IndicatorStatus.values, value__isnull=True)
                | Q(status="", value__isnull=False),
                name="dx_value_status_or_figure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.organisation}"
