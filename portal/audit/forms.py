"""The filter box of the audit trail."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q

from portal import clock
from portal.actor import Actor
from portal.audit.codes import AuditCode
from portal.choices import AuditResult, Role
from portal.models.audit import AuditQuerySet
from portal.ui import forms as ui

EVERY = ("", "すべて")
#: Without a period given, so many days are shown.
DAYS = 31


class AuditFilter(ui.PortalFilterForm):
    """Period, act, result, person, organisation, object."""

    since = ui.DateField(label="いつから")
    until = ui.DateField(label="いつまで")
    code = forms.ChoiceField(label="操作", choices=[EVERY, *AuditCode.choices])
    result = forms.ChoiceField(label="結果", choices=[EVERY, *AuditResult.choices])
    person = ui.CharField(label="氏名")
    organisation = ui.CharField(label="団体")
    thing = ui.CharField(label="対象")

    def __init__(self, data: Any, *, actor: Actor) -> None:
        today = clock.real_now().astimezone(clock.JAPAN).date()
        given = data or {"since": (today - dt.timedelta(days=DAYS)).isoformat()}
        super().__init__(given)
        self.actor = actor

    def apply(self, rows: AuditQuerySet) -> AuditQuerySet:
        """The entries that meet every condition given."""
        if since := self.value("since"):
            rows = rows.filter(at__gte=_midnight(since))
        if until := self.value("until"):
            rows = rows.filter(at__lt=_midnight(until + dt.timedelta(days=1)))
        for name in ("code", "result"):
            if value := self.value(name):
                rows = rows.filter(**{name: value})
        if person := self.value("person"):
            rows = rows.filter(self._of_own(Q(user_name__icontains=person)))
        if organisation := self.value("organisation"):
            rows = rows.filter(
                Q(organisation_name__icontains=organisation) | Q(concerns__name__icontains=organisation)
            )
        if thing := self.value("thing"):
            rows = rows.filter(Q(object_label__icontains=thing) | Q(object_id=thing))
        return rows

    def _of_own(self, condition: Q) -> Q:
        """A name that is not shown to the reader is not found by it either."""
        own = Q() if self.actor.role == Role.ADMIN else Q(organisation=self.actor.organisation)
        return condition & own


def _midnight(day: dt.date) -> dt.datetime:
    """When a day begins in Japan."""
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.JAPAN)
