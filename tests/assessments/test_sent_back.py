"""Sign-off inside the organisation: the approver sends a form back, and nobody outside learns of it."""

import pytest
from django.urls import reverse

from assessments.choices import FormState
from assessments.services import progress as service
from assessments.services.corrections import correct_progress
from assessments.services.progress_saving import open_sections
from assessments.services.sent_back import KIND
from portal.errors import MoveRefused
from portal.models import OutboxMessage
from portal.permissions import PermissionRefused
from tests.factories_assessments import full_report

pytestmark = pytest.mark.django_db
WHY = "数字の根拠を書いてください"


@pytest.fixture
def signing(town):
    """Town A1 wants a sign-off before a form leaves the house."""
    town.organisation.sign_off_required = True
    town.organisation.save()
    return town


@pytest.fixture
def approver(world):
    """Who signs off for town A1."""
    return world.actors["approver_a1"]


@pytest.fixture
def waiting(round_, signing):
    """A form of town A1 that waits for its sign-off."""
    report = full_report(round_, signing.organisation)
    return service.request_sign_off(report=report, actor=signing)


def handed_in_and_returned(report, approver, prefecture):
    service.sign_off_progress(report=report, actor=approver)
    service.return_progress(report=report, reason="詳しく", sections=["issues"], actor=prefecture)


def test_the_approver_sends_it_back_to_where_it_came_from(waiting, signing, approver, prefecture):
    fresh = service.send_back_progress(report=waiting, reason=WHY, actor=approver)
    assert (fresh.state, fresh.status_changes.last().reason) == (FormState.DRAFT, WHY)
    service.request_sign_off(report=waiting, actor=signing)
    handed_in_and_returned(waiting, approver, prefecture)
    service.request_sign_off(report=waiting, actor=signing)
    fresh = service.send_back_progress(report=waiting, reason=WHY, actor=approver)
    assert (fresh.state, open_sections(fresh)) == (FormState.RETURNED, ("issues",))


def test_a_correction_comes_back_as_a_correction(waiting, signing, approver, prefecture):
    service.sign_off_progress(report=waiting, actor=approver)
    service.accept_progress(report=waiting, actor=prefecture)
    correct_progress(report=waiting, reason="誤り", actor=signing)
    service.request_sign_off(report=waiting, actor=signing)
    fresh = service.send_back_progress(report=waiting, reason=WHY, actor=approver)
    assert fresh.state == FormState.CORRECTING
    service.request_sign_off(report=waiting, actor=signing)
    assert service.recall_progress(report=waiting, actor=signing).state == FormState.CORRECTING


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_needed(waiting, approver, reason):
    with pytest.raises(MoveRefused, match="理由"):
        service.send_back_progress(report=waiting, reason=reason, actor=approver)


@pytest.mark.parametrize("name", ["town_a1", "prefecture_a", "town_a2", "secretariat"])
def test_only_the_approver_sends_it_back(waiting, world, name):
    with pytest.raises(PermissionRefused):
        service.send_back_progress(report=waiting, reason=WHY, actor=world.actors[name])


def test_the_approver_does_not_recall_for_the_writer(waiting, approver):
    with pytest.raises(PermissionRefused):
        service.recall_progress(report=waiting, actor=approver)


def test_who_asked_is_told_once_in_the_name_of_the_office(waiting, signing, approver):
    for _ in range(2):
        service.send_back_progress(report=waiting, reason=WHY, actor=approver)
    (message,) = OutboxMessage.objects.filter(kind=KIND)
    assert (message.user, message.sender) == (signing.user, signing.organisation)
    assert WHY in message.body


def test_the_office_is_told_when_the_writer_has_gone(waiting, signing, approver):
    membership = signing.membership
    type(membership).objects.filter(pk=membership.pk).update(valid_until="2025-09-01")
    service.send_back_progress(report=waiting, reason=WHY, actor=approver)
    assert OutboxMessage.objects.get(kind=KIND).user is None


def test_the_writer_reads_why_on_the_task_list(waiting, signing, approver, round_, client_of):
    service.send_back_progress(report=waiting, reason=WHY, actor=approver)
    page = client_of(signing).get(reverse("progress_edit", args=[round_.pk])).content.decode()
    assert WHY in page
    assert "庁内での差戻し" in page


def test_nobody_outside_sees_any_of_it(waiting, signing, approver, prefecture, client_of):
    handed_in_and_returned(waiting, approver, prefecture)
    service.request_sign_off(report=waiting, actor=signing)
    service.send_back_progress(report=waiting, reason=WHY, actor=approver)
    url = reverse("progress_detail", args=[waiting.pk])
    outside, inside = (client_of(actor).get(url).content.decode() for actor in (prefecture, signing))
    assert (WHY in outside, "庁内で差し戻" in outside) == (False, False)
    assert WHY in inside


def test_the_way_through_the_pages(waiting, approver, client_of):
    browser = client_of(approver)
    url = reverse("progress_move", args=[waiting.pk, "send-back"])
    assert url in browser.get(reverse("progress_detail", args=[waiting.pk])).content.decode()
    assert "県などほかの団体には、知らされません" in browser.get(url).content.decode()
    empty = browser.post(url, {"reason": ""}).content.decode()
    assert "エラー：" in empty
    browser.post(url, {"reason": WHY})
    waiting.refresh_from_db()
    assert waiting.state == FormState.DRAFT


def test_every_return_of_the_prefecture_stays_visible_to_both_sides(
    waiting, signing, approver, prefecture, client_of
):
    handed_in_and_returned(waiting, approver, prefecture)
    service.request_sign_off(report=waiting, actor=signing)
    service.sign_off_progress(report=waiting, actor=approver)
    service.return_progress(
        report=waiting, reason="まだ足りません", sections=["overview", "activities"], actor=prefecture
    )
    for actor in (signing, prefecture):
        page = client_of(actor).get(reverse("progress_detail", args=[waiting.pk])).content.decode()
        assert "直す項目：見えてきた課題" in page
        assert "直す項目：取組の概要と分野、これまでの取組" in page
        assert "まだ足りません" in page


def test_who_signed_off_once_signs_the_second_submission_too(waiting, signing, approver, prefecture):
    handed_in_and_returned(waiting, approver, prefecture)
    service.request_sign_off(report=waiting, actor=signing)
    assert service.sign_off_progress(report=waiting, actor=approver).number == 2
