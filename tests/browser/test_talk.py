"""What is said about a form, its correction and its paper, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from assessments.models import FormComment, ProgressReport
from assessments.services import comments, progress
from assessments.services.corrections import correct_progress
from portal.actor import Actor
from portal.models import Membership
from tests.browser.checks import Watched, assert_clean_everywhere, assert_clean_in_every_state

pytestmark = pytest.mark.browser


def _actor(person: str) -> Actor:
    membership = Membership.objects.select_related("user", "organisation").get(
        user__email=f"{person}@example.jp"
    )
    return Actor(user=membership.user, membership=membership)


def _report(code: str) -> ProgressReport:
    return ProgressReport.objects.get(
        round__program__slug="r7", round__stage="midterm", organisation__municipality__code=code
    )


def _go(watched: Watched, where: str) -> None:
    """To this page, and not to another one in its place."""
    assert watched.page.goto(where).status == 200
    assert watched.page.url.endswith(where)


@pytest.fixture
def talked() -> ProgressReport:
    """A form with open, answered, resolved and withdrawn comments, one kept within the prefecture."""
    report = _report("092029")
    town, prefecture = _actor("ashikaga"), _actor("tochigi")

    def say(text: str, code: str = "issues", visibility: str = "shared") -> FormComment:
        return comments.comment_on_form(
            report=report, code=code, text=text, visibility=visibility, actor=prefecture
        )

    first = say(
        "見えてきた課題の件数を、分野ごとに書き足してください。長い文でも、枠からはみ出さずに表示されます。"
    )
    comments.answer_comment(comment=first, text="集計しています。今週中に書き足します。", actor=town)
    comments.resolve_comment(comment=say("会議の回数を書いてください。", "activities"), actor=town)
    comments.withdraw_comment(comment=say("誤って書いたコメント", ""), actor=prefecture)
    say("受理の前に課長に確認する。", "", "internal")
    return report


def test_the_thread_is_clean_at_every_width_for_both_sides(open_as, talked):
    comment = talked.comments.first()
    for person in ("tochigi", "ashikaga"):
        watched = open_as(person)
        for where in (
            f"/progress/{talked.pk}/",
            f"/progress/{talked.pk}/comments/?section=issues",
            f"/comments/{comment.pk}/answer/",
            f"/comments/{comment.pk}/withdraw/",
            f"/progress/{talked.pk}/print/",
            f"/rounds/{talked.round_id}/comments/",
        ):
            _go(watched, where)
            assert_clean_everywhere(watched, where)


def test_a_comment_is_sent_and_found_again(open_as, talked):
    page = open_as("ashikaga").page
    page.goto(f"/progress/{talked.pk}/")
    page.get_by_role("textbox", name="コメント").fill("書き足しました。")
    page.get_by_role("button", name="コメントを送る").click()
    expect(page).to_have_url(re.compile(r"#c\d+$"))
    said = talked.comments.order_by("-pk").first()
    assert page.url.endswith(f"#c{said.pk}")
    expect(page.locator(f"#c{said.pk}")).to_be_visible()


def test_a_correction_is_clean(open_as):
    report = ProgressReport.objects.filter(state="accepted", round__stage="midterm").filter(
        organisation__memberships__user__email__endswith="@example.jp"
    )[0]
    membership = report.organisation.memberships.filter(duty="editor").select_related("user")[0]
    person = membership.user.email.removesuffix("@example.jp")
    watched = open_as(person)
    for where in (f"/progress/{report.pk}/", f"/progress/{report.pk}/correct/"):
        _go(watched, where)
        assert_clean_in_every_state(watched, where)
    actor = Actor(user=membership.user, membership=membership)
    correct_progress(report=report, reason="参加者数に誤りがありました。", actor=actor)
    for where in (f"/rounds/{report.round_id}/progress/", f"/progress/{report.pk}/give-up/"):
        _go(watched, where)
        assert_clean_in_every_state(watched, where)


def test_sending_back_is_clean(open_as):
    waiting = _report("153427")
    watched = open_as("yahiko-kessai")
    assert watched.page.goto(f"/progress/{waiting.pk}/send-back/").status == 200
    assert_clean_everywhere(watched, "send-back")
    progress.send_back_progress(
        report=waiting, reason="数字の根拠を書いてください。", actor=_actor("yahiko-kessai")
    )
    assert watched.page.goto(f"/progress/{waiting.pk}/").status == 200
    assert_clean_everywhere(watched, "sent back")
