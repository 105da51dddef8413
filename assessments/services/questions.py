"""Which questions a framework asks of which organisation."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from assessments.models import Framework, Question
from portal.choices import OrganisationKind
from portal.models import Organisation


def asked_of(kind: str) -> Q:
    """The condition on questions for this kind of organisation; unions are asked what towns are."""
    if kind == OrganisationKind.PREFECTURE:
        return Q(for_prefectures=True)
    return Q(for_municipalities=True)


def asked_questions(framework: Framework, organisation: Organisation) -> QuerySet[Question]:
    """The questions of a framework that this organisation answers, in the order of the checklist."""
    return (
        Question.objects.filter(asked_of(organisation.kind), principle__framework=framework)
        .select_related("principle")
        .order_by("principle__position", "position")
    )
