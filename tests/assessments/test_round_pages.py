"""The pages of setting up a round, of the completion matrix, of extensions and of 該当なし."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import NotApplicable, Round, RoundGuide, RoundTarget
from assessments.services.matrix import Wanted, matrix_rows
from assessments.services.status import round_status
from portal.choices import OrganisationKind
from portal.models import AuditEntry, Organisation, StoredFile
from tests import factories as f
from tests.factories_assessments import submitted_assessment, submitted_report
from tests.portal import samples

pytestmark = pytest.mark.django_db

PDF = samples.pdf()


def entered(world, framework, **more):
    values = {
        "program": world.program.pk,
        "title": "第2回 最終報告",
        "stage": "final",
        "period_from": "2025/9/1",
        "period_to": "令和8年1月31日",
        "opens_on": "2026-02-02",
        "due_on": "2026-02-27",
        "closes_on": "2026-03-13",
        "frameworks": [framework.pk],
        "request_text": "よろしくお願いします。",
    }
    return values | more


def text_of(response):
    return response.content.decode()


@pytest.fixture
def office(client_of, prefecture):
    return client_of(prefecture)


def test_a_round_from_nothing_to_the_towns_page(office, client_of, world, framework, town):
    answer = office.post(reverse("round_new"), entered(world, framework))
    made = Round.objects.get(title="第2回 最終報告")
    assert answer.url == reverse("round_targets", args=[made.pk])
    body = {"act": "group", "group": "partners", "forms_asked": ["progress", "checklists"]}
    assert office.post(answer.url, body).status_code == 302
    upload = {"kind": "how_to", "file": SimpleUploadedFile("記入要領.pdf", PDF)}
    assert office.post(reverse("round_guides", args=[made.pk]), upload).status_code == 302
    overview = text_of(office.get(reverse("round_setup", args=[made.pk])))
    for told in (
        "取組状況：2団体",
        "2026年2月27日（金）</time>24時",
        world.town_a1.name,
        "記入要領：記入要領.pdf",
    ):
        assert told in overview
    place = reverse("round_detail", args=[made.pk])
    hall = client_of(town)
    assert hall.get(place).status_code == 404
    assert office.post(reverse("round_confirm", args=[made.pk])).status_code == 302
    page = text_of(hall.get(place))
    for told in ("よろしくお願いします。", "記入要領：記入要領.pdf", "受付前"):
        assert told in page
    guide = RoundGuide.objects.get()
    file = hall.get(reverse("round_guide", args=[made.pk, guide.pk]))
    assert b"".join(file) == PDF
    assert AuditEntry.objects.filter(code="file.downloaded").count() == 1


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(office, world, framework):
    body = entered(world, framework, title="", due_on="2026-02-01", period_to="いつか")
    page = text_of(office.post(reverse("round_new"), body))
    assert "名称を入力してください。" in page
    assert "実在する日付を入力してください。" in page
    assert "よろしくお願いします。" in page
    page = text_of(office.post(reverse("round_new"), entered(world, framework, due_on="2026-02-01")))
    assert "提出期限は、受付開始日（2026年2月2日）以降の日付にしてください。" in page
    assert not Round.objects.filter(organisation=world.prefecture_a.organisation).exists()


def test_the_last_rounds_set_up_is_offered_and_copied(office, world, framework, prefecture):
    last = f.RoundFactory(program=world.program, organisation=prefecture.organisation, title="第1回")
    f.RoundTargetFactory(round=last, organisation=world.town_a1.organisation)
    place = reverse("round_copy", args=[last.pk])
    assert place in text_of(office.get(reverse("round_new")))
    proposal = office.get(place).context["form"].initial
    assert (proposal["opens_on"], proposal["due_on"]) == (dt.date(2026, 9, 1), dt.date(2026, 9, 30))
    office.post(place, entered(world, framework, opens_on="2026-02-03"))
    made = Round.objects.get(title="第2回 最終報告")
    assert made.opens_on == dt.date(2026, 2, 3)
    assert [row.organisation for row in made.targets.all()] == [world.town_a1.organisation]


def test_once_open_only_later_dates_are_offered(client_of, world, round_):
    office = client_of(world.actors["secretariat"])
    place = reverse("round_edit", args=[round_.pk])
    assert set(office.get(place).context["form"].fields) == {"version", "due_on", "closes_on"}
    body = {
        "due_on": "2025-10-03",
        "closes_on": "2025-10-20",
        "version": 1,
        "title": "書き換え",
        "stage": "final",
    }
    office.post(place, body)
    round_.refresh_from_db()
    assert (round_.due_on, round_.closes_on) == (dt.date(2025, 10, 3), dt.date(2025, 10, 20))
    assert (round_.title == "書き換え", round_.stage) == (False, "midterm")
    early = text_of(office.post(place, body | {"due_on": "2025-10-02", "version": 2}))
    assert "提出期限は、受付が始まったあとは早められません。" in early
    stale = text_of(office.post(place, body | {"due_on": "2025-10-09", "version": 1}))
    assert "先に保存されました" in stale


def test_targets_are_picked_one_by_one_over_pages_and_filters(office, world, framework, prefecture):
    office.post(reverse("round_new"), entered(world, framework))
    round_ = Round.objects.get(title="第2回 最終報告")
    place = reverse("round_targets", args=[round_.pk])
    one, two = world.town_a1.organisation, world.town_a2.organisation
    office.post(place, {"shown": [one.pk, two.pk], "progress": [one.pk], "checklists": [one.pk, two.pk]})
    office.post(place, {"shown": [two.pk]})
    assert round_.targets.get().organisation == one
    forged = world.town_b.organisation_id
    answer = office.post(place, {"shown": [forged, "x", "9" * 30], "progress": [forged]}, follow=True)
    assert "選べない団体が含まれています" in text_of(answer)
    listed = office.get(place, {"chosen": "yes"}).context["page"].object_list
    assert [item["organisation"] for item in listed] == [one]
    listed = office.get(place, {"name": two.name}).context["page"].object_list
    assert [item["organisation"] for item in listed] == [two]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("記入要領.pdf", b"not a pdf", "「記入要領.pdf」は、"),
        ("記入要領.html", b"<script>", "10MB以下のPDF"),
        ("記入要領.xlsx", PDF, "「記入要領.xlsx」は、"),
        ("a.pdf", b"", "10MB以下のPDF"),
    ],
)
def test_a_guide_of_another_kind_is_refused(office, world, framework, name, content, sentence):
    office.post(reverse("round_new"), entered(world, framework))
    round_ = Round.objects.get(title="第2回 最終報告")
    upload = {"kind": "how_to", "file": SimpleUploadedFile(name, content)}
    answer = office.post(reverse("round_guides", args=[round_.pk]), upload)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert not StoredFile.objects.exists()


def test_a_guide_is_taken_off_before_the_round_opens_only(client_of, world, round_):
    office = client_of(world.actors["secretariat"])
    upload = {"kind": "example", "file": SimpleUploadedFile("記入例.pdf", PDF)}
    office.post(reverse("round_guides", args=[round_.pk]), upload)
    guide = RoundGuide.objects.get()
    remove = reverse("guide_remove", args=[round_.pk, guide.pk])
    assert "取り外せません" in text_of(office.post(remove, follow=True))
    Round.objects.filter(pk=round_.pk).update(opens_on=dt.date(2025, 9, 17))
    office.post(remove)
    guide.refresh_from_db()
    assert guide.removed_at
    assert office.get(reverse("round_guide", args=[round_.pk, guide.pk])).status_code == 404


def test_a_withdrawn_round_says_so_to_those_it_asked(office, client_of, world, prefecture, town):
    round_ = f.RoundFactory(
        program=world.program,
        organisation=prefecture.organisation,
        opens_on=dt.date(2025, 9, 20),
    )
    f.RoundTargetFactory(round=round_, organisation=town.organisation)
    office.post(reverse("round_withdraw", args=[round_.pk]), {"reason": "日程を見直すため"})
    page = text_of(client_of(town).get(reverse("round_detail", args=[round_.pk])))
    assert "取りやめになりました" in page
    assert "日程を見直すため" in page


# --- extension and 該当なし, on both sides -----------------------------------
def test_an_extension_is_shown_to_both_sides(office, client_of, round_, town):
    place = [round_.pk, town.organisation.pk]
    body = {"due_on": "2025年10月6日", "reason": "台風の対応のため"}
    assert office.post(reverse("target_extend", args=place), body).status_code == 302
    theirs = text_of(office.get(reverse("round_target", args=place)))
    mine = text_of(client_of(town).get(reverse("round_detail", args=[round_.pk])))
    form = text_of(client_of(town).get(reverse("progress_edit", args=[round_.pk])))
    for page in (theirs, mine, form):
        assert "2025年10月6日（月）" in page
    for page in (theirs, mine):
        assert "台風の対応のため" in page
    late = office.post(reverse("target_extend", args=place), body | {"due_on": "2025-10-11"})
    assert "受付終了日（2025年10月10日）以前" in text_of(late)
    office.post(reverse("extension_withdraw", args=place), {"reason": "提出できるため"})
    assert "提出できるため" in text_of(office.get(reverse("round_target", args=place)))
    assert RoundTarget.objects.get(round=round_, organisation=town.organisation).extended_to is None


def test_a_form_that_does_not_apply_and_back(office, client_of, round_, framework, town):
    hall, place = client_of(town), reverse("not_applicable", args=[round_.pk, framework.pk])
    own = reverse("round_detail", args=[round_.pk])
    assert place in text_of(hall.get(own))
    assert hall.post(place, {"reason": "別の点検で代えるため"}).url == own
    told = reverse("round_target", args=[round_.pk, town.organisation.pk])
    assert "別の点検で代えるため" in text_of(office.get(told))
    assert "該当なしが1件" in text_of(office.get(own))
    assert "別の点検で代えるため" in text_of(hall.get(place))
    hall.post(reverse("not_applicable_undo", args=[round_.pk, framework.pk]))
    assert not NotApplicable.objects.filter(undone_at__isnull=True).exists()
    assert "別の点検で代えるため" not in text_of(office.get(told))


# --- the matrix -------------------------------------------------------------
def test_the_matrix_has_a_row_per_town_and_a_column_per_form(office, round_, framework, town, settings):
    submitted_report(round_, town)
    settings.PORTAL_TODAY = "2025-10-03"
    context = office.get(reverse("round_detail", args=[round_.pk])).context
    assert context["columns"] == ["取組状況", framework.name]
    rows = {item["row"].organisation_id: item["cells"] for item in context["page"].object_list}
    shown = [(cell["status"].state, cell["status"].days_in_words) for cell in rows[town.organisation.pk]]
    assert shown == [("submitted", ""), ("overdue", "3日超過")]
    assert len(rows) == 3


def test_every_count_of_the_matrix_is_what_its_link_lists(office, round_, framework, town, world):
    submitted_report(round_, town)
    submitted_assessment(round_, framework, world.actors["town_a2"])
    NotApplicable.objects.create(
        target=RoundTarget.objects.get(round=round_, organisation=world.prefecture_a.organisation),
        form="progress",
        reason="なし",
        by=world.actors["prefecture_a"].user,
        at=dt.datetime(2025, 9, 16, tzinfo=dt.UTC),
    )
    place = reverse("round_detail", args=[round_.pk])
    for query in ("", f"?form={framework.pk}", "?state=todo", f"?name={world.town_a1.name}"):
        context = office.get(place + query).context
        cells = [cell for line in context["summary"]["lines"] for cell in line["cells"]]
        for item in [*cells, *context["tabs"]]:
            assert office.get(place + item["url"]).context["page"].paginator.count == item["count"], item


def test_a_row_is_listed_when_one_of_its_forms_has_the_state(round_, framework, town, prefecture):
    submitted_report(round_, town)
    rows = matrix_rows(round_status(round_, prefecture))
    listed = [row for row in rows if row.fits(Wanted(state="submitted"))]
    assert [row.first.organisation_id for row in listed] == [town.organisation.pk]
    assert not any(row.fits(Wanted(form=str(framework.pk), state="submitted")) for row in rows)


def queries_of(client, place):
    b"".join(client.get(place))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(place)
        b"".join(answer)
    assert answer.status_code == 200
    return len(queries)


def crowd(round_, parents, number):
    """That many towns asked for everything, without what a town has besides."""
    kind = OrganisationKind.MUNICIPALITY
    made = Organisation.objects.bulk_create(
        Organisation(kind=kind, name=f"{number}の{n}町", parent=parents[n % len(parents)])
        for n in range(number)
    )
    RoundTarget.objects.bulk_create(
        RoundTarget(round=round_, organisation=one, asks_progress=True, asks_checklists=True) for one in made
    )


@pytest.mark.parametrize(("name", "towns"), [("prefecture_a", 179), ("secretariat", 1741)])
def test_pages_of_many_towns_ask_as_many_questions_as_of_few(client_of, world, framework, name, towns):
    actor = world.actors[name]
    round_ = f.RoundFactory(program=world.program, organisation=actor.organisation, request_text="依頼")
    round_.frameworks.add(framework)
    parents = [world.prefecture_a.organisation, world.prefecture_b.organisation]
    parents = parents[:1] if name == "prefecture_a" else parents
    for organisation in (world.town_a1.organisation, world.prefecture_a.organisation):
        f.RoundTargetFactory(round=round_, organisation=organisation)
    crowd(round_, parents, 2)
    names = ("round_detail", "round_setup", "round_targets", "round_edit")
    pages = [reverse(page, args=[round_.pk]) for page in names]
    pages += [reverse("round_list"), reverse("home"), f"{pages[0]}?export=csv"]
    client = client_of(actor)
    few = {page: queries_of(client, page) for page in pages}
    crowd(round_, parents, towns)
    assert {page: queries_of(client, page) for page in pages} == few
    context = client.get(pages[0]).context
    assert context["page"].paginator.count == towns + 4
    assert len(context["page"].object_list) == 50


def test_the_tab_of_a_region_lists_the_rounds_that_ask_somebody_of_it(client_of, world, round_):
    theirs = f.RoundFactory(program=world.program, organisation=world.prefecture_b.organisation)
    f.RoundTargetFactory(round=theirs, organisation=world.town_b.organisation)
    office = client_of(world.actors["secretariat"])
    listed = {}
    for side in ("a", "b"):
        code = getattr(world, f"prefecture_{side}").code
        page = office.get(reverse("region_rounds", args=[world.program.slug, code])).context["page"]
        listed[side] = {row["round"].pk for row in page.object_list}
    assert listed == {"a": {round_.pk}, "b": {round_.pk, theirs.pk}}
