"""Correcting what was accepted: a linked version with its reason, and what everybody reads meanwhile."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from assessments.choices import FormState
from assessments.services import progress as service
from assessments.services.attachments import attach_file, current_attachments, remove_attachment
from assessments.services.corrections import correct_progress, give_up_correction
from assessments.services.counts import round_counts
from assessments.services.own import own_forms, waiting_tasks
from assessments.services.previous import previous_submission
from assessments.services.progress_saving import open_sections, save_progress
from assessments.services.reminders import all_forms
from assessments.services.status import round_status
from assessments.services.versions import counted_state, counted_submission, shown_submission
from portal import clock
from portal.errors import MoveRefused
from portal.permissions import PermissionRefused
from reports.services.data import for_report
from reports.services.home import round_cards
from tests import factories as f
from tests.factories_assessments import TEXT, submitted_report

pytestmark = pytest.mark.django_db
WHY, NEW = "人数に誤りがありました", "訂正した課題"


@pytest.fixture
def accepted(round_, town, prefecture):
    """A form of town A1 that was accepted."""
    report = submitted_report(round_, town)
    return service.accept_progress(report=report, actor=prefecture)


def begin(report, town):
    """The correction begun, with one text changed."""
    fresh = correct_progress(report=report, reason=WHY, actor=town)
    return save_progress(report=fresh, values={"issues": NEW}, version=fresh.version, actor=town)


def correcting(report, town, world, prefecture):
    return begin(report, town)


def waiting(report, town, world, prefecture):
    begin(report, town)
    town.organisation.sign_off_required = True
    town.organisation.save()
    return service.request_sign_off(report=report, actor=town)


def returned(report, town, world, prefecture):
    begin(report, town)
    service.submit_progress(report=report, actor=town)
    return service.return_progress(report=report, reason="違う", sections=["issues"], actor=prefecture)


def withdrawn(report, town, world, prefecture):
    begin(report, town)
    service.submit_progress(report=report, actor=town)
    return service.withdraw_progress(report=report, actor=town)


def given_up_after_return(report, town, world, prefecture):
    returned(report, town, world, prefecture)
    return give_up_correction(report=report, actor=town)


UNDER_WAY = [correcting, waiting, returned, withdrawn]


@pytest.fixture(params=UNDER_WAY)
def under_way(request, accepted, town, world, prefecture):
    """An accepted form whose correction has not been accepted, in each of its states."""
    return request.param(accepted, town, world, prefecture)


def status_of(round_, actor, town):
    (row,) = [row for row in round_status(round_, actor, town.organisation.pk) if row.form == "progress"]
    return row


# --- the moves ---------------------------------------------------------------
def test_a_reason_is_needed(accepted, town):
    with pytest.raises(MoveRefused, match="理由"):
        correct_progress(report=accepted, reason=" ", actor=town)


@pytest.mark.parametrize("name", ["prefecture_a", "secretariat", "vendor_a", "approver_a1", "town_a2"])
def test_only_its_author_corrects(accepted, world, name):
    with pytest.raises(PermissionRefused):
        correct_progress(report=accepted, reason=WHY, actor=world.actors[name])


def test_nothing_but_an_accepted_form_is_corrected(round_, town):
    report = submitted_report(round_, town)
    with pytest.raises(MoveRefused):
        correct_progress(report=report, reason=WHY, actor=town)
    with pytest.raises(MoveRefused):
        give_up_correction(report=report, actor=town)


def test_a_first_return_is_not_given_up(round_, town, prefecture):
    report = submitted_report(round_, town)
    service.return_progress(report=report, reason="違う", sections=["issues"], actor=prefecture)
    with pytest.raises(MoveRefused, match="訂正をやめる"):
        give_up_correction(report=report, actor=town)


def test_all_sections_open_after_the_round_has_closed_too(accepted, town, settings):
    settings.PORTAL_TODAY = "2025-12-01"
    fresh = begin(accepted, town)
    assert set(open_sections(fresh)) == {one.code for one in fresh.sections}
    submission = service.submit_progress(report=fresh, actor=town)
    assert (submission.number, submission.corrects.number, submission.reason) == (2, 1, WHY)
    assert submission.content["sections"]["issues"] == NEW


def test_a_first_submission_corrects_nothing(accepted):
    first = accepted.submissions.get()
    assert (first.corrects, first.reason) == (None, "")


def test_a_correction_that_is_accepted_can_be_corrected_again(accepted, town, prefecture):
    begin(accepted, town)
    service.submit_progress(report=accepted, actor=town)
    fresh = service.accept_progress(report=accepted, actor=prefecture)
    assert fresh.accepted.number == 2
    begin(fresh, town)
    assert service.submit_progress(report=fresh, actor=town).corrects.number == 2


def test_giving_up_brings_back_texts_and_files(round_, town, prefecture):
    target = round_.targets.get(organisation=town.organisation)
    report = submitted_report(round_, town, skipped={}, state=FormState.DRAFT)
    service.withdraw_progress(report=report, actor=town)
    kept = attach_file(target=target, upload=ContentFile(b"a\n", "a.txt"), name="a.txt", actor=town)
    service.submit_progress(report=report, actor=town)
    service.accept_progress(report=report, actor=prefecture)
    fresh = begin(report, town)
    save_progress(
        report=fresh,
        values={"steps": {}, "target_state": ""},
        skipped={"steps": "今回は行わない"},
        version=fresh.version,
        actor=town,
    )
    remove_attachment(attachment=kept, actor=town)
    attach_file(target=target, upload=ContentFile(b"b\n", "b.txt"), name="b.txt", actor=town)
    back = give_up_correction(report=report, actor=town)
    back.refresh_from_db()
    assert (back.state, back.issues, back.skipped) == (FormState.ACCEPTED, TEXT, {})
    assert back.target_state == TEXT
    assert [str(one) for one in current_attachments(back)] == ["a.txt"]


# --- what everybody reads meanwhile --------------------------------------------
def test_others_read_what_was_accepted(under_way, prefecture, world, client_of):
    under_way.refresh_from_db()
    assert shown_submission(under_way).number == 1
    url = reverse("progress_detail", args=[under_way.pk])
    for actor in (prefecture, world.actors["vendor_a"], world.actors["secretariat"]):
        page = client_of(actor).get(url).content.decode()
        assert NEW not in page
        assert "訂正中" in page
        assert "受理したものです" in page


def test_counts_and_matrix_count_it_as_handed_in(under_way, round_, prefecture, town):
    row = status_of(round_, prefecture, town)
    first = under_way.submissions.get(number=1)
    assert (row.state, row.is_done, row.handed_in_at) == ("correcting", True, first.at)
    assert round_counts([round_], prefecture)[round_.pk].done == 1
    assert [card.value for card in round_cards(round_, prefecture)] == [1, 0, 0, 0]


def test_nobody_is_reminded_of_it(under_way, round_, town, settings):
    settings.PORTAL_TODAY = "2025-10-05"
    rows = all_forms(round_, clock.today())
    (row,) = [row for row in rows if row.organisation_id == town.organisation.pk and row.form == "progress"]
    assert row.is_done


def test_the_matrix_can_be_filtered_by_it(under_way, round_, prefecture, town, client_of):
    browser = client_of(prefecture)
    url = reverse("round_detail", args=[round_.pk])
    page = browser.get(url, {"state": "correcting"}).content.decode()
    assert reverse("progress_detail", args=[under_way.pk]) in page


def test_reports_tell_what_was_accepted(under_way, round_, world):
    round_.stage = "midterm"
    round_.save()
    rows = for_report(world.region_a, clock.now())["progress"]["midterm"]["rows"]
    (row,) = [row for row in rows if row["receipt"]]
    assert (row["state_label"], row["sections"]["issues"]) == ("受理", TEXT)
    assert row["receipt"] == under_way.submissions.get(number=1).receipt


def test_the_round_after_it_is_shown_what_was_accepted(under_way, round_, town, world):
    later = f.RoundFactory(program=world.program, due_on="2026-02-27", closes_on="2026-03-13")
    kept = previous_submission(round_=later, organisation=town.organisation)
    assert kept.number == 1


def test_its_author_is_asked_to_go_on(under_way, round_, town, settings):
    settings.PORTAL_TODAY = "2025-10-20"
    (form,) = [form for form in own_forms(town) if form.form == "progress"]
    under_way.refresh_from_db()
    assert (form.state, form.is_open) == (under_way.state, True)
    (task,) = [task for task in waiting_tasks(town) if task.state == under_way.state]
    assert task.due is None


def test_given_up_after_a_return_it_is_what_was_accepted(accepted, town, prefecture, world, round_):
    report = given_up_after_return(accepted, town, world, prefecture)
    report.refresh_from_db()
    assert (report.state, shown_submission(report).number) == (FormState.ACCEPTED, 1)
    assert (counted_submission(report).number, counted_state(report)) == (1, FormState.ACCEPTED)
    assert status_of(round_, prefecture, town).handed_in_at == report.submissions.get(number=1).at


def test_a_correction_counts_from_being_handed_in(accepted, town, prefecture, round_, world):
    begin(accepted, town)
    service.submit_progress(report=accepted, actor=town)
    accepted.refresh_from_db()
    assert shown_submission(accepted).number == counted_submission(accepted).number == 2
    assert counted_state(accepted) == FormState.SUBMITTED
    assert status_of(round_, prefecture, town).state == "submitted"


# --- the pages ----------------------------------------------------------------
def test_the_way_through_the_pages(accepted, town, prefecture, round_, client_of):
    browser = client_of(town)
    detail = reverse("progress_detail", args=[accepted.pk])
    url = reverse("progress_move", args=[accepted.pk, "correct"])
    assert url in browser.get(detail).content.decode()
    assert "エラー：" in browser.post(url, {"reason": ""}).content.decode()
    page = browser.post(url, {"reason": WHY}, follow=True).content.decode()
    assert WHY in page
    assert reverse("progress_move", args=[accepted.pk, "give-up"]) in page
    accepted.refresh_from_db()
    save_progress(report=accepted, values={"issues": NEW}, version=accepted.version, actor=town)
    browser.post(reverse("progress_check", args=[round_.pk]))
    for actor in (town, prefecture):
        shown = client_of(actor).get(detail).content.decode()
        assert "2回目（1回目 R7-P-0001 の訂正）" in shown
        assert WHY in shown
        compared = client_of(actor).get(reverse("progress_changes", args=[accepted.pk])).content.decode()
        assert "1回目の提出との違い" in compared
        assert "訂正した" in compared


def test_a_correction_that_was_returned_is_compared_with_both(accepted, town, prefecture, client_of, world):
    returned(accepted, town, world, prefecture)
    service.submit_progress(report=accepted, actor=town)
    page = client_of(prefecture).get(reverse("progress_detail", args=[accepted.pk])).content.decode()
    url = reverse("progress_changes", args=[accepted.pk])
    assert f"{url}?from=1" in page
    assert f"{url}?from=2" in page
    browser = client_of(prefecture)
    assert "2回目の提出との違い" in browser.get(url, {"from": "2"}).content.decode()
    for bad in ("3", "9", "0"):
        assert browser.get(url, {"from": bad}).status_code == 404


def test_giving_up_on_the_page(accepted, town, client_of):
    begin(accepted, town)
    client_of(town).post(reverse("progress_move", args=[accepted.pk, "give-up"]))
    accepted.refresh_from_db()
    assert (accepted.state, accepted.issues) == (FormState.ACCEPTED, TEXT)
