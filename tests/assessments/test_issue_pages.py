"""Pages of local issues: what they show to whom, what they take, and what they do when two write at once."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import IssueScale, LocalIssue
from assessments.services.issue_order import order_seen
from tests.downloads import body_of
from tests.factories_issues import make_issue, posted, the_scale

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(town, client_of):
    """The town's browser."""
    return client_of(town)


@pytest.fixture
def issue(town):
    return make_issue(town)


def said(response):
    return response.content.decode()


# --- adding and changing ------------------------------------------------------


def test_an_issue_is_added_with_what_is_known(page, town):
    the_scale()
    form = said(page.get(reverse("issue_add")))
    assert "住民・事業者・職員の大半に、暮らしや仕事が変わるほどの利益がある。" in form
    assert "まだ評価していない" in form
    data = posted(state="todo", benefit="", difficulty="", urgency="", controllable="", start_now="")
    response = page.post(reverse("issue_add"), data, follow=True)
    assert "「窓口で待つ」を、1位に登録しました。" in said(response)
    issue = LocalIssue.objects.get()
    assert (issue.benefit, issue.controllable, issue.start_now, issue.step) == (None, None, None, None)


def test_errors_name_the_field_and_keep_what_was_typed(page):
    the_scale()
    data = posted(title="", field="", description="書いた文", shared="")
    html = said(page.post(reverse("issue_add"), data))
    for sentence in (
        "地域課題を入力してください。",
        "状態を選んでください。",
        "共有を選んでください。",
    ):
        assert sentence in html
    assert "書いた文" in html
    assert "<title>エラー：" in html
    assert not LocalIssue.objects.exists()


def test_a_rating_that_is_none_is_refused(page):
    the_scale()
    html = said(page.post(reverse("issue_add"), posted(state="todo", benefit="9")))
    assert "裨益性を選んでください。" in html


def test_without_a_scale_the_page_says_whom_to_call(page):
    response = page.get(reverse("issue_add"))
    assert response.status_code == 503
    assert "評価の目安が登録されていません。システム管理者に連絡してください。" in said(response)
    assert not IssueScale.objects.exists()


def test_the_edit_form_shows_and_saves(page, issue):
    where = reverse("issue_edit", args=[issue.pk])
    shown = page.get(where).context["form"]
    data = posted(version=shown["version"].value(), seen=shown["seen"].value(), shared="yes")
    response = page.post(where, data, follow=True)
    assert "「窓口で待つ」を保存しました。" in said(response)
    assert "共有している（共有する相手：都道府県、伴走支援事業者、事務局）" in said(response)


def test_two_editors_see_both_texts_and_choose_field_by_field(page, issue):
    where = reverse("issue_edit", args=[issue.pk])
    shown = page.get(where).context["form"]
    stale = {"version": shown["version"].value(), "seen": shown["seen"].value()}
    page.post(where, posted(**stale, title="先の人の題", description="先の人の文"))
    response = page.post(where, posted(**stale, title="あとの人の題", description="あとの人の文", benefit=1))
    assert response.status_code == 409
    html = said(response)
    for text in ("先の人の題", "先の人の文", "あとの人の題", "あとの人の文", "1　小さい", "4　やや大きい"):
        assert text in html
    assert LocalIssue.objects.get().title == "先の人の題"
    clashes = response.context["clashes"]
    assert [clash.key for clash in clashes] == ["title", "description", "benefit"]
    again = {name: str(value) for name, value in response.context["hidden"]}
    again |= {name: value for clash in clashes for name, value in clash.typed}
    chosen = {"use_title": "saved", "use_description": "mine", "use_benefit": "mine"}
    assert page.post(where, again | chosen).status_code == 302
    row = LocalIssue.objects.get()
    assert (row.title, row.description, row.benefit) == ("先の人の題", "あとの人の文", 1)
    assert (row.controllable, row.start_now, row.shared, row.difficulty) == (True, False, False, 2)


# --- states, withdrawing ------------------------------------------------------


def test_a_move_asks_for_its_reason_on_its_own_page(page, issue):
    where = reverse("issue_move", args=[issue.pk, "shelve"])
    assert "状態を「見送り」にします" in said(page.get(where))
    assert "理由を入力してください。" in said(page.post(where, {"reason": ""}))
    response = page.post(where, {"reason": "来年度にする"}, follow=True)
    assert "状態を、「見送り」にしました。" in said(response)
    assert "来年度にする" in said(response)


def test_withdrawing_asks_first_and_can_be_undone(page, issue):
    where = reverse("issue_withdraw", args=[issue.pk])
    assert "内容と経過は残り、あとで取下げを取り消せます。" in said(page.get(where))
    assert "を取り下げました。" in said(page.post(where, {"reason": ""}, follow=True))
    assert issue.title not in said(page.get(reverse("own_issue_list")))
    assert issue.title in said(page.get(reverse("own_issue_list") + "?state=withdrawn"))
    assert page.get(reverse("issue_edit", args=[issue.pk])).status_code == 302
    response = page.post(reverse("issue_restore", args=[issue.pk]), follow=True)
    assert "の取下げを取り消し、1位にしました。" in said(response)
    assert issue.title in said(page.get(reverse("own_issue_list")))


# --- the order ----------------------------------------------------------------


@pytest.fixture
def three(town):
    return [make_issue(town, title) for title in ("甲の課題", "乙の課題", "丙の課題")]


def titles():
    return "".join(row.title[0] for row in LocalIssue.objects.order_by("position"))


def test_buttons_move_one_step_and_lead_back_to_the_row(page, three):
    where = reverse("own_issue_order")
    html = said(page.get(where))
    assert html.count("1つ上へ") == 2
    assert html.count("1つ下へ") == 2
    response = page.post(where, {"up": three[2].pk})
    assert response["Location"] == f"{where}#issue-{three[2].pk}"
    assert titles() == "甲丙乙"
    page.post(where, {"down": three[0].pk})
    assert titles() == "丙甲乙"


def test_numbers_are_saved_at_once_and_loose_digits_are_read(page, three):
    seen = order_seen([row.pk for row in three])
    data = {f"rank_{three[0].pk}": "３", f"rank_{three[1].pk}": "2", f"rank_{three[2].pk}": "1位"}
    response = page.post(reverse("own_issue_order"), {"seen": seen, **data}, follow=True)
    assert "順位を保存しました。" in said(response)
    assert titles() == "丙乙甲"


def test_a_rank_that_is_none_is_refused_by_name(page, three):
    seen = order_seen([row.pk for row in three])
    data = {f"rank_{row.pk}": "9" for row in three}
    html = said(page.post(reverse("own_issue_order"), {"seen": seen, **data}))
    assert "「甲の課題」の順位は、3以下の数字で入力してください。" in html
    assert titles() == "甲乙丙"


def test_an_order_others_changed_is_shown_with_the_numbers_typed(page, three):
    seen = order_seen([row.pk for row in three])
    page.post(reverse("own_issue_order"), {"down": three[0].pk})
    data = {f"rank_{three[0].pk}": "3", f"rank_{three[1].pk}": "1", f"rank_{three[2].pk}": "2"}
    response = page.post(reverse("own_issue_order"), {"seen": seen, **data})
    assert response.status_code == 409
    assert "順位が先に変わりました" in said(response)
    assert response.context["form"][f"rank_{three[0].pk}"].value() == "3"
    assert titles() == "乙甲丙"
    again = {**data, "seen": response.context["form"]["seen"].value()}
    page.post(reverse("own_issue_order"), again)
    assert titles() == "乙丙甲"


# --- lists --------------------------------------------------------------------


def test_the_own_list_filters_sorts_and_goes_out_as_a_file(page, town):
    make_issue(town, "古い課題", benefit=1, field="tourism", state="todo")
    make_issue(town, "大きい課題", benefit=5)
    make_issue(town, "未評価の課題", benefit=None)
    where = reverse("own_issue_list")

    def listed(query=""):
        return [row.title for row in page.get(where + query).context["page"]]

    assert listed() == ["古い課題", "大きい課題", "未評価の課題"]
    assert listed("?sort=-benefit") == ["大きい課題", "古い課題", "未評価の課題"]
    assert listed("?sort=benefit")[-1] == "未評価の課題"
    assert listed("?field=tourism") == ["古い課題"]
    assert listed("?state=todo") == ["古い課題"]
    text = body_of(page.get(f"{where}?export=csv&sort=-benefit")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:2] == ["順位", "地域課題"]
    assert [row[1] for row in rows[1:]] == ["大きい課題", "古い課題", "未評価の課題"]


def test_the_menu_leads_a_town_to_its_own_list_and_others_to_what_is_shared(world, page, client_of, town):
    make_issue(town, "共有した課題", shared=True)
    make_issue(town, "手元の課題")
    assert page.get(reverse("local_issue_list"))["Location"] == reverse("own_issue_list")
    for persona in ("prefecture_a", "reader_a", "vendor_a", "secretariat"):
        html = said(client_of(world.actors[persona]).get(reverse("local_issue_list")))
        assert "共有した課題" in html
        assert "手元の課題" not in html
    assert "共有した課題" not in said(
        client_of(world.actors["prefecture_b"]).get(reverse("local_issue_list"))
    )


def test_counts_are_what_their_links_list(world, client_of, town):
    for number, state in enumerate(("todo", "todo", "working")):
        make_issue(town, f"町1の{number}", shared=True, state=state)
    make_issue(world.actors["town_a2"], "町2", shared=True, state="todo", field="tourism")
    page = client_of(world.actors["prefecture_a"])
    where = reverse("local_issue_list")
    for query in ("", f"?town={town.organisation.pk}", "?field=tourism"):
        tabs = page.get(where + query).context["state_tabs"]
        assert tabs[0]["count"] == sum(tab["count"] for tab in tabs[1:])
        for tab in tabs:
            assert page.get(where + tab["url"]).context["page"].paginator.count == tab["count"]


def test_the_secretariat_filters_by_prefecture_and_a_prefecture_needs_no_such_filter(world, client_of, town):
    make_issue(town, "Aの課題", shared=True)
    make_issue(world.actors["prefecture_a"], "A県の課題", shared=True)
    make_issue(world.actors["town_b"], "Bの課題", shared=True)
    page, where = client_of(world.actors["secretariat"]), reverse("local_issue_list")
    query = f"?prefecture={world.prefecture_a.organisation_id}"
    assert {row.title for row in page.get(where + query).context["page"]} == {"Aの課題", "A県の課題"}
    mine = client_of(world.actors["prefecture_a"]).get(where)
    assert "prefecture" not in mine.context["filter_form"].fields


def test_others_read_no_history_and_no_names(world, client_of, town):
    issue = make_issue(town, shared=True)
    html = said(client_of(world.actors["prefecture_a"]).get(reverse("issue_detail", args=[issue.pk])))
    assert issue.title in html
    assert "訓練で分かった" not in html
    assert town.user.name not in html
    assert "内容を変更する" not in html


def test_an_approver_reads_but_finds_nothing_to_press(world, client_of, town):
    issue = make_issue(town)
    page = client_of(world.actors["approver_a1"])
    html = said(page.get(reverse("issue_detail", args=[issue.pk])))
    assert "訓練で分かった" in html
    assert "内容を変更する" not in html
    assert "地域課題を追加する" not in said(page.get(reverse("own_issue_list")))


def test_the_page_of_a_town_leads_to_its_issues_for_those_who_read_them(world, client_of, town):
    make_issue(town, shared=True)
    make_issue(town)
    where = reverse("municipality_detail", args=[world.town_a1.code])
    assert "共有された地域課題（1件）" in said(client_of(world.actors["prefecture_a"]).get(where))
    assert "地域課題（2件）" in said(client_of(town).get(where))
    for persona in ("prefecture_b", "ministry", "town_a2"):
        assert "地域課題（" not in said(client_of(world.actors[persona]).get(where))


def test_a_region_lists_what_its_partners_and_its_prefecture_share(world, client_of, town, prefecture):
    make_issue(town, "町の課題", shared=True)
    make_issue(prefecture, "県の課題", shared=True)
    where = reverse("region_issues", args=[world.program.slug, world.prefecture_a.code])
    html = said(client_of(world.actors["vendor_a"]).get(where))
    assert "町の課題" in html
    assert "県の課題" in html


def test_invented_issues_say_so(page, town):
    make_issue(town)
    where = reverse("own_issue_list")
    assert "見本データ" not in said(page.get(where))
    LocalIssue.objects.update(is_sample=True)
    assert "見本データ（値は架空）" in said(page.get(where))


# --- the chart ----------------------------------------------------------------


def test_the_chart_numbers_issues_by_rank_and_says_what_it_leaves_out(page, town):
    make_issue(town, "一つ目", benefit=5, difficulty=1, urgency=5)
    make_issue(town, "二つ目", benefit=None)
    make_issue(town, "三つ目", benefit=4, difficulty=3, urgency=None)
    html = said(page.get(reverse("own_issue_chart")))
    assert "図の2件のうち、裨益性が4以上で難易度が2以下の課題は1件です：1「一つ目」。" in html
    assert "裨益性と難易度の評価がそろっていない1件は、図に表示していません。" in html
    assert "緊急性 未評価" in html
    assert "3　三つ目" in html


def test_a_chart_without_ratings_says_what_to_do(page, town):
    make_issue(town, benefit=None)
    assert "裨益性と難易度を評価すると、表示されます。" in said(page.get(reverse("own_issue_chart")))


def test_ratings_of_an_older_scale_are_not_mixed_in(page, town, settings):
    make_issue(town)
    scale = the_scale()
    scale.pk, scale.version, scale.in_use_from = None, "2026", "2026-04-01"
    scale.save()
    settings.PORTAL_TODAY = "2026-04-01"
    html = said(page.get(reverse("own_issue_chart")))
    assert "前の版の目安で評価した1件は、図に表示していません。" in html


# --- questions to the database -------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "name"),
    [
        ("town_a1", "own_issue_list"),
        ("town_a1", "own_issue_chart"),
        ("town_a1", "own_issue_order"),
        ("prefecture_a", "local_issue_list"),
        ("vendor_a", "local_issue_list"),
        ("secretariat", "local_issue_list"),
        ("secretariat", "local_issue_chart"),
    ],
)
@pytest.mark.parametrize("suffix", ["", "?export=csv"])
def test_twenty_issues_ask_no_more_than_one(world, client_of, town, persona, name, suffix):
    client = client_of(world.actors[persona])

    def asked():
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get(reverse(name) + suffix))
        return len(queries)

    make_issue(town, shared=True)
    asked()
    one = asked()
    for number in range(19):
        officer = world.actors["town_a1" if number % 2 else "town_a2"]
        make_issue(officer, f"課題{number}", shared=True, benefit=1 + number % 5)
    assert asked() == one
