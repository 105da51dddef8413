"""Progress reports: the table of moves, saving, sign-off, handing in, returning, withdrawing."""

import pytest

from assessments.choices import FormState
from assessments.models import ProgressReport
from assessments.models.progress import SECTION_LIMIT
from assessments.services import progress as service
from assessments.services.forms import digest, start_progress
from assessments.services.progress_saving import open_sections, save_progress
from assessments.services.versions import shown_submission
from assessments.states import PROGRESS
from portal.actor import Actor
from portal.choices import Duty
from portal.errors import EditConflict, MoveRefused
from portal.permissions import PermissionRefused
from tests import factories as f
from tests.conftest import actor_for
from tests.factories_assessments import TEXT, full_report, submitted_report

pytestmark = pytest.mark.django_db


def target_of(round_, actor):
    return round_.targets.get(organisation=actor.organisation)


def moves_from(state):
    return {move.name for move in PROGRESS.available(state)}


@pytest.mark.parametrize(
    ("state", "names"),
    [
        (FormState.DRAFT, {"request_sign_off", "submit"}),
        (
            FormState.WAITING,
            {"sign_off"}
            | {
                f"{move}{end}" for move in ("recall", "send_back") for end in ("", "_returned", "_correcting")
            },
        ),
        (FormState.SUBMITTED, {"accept", "return", "withdraw", "withdraw_correcting"}),
        (FormState.RETURNED, {"request_sign_off", "submit", "give_up"}),
        (FormState.CORRECTING, {"request_sign_off", "submit", "give_up"}),
        (FormState.ACCEPTED, {"correct"}),
    ],
)
def test_table_of_moves(state, names):
    assert moves_from(state) == names


# --- starting and saving ----------------------------------------------------
def test_start_makes_one_draft(round_, town):
    first = start_progress(target=target_of(round_, town), actor=town)
    again = start_progress(target=target_of(round_, town), actor=town)
    assert first == again
    assert ProgressReport.objects.get().state == FormState.DRAFT


@pytest.mark.parametrize("day", ["2025-08-31", "2025-10-11"])
def test_start_is_refused_outside_the_round(round_, town, settings, day):
    settings.PORTAL_TODAY = day
    with pytest.raises(MoveRefused):
        start_progress(target=target_of(round_, town), actor=town)


@pytest.mark.parametrize("day", ["2025-10-01", "2025-10-10"])
def test_a_late_first_submission_is_taken_until_the_round_closes(round_, town, settings, day):
    settings.PORTAL_TODAY = day
    assert submitted_report(round_, town).state == FormState.SUBMITTED


def test_start_is_the_organisations_own(round_, town, prefecture, world):
    for other in (prefecture, world.actors["town_a2"], world.actors["vendor_a"], world.actors["secretariat"]):
        with pytest.raises(PermissionRefused):
            start_progress(target=target_of(round_, town), actor=other)


def test_save_counts_versions(round_, town):
    report = f.ProgressReportFactory(round=round_, organisation=town.organisation)
    saved = save_progress(report=report, values={"overview": "一"}, version=1, actor=town)
    assert (saved.overview, saved.version) == ("一", 2)


def test_second_save_from_one_version_is_told_and_shown_the_first(round_, town):
    """CON-01: no text is lost in silence."""
    report = f.ProgressReportFactory(round=round_, organisation=town.organisation)
    save_progress(report=report, values={"overview": "一"}, version=1, actor=town)
    with pytest.raises(EditConflict) as conflict:
        save_progress(report=report, values={"overview": "二"}, version=1, actor=town)
    assert conflict.value.current.overview == "一"
    report.refresh_from_db()
    assert report.overview == "一"


def test_saving_another_section_in_between_is_no_conflict(round_, town):
    report = f.ProgressReportFactory(round=round_, organisation=town.organisation)
    seen = digest({"issues": ""})
    save_progress(report=report, values={"overview": "一"}, version=1, actor=town)
    saved = save_progress(report=report, values={"issues": "二"}, version=1, actor=town, seen=seen)
    assert (saved.overview, saved.issues) == ("一", "二")


def test_saving_is_refused_after_submission(round_, town):
    report = submitted_report(round_, town)
    with pytest.raises(MoveRefused):
        save_progress(report=report, values={"overview": "後から"}, version=report.version, actor=town)


def test_saving_is_refused_after_the_round(round_, town, settings):
    report = f.ProgressReportFactory(round=round_, organisation=town.organisation)
    settings.PORTAL_TODAY = "2025-10-11"
    with pytest.raises(MoveRefused):
        save_progress(report=report, values={"overview": "遅い"}, version=1, actor=town)


@pytest.mark.parametrize(("length", "kept"), [(SECTION_LIMIT, True), (SECTION_LIMIT + 1, False)])
def test_limit_of_a_section(round_, town, length, kept):
    report = f.ProgressReportFactory(round=round_, organisation=town.organisation)
    refused = False
    try:
        save_progress(report=report, values={"overview": "あ" * length}, version=1, actor=town)
    except MoveRefused:
        refused = True
    assert refused is not kept


# --- handing in -------------------------------------------------------------
def test_submission_keeps_a_snapshot_with_a_receipt(round_, town):
    report = full_report(round_, town.organisation)
    submission = service.submit_progress(report=report, actor=town)
    assert submission.receipt == "R7-P-0001"
    assert submission.content["sections"]["issues"] == TEXT
    assert (submission.number, submission.by) == (1, town.user)


def test_receipts_count_on_within_the_year(round_, town, world):
    submitted_report(round_, town)
    other = submitted_report(round_, world.actors["town_b"])
    assert other.submissions.get().receipt == "R7-P-0002"


def test_submitting_twice_does_nothing(round_, town):
    report = full_report(round_, town.organisation)
    first = service.submit_progress(report=report, actor=town)
    assert service.submit_progress(report=report, actor=town) == first
    assert report.submissions.count() == report.status_changes.count() == 1


def test_a_colleagues_second_submission_is_refused(round_, town):
    report = submitted_report(round_, town)
    with pytest.raises(MoveRefused):
        service.submit_progress(report=report, actor=actor_for(town.organisation))


def test_incomplete_form_names_what_is_missing(round_, town):
    report = full_report(round_, town.organisation, issues=" \n", overview="")
    with pytest.raises(MoveRefused, match="取組の概要を入力してください。見えてきた課題を入力してください。"):
        service.submit_progress(report=report, actor=town)
    assert report.submissions.count() == 0


def test_only_the_author_submits(round_, town, prefecture, world):
    report = full_report(round_, town.organisation)
    for other in (prefecture, world.actors["town_a2"], world.actors["secretariat"], world.actors["vendor_a"]):
        with pytest.raises(PermissionRefused):
            service.submit_progress(report=report, actor=other)


# --- sign-off ---------------------------------------------------------------
@pytest.fixture
def signing(town):
    """Town A1 wants a sign-off before a form leaves the house."""
    town.organisation.sign_off_required = True
    town.organisation.save()
    return town


def test_sign_off_is_done_by_another_person(round_, signing, world):
    report = full_report(round_, signing.organisation)
    service.request_sign_off(report=report, actor=signing)
    with pytest.raises(PermissionRefused, match="決裁者"):
        service.sign_off_progress(report=report, actor=signing)
    submission = service.sign_off_progress(report=report, actor=world.actors["approver_a1"])
    report.refresh_from_db()
    assert (report.state, submission.number) == (FormState.SUBMITTED, 1)


def test_sign_off_cannot_be_skipped(round_, signing):
    with pytest.raises(MoveRefused, match="決裁"):
        service.submit_progress(report=full_report(round_, signing.organisation), actor=signing)


def test_sign_off_is_not_asked_where_it_is_not_wanted(round_, town):
    with pytest.raises(MoveRefused):
        service.request_sign_off(report=full_report(round_, town.organisation), actor=town)


def test_sign_off_by_the_prefecture_is_refused(round_, signing, prefecture):
    report = full_report(round_, signing.organisation)
    service.request_sign_off(report=report, actor=signing)
    with pytest.raises(PermissionRefused):
        service.sign_off_progress(report=report, actor=prefecture)


def test_waiting_form_goes_back_to_where_it_came_from(round_, signing, prefecture, world):
    report = full_report(round_, signing.organisation)
    service.request_sign_off(report=report, actor=signing)
    assert service.recall_progress(report=report, actor=signing).state == FormState.DRAFT
    service.request_sign_off(report=report, actor=signing)
    service.sign_off_progress(report=report, actor=world.actors["approver_a1"])
    service.return_progress(report=report, reason="詳しく", sections=["issues"], actor=prefecture)
    service.request_sign_off(report=report, actor=signing)
    fresh = service.recall_progress(report=report, actor=signing)
    assert (fresh.state, open_sections(fresh)) == (FormState.RETURNED, ("issues",))


def both_duties(officer, duty, **membership):
    """The same person in another office, or with another duty in the same one."""
    row = f.MembershipFactory(user=officer.user, duty=duty, **membership)
    return Actor(user=officer.user, membership=row)


def test_who_asked_for_the_sign_off_does_not_sign_though_also_an_approver(round_, signing):
    report = full_report(round_, signing.organisation)
    service.request_sign_off(report=report, actor=signing)
    also = both_duties(signing, Duty.APPROVER, organisation=signing.organisation)
    with pytest.raises(MoveRefused, match="あなたが入力または提出した"):
        service.sign_off_progress(report=report, actor=also)


def test_who_wrote_in_the_form_does_not_sign_it_off(round_, signing):
    report = full_report(round_, signing.organisation)
    writer = actor_for(signing.organisation)
    save_progress(report=report, values={"issues": "直した"}, version=report.version, actor=writer)
    service.request_sign_off(report=report, actor=signing)
    also = both_duties(writer, Duty.APPROVER, organisation=signing.organisation)
    with pytest.raises(MoveRefused, match="ほかの担当者に依頼"):
        service.sign_off_progress(report=report, actor=also)


def test_nobody_accepts_what_they_handed_in_for_the_town(round_, town, prefecture):
    report = submitted_report(round_, town)
    also = both_duties(town, Duty.MANAGER, organisation=prefecture.organisation)
    with pytest.raises(MoveRefused, match="受理することができません"):
        service.accept_progress(report=report, actor=also)
    assert service.accept_progress(report=report, actor=prefecture).state == FormState.ACCEPTED


def test_an_approver_neither_writes_nor_hands_in(round_, town, world):
    report, actor = full_report(round_, town.organisation), world.actors["approver_a1"]
    with pytest.raises(PermissionRefused, match="入力担当"):
        save_progress(report=report, values={"issues": "x"}, version=report.version, actor=actor)
    with pytest.raises(PermissionRefused, match="入力担当"):
        service.submit_progress(report=report, actor=actor)


def test_a_reader_of_the_prefecture_does_not_accept(round_, town, world):
    report = submitted_report(round_, town)
    with pytest.raises(PermissionRefused, match="管理"):
        service.accept_progress(report=report, actor=world.actors["reader_a"])


# --- review -----------------------------------------------------------------
def test_accept(round_, town, prefecture):
    report = submitted_report(round_, town)
    assert service.accept_progress(report=report, actor=prefecture).state == FormState.ACCEPTED


@pytest.mark.parametrize(
    "name", ["prefecture_b", "vendor_a", "ministry", "expert", "admin", "town_a2", "town_a1"]
)
def test_who_may_not_accept_or_return(round_, town, world, name):
    report = submitted_report(round_, town)
    with pytest.raises(PermissionRefused):
        service.accept_progress(report=report, actor=world.actors[name])
    with pytest.raises(PermissionRefused):
        service.return_progress(report=report, reason="x", sections=["issues"], actor=world.actors[name])


def test_nobody_accepts_the_own_work(round_, prefecture, world):
    report = submitted_report(round_, prefecture)
    with pytest.raises(PermissionRefused):
        service.accept_progress(report=report, actor=prefecture)
    assert (
        service.accept_progress(report=report, actor=world.actors["secretariat"]).state == FormState.ACCEPTED
    )


def test_draft_cannot_be_accepted(round_, town, prefecture):
    with pytest.raises(MoveRefused):
        service.accept_progress(report=full_report(round_, town.organisation), actor=prefecture)


@pytest.mark.parametrize(("reason", "sections"), [("", ["issues"]), ("  ", ["issues"]), ("詳しく", [])])
def test_return_needs_reason_and_sections(round_, town, prefecture, reason, sections):
    report = submitted_report(round_, town)
    with pytest.raises(MoveRefused):
        service.return_progress(report=report, reason=reason, sections=sections, actor=prefecture)
    report.refresh_from_db()
    assert report.state == FormState.SUBMITTED


def test_returned_form_opens_named_sections_only_and_comes_back_as_second_submission(
    round_, town, prefecture, settings
):
    report = submitted_report(round_, town)
    fresh = service.return_progress(report=report, reason="詳しく", sections=["issues"], actor=prefecture)
    with pytest.raises(MoveRefused):
        save_progress(report=report, values={"overview": "x"}, version=fresh.version, actor=town)
    settings.PORTAL_TODAY = "2025-10-20"  # a correction that was asked for is taken after the round too
    save_progress(report=report, values={"issues": "直した"}, version=fresh.version, actor=town)
    submission = service.submit_progress(report=report, actor=town)
    assert (submission.number, submission.content["sections"]["issues"]) == (2, "直した")
    assert report.submissions.get(number=1).content["sections"]["issues"] == TEXT


# --- withdrawing ------------------------------------------------------------
def test_withdraw_until_a_reviewer_opens(round_, town, prefecture):
    report = submitted_report(round_, town)
    assert service.withdraw_progress(report=report, actor=town).state == FormState.DRAFT
    service.submit_progress(report=report, actor=town)
    report.refresh_from_db()
    service.mark_opened(report=report, actor=prefecture)
    with pytest.raises(MoveRefused, match="確認を始めた"):
        service.withdraw_progress(report=report, actor=town)


def test_looking_by_others_does_not_close_the_withdrawal(round_, town, world):
    report = submitted_report(round_, town)
    for name in ("vendor_a", "ministry", "town_a1"):
        service.mark_opened(report=report, actor=world.actors[name])
    report.refresh_from_db()
    assert report.opened_at is None


def test_withdrawing_after_the_round_is_refused(round_, town, settings):
    report = submitted_report(round_, town)
    settings.PORTAL_TODAY = "2025-10-11"
    with pytest.raises(MoveRefused):
        service.withdraw_progress(report=report, actor=town)


def test_others_read_the_last_submission_never_the_draft(round_, town, prefecture):
    report = submitted_report(round_, town)
    returned = service.return_progress(report=report, reason="詳しく", sections=["issues"], actor=prefecture)
    save_progress(report=report, values={"issues": "まだ下書き"}, version=returned.version, actor=town)
    report.refresh_from_db()
    assert shown_submission(report).content["sections"]["issues"] == TEXT
    service.submit_progress(report=report, actor=town)
    withdrawn = service.withdraw_progress(report=report, actor=town)
    assert shown_submission(withdrawn) is None
