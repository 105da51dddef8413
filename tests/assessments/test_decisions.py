"""What was decided on a form is told to those who fill it in, once, and says all they need."""

import pytest

from assessments.models import Assessment
from assessments.services.checklists import confirm_assessment, reopen_assessment
from assessments.services.decisions import KIND
from assessments.services.progress import accept_progress, return_progress
from portal.choices import Duty
from portal.models import OutboxMessage
from tests.conftest import actor_for
from tests.factories_assessments import submitted_assessment, submitted_report

pytestmark = pytest.mark.django_db


def told():
    return OutboxMessage.objects.filter(kind=KIND)


def test_a_return_names_sections_and_reason_and_reaches_every_editor(round_, town, prefecture):
    colleague = actor_for(town.organisation)
    approver = actor_for(town.organisation, duty=Duty.APPROVER)
    report = submitted_report(round_, town)
    return_progress(report=report, reason="人数を書いてください", sections=["issues"], actor=prefecture)
    message = told().get(user=town.user)
    assert message.subject == f"【差戻し】{round_.title}の取組状況"
    for words in ("直してほしい項目：見えてきた課題", "人数を書いてください", "もう一度提出してください。"):
        assert words in message.body
    assert message.address == town.user.email
    assert set(told().values_list("user", flat=True)) == {town.user.pk, colleague.user.pk}
    assert approver.user.pk not in told().values_list("user", flat=True)


def test_an_acceptance_is_told_once(round_, town, prefecture):
    report = submitted_report(round_, town)
    accept_progress(report=report, actor=prefecture)
    accept_progress(report=report, actor=prefecture)
    assert told().get().subject == f"【受理】{round_.title}の取組状況"


def test_an_office_without_an_address_of_its_people_gets_it_at_its_own(round_, town, prefecture):
    type(town.user).objects.filter(pk=town.user.pk).update(email=None, login_id="a1")
    report = submitted_report(round_, town)
    accept_progress(report=report, actor=prefecture)
    message = told().get()
    assert (message.user, message.address) == (None, town.organisation.notification_address)


def test_checklists_are_told_as_well_and_each_return_anew(round_, framework, town, prefecture):
    row = submitted_assessment(round_, framework, town)
    reopen_assessment(assessment=row, reason="根拠を足してください", actor=prefecture)
    assert "根拠を足してください" in told().get().body
    Assessment.objects.filter(pk=row.pk).update(state="submitted")
    confirm_assessment(assessment=row, actor=prefecture)
    assert set(told().values_list("subject", flat=True)) == {
        f"【差戻し】{round_.title}の{framework.name}",
        f"【確定】{round_.title}の{framework.name}",
    }
