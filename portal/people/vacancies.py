"""Offices without anybody in charge: noticed every day, told to the prefecture once."""

from __future__ import annotations

import logging
import smtplib
from itertools import groupby

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from portal import clock
from portal.audit import AuditCode, record
from portal.choices import Duty
from portal.models import Membership, Organisation, Vacancy
from portal.people.tokens import absolute

logger = logging.getLogger(__name__)


def look_for_vacancies() -> int:
    """Note new vacancies, close those that are over, tell prefectures what is new; how many mails."""
    _note()
    rows = Vacancy.objects.filter(told_at__isnull=True, ended_on__isnull=True)
    keys = rows.order_by("organisation__parent_id").values_list("organisation__parent_id", flat=True)
    return sum(_tell(key) for key, _group in groupby(keys) if key)


@transaction.atomic
def _note() -> None:
    today = clock.today()
    vacant = set(Organisation.objects.vacant(today).values_list("pk", flat=True))
    open_rows = Vacancy.objects.filter(ended_on__isnull=True)
    noted = set(open_rows.values_list("organisation_id", flat=True))
    open_rows.filter(organisation_id__in=noted - vacant).update(ended_on=today)
    new = [Vacancy(organisation_id=key, since=today) for key in sorted(vacant - noted)]
    Vacancy.objects.bulk_create(new, ignore_conflicts=True)


def _tell(prefecture_id: int) -> int:
    """One mail for all vacancies of a prefecture it was not told of; a mail that fails is tried next time."""
    with transaction.atomic():
        rows = list(
            Vacancy.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(told_at__isnull=True, ended_on__isnull=True, organisation__parent=prefecture_id)
            .select_related("organisation__parent")
        )
        if not rows:
            return 0
        prefecture = rows[0].organisation.parent
        if prefecture is None or not _mail(prefecture, rows):
            return 0
        Vacancy.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=clock.now())
        details = {"organisations": [row.organisation_id for row in rows]}
        record(AuditCode.VACANCY_TOLD, obj=prefecture, concerns=prefecture, details=details)
    return 1


def _addresses(prefecture: Organisation) -> list[str]:
    if prefecture.notification_address:
        return [prefecture.notification_address]
    managers = Membership.objects.active(clock.today()).filter(
        organisation=prefecture, duty=Duty.MANAGER, user__is_active=True, user__email__isnull=False
    )
    return [str(email) for email in managers.values_list("user__email", flat=True).distinct()]


def _mail(prefecture: Organisation, rows: list[Vacancy]) -> bool:
    addresses = _addresses(prefecture)
    if not addresses:
        return False
    context = {
        "names": [row.organisation.name for row in rows],
        "prefecture": prefecture,
        "link": absolute(f"{reverse('organisation_list')}?vacant=1"),
    }
    body = render_to_string("people/mail/vacancy.txt", context)
    subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}担当者のいない団体があります（{len(rows)}団体）"
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, addresses)
    except (smtplib.SMTPException, OSError):
        logger.warning("prefecture %s could not be told of vacancies", prefecture.pk, exc_info=True)
        return False
    return True
