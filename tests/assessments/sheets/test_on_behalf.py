"""代理入力: the prefecture fills in, the town looks and decides; nothing stands in a form before that."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from assessments.models import EntryProposal, ProgressReport
from assessments.services import progress, progress_saving
from assessments.services.sheets import proposals
from portal.audit import AuditCode
from portal.choices import ImportState, JobState
from portal.errors import MoveRefused
from portal.jobs import run_job
from portal.models import AuditEntry, ImportRun, OutboxMessage
from portal.permissions import PermissionRefused
from portal.registry import task_sources
from tests.assessments.sheets.conftest import errors_of, fill, plan_of
from tests.conftest import actor_for
from tests.factories_assessments import full_report, questions_of
from tests.factories_issues import make_issue

SECRET = "まだ見せていない下書き"


@pytest.fixture
def draft(round_, town, steps):
    return full_report(round_, town.organisation, overview=SECRET, skipped={"issues": SECRET})


def tasks_of(actor):
    return [task.label for source in task_sources.all() for task in source(actor)]


def proposed(behalf, **texts) -> EntryProposal:
    """The prefecture fills in and asks the town."""
    book = behalf.book()
    for key, value in (texts or {"overview": "県が聞き取った概要"}).items():
        fill(book, f"text.{key}", value)
    run = behalf.confirm(behalf.send(book))
    assert run.state == ImportState.APPLIED, run.job.error
    return EntryProposal.objects.get(run=run)


def review(desk, proposal) -> ImportRun:
    """The town has the file read against what it has."""
    answer = desk.client.post(reverse("entry_move", args=[proposal.pk, "review"]))
    run = ImportRun.objects.latest("created_at")
    assert answer.url == reverse("job_detail", args=[run.job_id])
    run_job(run.job_id)
    run.refresh_from_db()
    return run


def test_the_prefecture_gets_no_draft_in_file_preview_or_page(behalf, draft, town, framework):
    make_issue(town, SECRET)
    body = behalf.download()
    book = load_workbook(io.BytesIO(body))
    assert "地域課題" not in book.sheetnames
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(SECRET in text for text in texts)
    assert plan_of(behalf.send(body)).changes == []
    fill(book, "text.overview", "県が聞き取った概要")
    fill(book, str(questions_of(framework)[0].pk), "3", sheet=framework.name)
    run = behalf.send(book)
    page = behalf.look(run)
    assert SECRET not in page
    assert "2件の確認を市町村に依頼する" in page
    assert SECRET not in behalf.client.get(behalf.page).content.decode()


def test_what_was_handed_in_stands_in_the_prefectures_file(behalf, draft, town):
    progress.submit_progress(report=draft, actor=town)
    texts = [cell.value for row in behalf.book()["取組状況"].iter_rows() for cell in row]
    assert SECRET in texts


def test_the_town_is_told_looks_and_takes_it_over(
    desk, behalf, draft, town, prefecture, round_, world, framework
):
    proposal = proposed(behalf, activities="県が聞き取った取組", overview="県が聞き取った概要")
    draft.refresh_from_db()
    assert (draft.overview, draft.version) == (SECRET, 1)
    assert "県が代わりに入力した内容の確認" in tasks_of(town)
    assert "県が代わりに入力した内容の確認" not in tasks_of(prefecture)
    others = [town, prefecture, world.actors["approver_a1"]]
    assert proposals.count_proposals(others) == {town.membership.pk: 1, prefecture.membership.pk: 0}
    assert "県が代わりに入力した内容の確認" not in tasks_of(world.actors["approver_a1"])
    letter = OutboxMessage.objects.get(kind=proposals.LETTER)
    assert (letter.organisation, letter.sender) == (town.organisation, prefecture.organisation)
    for page in (
        reverse("progress_edit", args=[round_.pk]),
        reverse("assessment_edit", args=[round_.pk, framework.pk]),
    ):
        assert "県が代わりに入力した内容があります" in desk.client.get(page).content.decode()

    run = review(desk, proposal)
    assert (run.organisation, run.requested_by) == (town.organisation, town.user)
    plan = plan_of(run)
    assert [(change.key, change.conflict) for change in plan.changes] == [
        ("progress.text.overview", True),
        ("progress.text.activities", True),
    ]
    page = desk.look(run)
    assert SECRET in page
    assert "県が聞き取った概要" in page
    run = desk.confirm(run, **{"progress.text.overview": "now", "progress.text.activities": "file"})
    assert run.state == ImportState.APPLIED, run.job.error
    draft.refresh_from_db()
    assert (draft.overview, draft.activities) == (SECRET, "県が聞き取った取組")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.ended_by) == ("entry_taken", town.user)
    assert "県が代わりに入力した内容の確認" not in tasks_of(town)
    entry = AuditEntry.objects.get(code=AuditCode.ENTRY_TAKEN)
    assert (entry.user_id, entry.details["entered_by"]) == (town.user.pk, prefecture.user.pk)


def test_who_filled_in_does_not_accept_it(desk, behalf, draft, town, prefecture):
    run = review(desk, proposed(behalf, activities="県が聞き取った取組"))
    desk.confirm(run, **{"progress.text.activities": "file"})
    draft.refresh_from_db()
    assert set(draft.writers.all()) == {town.user, prefecture.user}
    progress.submit_progress(report=draft, actor=town)
    draft.refresh_from_db()
    with pytest.raises(MoveRefused):
        progress.accept_progress(report=draft, actor=prefecture)
    colleague = actor_for(prefecture.organisation)
    assert progress.accept_progress(report=draft, actor=colleague).state == "accepted"


def test_a_town_without_a_form_gets_one_when_it_takes_over(desk, behalf, round_, town, steps):
    run = review(desk, proposed(behalf))
    assert not ProgressReport.objects.exists()
    desk.confirm(run)
    report = ProgressReport.objects.get()
    assert (report.organisation, report.overview) == (town.organisation, "県が聞き取った概要")


def test_the_town_declines_with_a_reason_and_the_prefecture_sees_it(desk, behalf, draft, town, prefecture):
    proposal = proposed(behalf)
    address = reverse("entry_move", args=[proposal.pk, "decline"])
    assert "断る理由を入力してください。" in desk.client.post(address, {"reason": ""}).content.decode()
    desk.client.post(address, {"reason": "数が違います"})
    proposal.refresh_from_db()
    assert proposal.state == "entry_declined"
    page = behalf.client.get(reverse("entry_detail", args=[proposal.pk])).content.decode()
    assert "数が違います" in page
    letter = OutboxMessage.objects.filter(kind=proposals.LETTER, organisation=prefecture.organisation).get()
    assert "数が違います" in letter.body
    with pytest.raises(MoveRefused):
        proposals.decline(proposal=proposal, reason="もう一度", actor=town)
    draft.refresh_from_db()
    assert draft.version == 1


def test_the_prefecture_withdraws_and_the_town_can_no_longer_take_over(desk, behalf, draft, town):
    proposal = proposed(behalf)
    run = review(desk, proposal)
    behalf.client.post(reverse("entry_move", args=[proposal.pk, "withdraw"]))
    proposal.refresh_from_db()
    assert proposal.state == "entry_withdrawn"
    run = desk.confirm(run, **{"progress.text.overview": "file"})
    assert run.job.state == JobState.FAILED
    assert "もう確認待ちではありません" in run.job.error
    draft.refresh_from_db()
    assert draft.overview == SECRET
    assert plan_of(review(desk, proposal)).refused["rule"] == "ended"
    # A new one may follow.
    proposed(behalf)


def test_one_at_a_time(behalf, draft):
    proposed(behalf)
    run = behalf.send(behalf.download())
    assert plan_of(run).refused["rule"] == "waiting"


def test_two_files_confirmed_one_after_the_other_make_one(behalf, draft):
    runs = []
    for text in ("一つ目", "二つ目"):
        book = behalf.book()
        fill(book, "text.overview", text)
        runs.append(behalf.send(book))
    assert behalf.confirm(runs[0]).state == ImportState.APPLIED
    second = behalf.confirm(runs[1])
    assert second.job.state == JobState.FAILED
    assert "確認待ちの代理入力があります" in second.job.error
    assert EntryProposal.objects.count() == 1


def test_a_file_the_town_sent_by_mail_can_be_entered_for_it(desk, behalf, draft, town):
    """The town's own file holds its drafts: the prefecture sees what is new in it only."""
    book = desk.book()
    fill(book, "text.target_state", "窓口を1つにする")
    run = behalf.send(book)
    assert errors_of(run) == []
    assert [change.key for change in plan_of(run).changes] == ["progress.text.target_state"]
    proposal = EntryProposal.objects.get(run=behalf.confirm(run))
    town_run = desk.confirm(review(desk, proposal))
    assert town_run.state == ImportState.APPLIED
    draft.refresh_from_db()
    assert (draft.overview, draft.target_state) == (SECRET, "窓口を1つにする")


def test_nobody_else_enters_takes_or_sees_it(world, behalf, draft, round_, town, client_of):
    proposal = proposed(behalf)
    target = proposal.target
    for name in ("town_a2", "prefecture_b", "vendor_a", "secretariat", "approver_a1", "reader_a"):
        actor = world.actors[name]
        with pytest.raises(PermissionRefused):
            proposals.withdraw(proposal=proposal, actor=actor)
        with pytest.raises(PermissionRefused):
            proposals.decline(proposal=proposal, reason="いいえ", actor=actor)
        with pytest.raises(PermissionRefused):
            proposals.propose(run=proposal.run, target=target, count=1, actor=actor)
    for name in ("town_a2", "prefecture_b", "town_b"):
        client = client_of(world.actors[name])
        assert client.get(reverse("entry_detail", args=[proposal.pk])).status_code == 404
        assert client.get(reverse("import_run", args=[proposal.run.pk])).status_code == 404
    assert not [label for label in tasks_of(world.actors["town_a2"]) if "代わり" in label]


def test_the_text_that_was_saved_meanwhile_is_not_overwritten(desk, behalf, draft, town):
    run = review(desk, proposed(behalf, activities="県が聞き取った取組"))
    progress_saving.save_progress(
        report=draft, values={"activities": "いま直した取組"}, version=draft.version, actor=town
    )
    run = desk.confirm(run, **{"progress.text.activities": "file"})
    assert run.job.state == JobState.FAILED
    draft.refresh_from_db()
    assert draft.activities == "いま直した取組"
    assert EntryProposal.objects.get().is_waiting
