"""Offices without anybody in charge: noticed every day, told to the prefecture once."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from portal import clock
from portal.audit import AuditCode, record
from portal.choices import Duty
from portal.models import Membership, Organisation, User, Vacancy
from portal.outbox import Letter, post_all

KIND, LABEL = "portal.vacancy", "担当者の不在"


def look_for_vacancies(day: dt.date) -> int:
    """Note new vacancies, close those that are over, tell prefectures what is new; how many were told."""
    _note(day)
    rows = Vacancy.objects.filter(told_at__isnull=True, ended_on__isnull=True)
    keys = rows.order_by("organisation__parent_id").values_list("organisation__parent_id", flat=True)
    return sum(_tell(key, day) for key, _group in groupby(keys) if key)


@transaction.atomic
def _note(day: dt.date) -> None:
    vacant = set(Organisation.objects.vacant(day).values_list("pk", flat=True))
    open_rows = Vacancy.objects.filter(ended_on__isnull=True)
    noted = set(open_rows.values_list("organisation_id", flat=True))
    open_rows.filter(organisation_id__in=noted - vacant).update(ended_on=day)
    new = [Vacancy(organisation_id=key, since=day) for key in sorted(vacant - noted)]
    Vacancy.objects.bulk_create(new, ignore_conflicts=True)


@transaction.atomic
def _tell(prefecture_id: int, day: dt.date) -> int:
    """One letter to each addressee for all vacancies of a prefecture that it was not told of."""
    rows = list(
        Vacancy.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .filter(told_at__isnull=True, ended_on__isnull=True, organisation__parent=prefecture_id)
        .select_related("organisation__parent")
        .order_by("pk")
    )
    if not rows:
        return 0
    prefecture = rows[0].organisation.parent
    if prefecture is None:
        return 0
    post_all(_letters(prefecture, rows, day))
    Vacancy.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=clock.now())
    details = {"organisations": [row.organisation_id for row in rows]}
    record(AuditCode.VACANCY_TOLD, obj=prefecture, concerns=prefecture, details=details)
    return 1


def _letters(prefecture: Organisation, rows: list[Vacancy], day: dt.date) -> list[Letter]:
    names = [row.organisation.name for row in rows]
    body = render_to_string("people/mail/vacancy.txt", {"names": names, "prefecture": prefecture})
    # A vacancy is told once: its number says which letter this is.
    return [
        Letter(
            key=f"vacancy:{rows[0].pk}:{person.pk if person else 'office'}",
            kind=KIND,
            organisation=prefecture,
            user=person,
            recipient=person.name if person else "ご担当の方",
            address=(person.email if person else prefecture.notification_address) or "",
            subject=f"担当者のいない団体があります（{len(rows)}団体）",
            body=body,
            sender_name=settings.PORTAL_NAME,
            concerns=prefecture,
        )
        for person in _addressees(prefecture, day)
    ]


def _addressees(prefecture: Organisation, day: dt.date) -> list[User | None]:
    """The office's own address (None), else its managers with an address, else the office all the same."""
    if prefecture.notification_address:
        return [None]
    managers = Membership.objects.active(day).filter(
        organisation=prefecture, duty=Duty.MANAGER, user__is_active=True, user__email__isnull=False
    )
    people = {row.user_id: row.user for row in managers.select_related("user").order_by("pk")}
    return [*people.values()] or [None]
