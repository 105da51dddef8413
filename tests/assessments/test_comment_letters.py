"""Comments are told to the other side: once a day, without what was said, and never beyond their readers."""

import pytest

from assessments.models.comments import COMMENT_LIMIT
from assessments.services import comments as service
from assessments.services.comment_letters import KIND
from portal.errors import MoveRefused
from portal.models import OutboxMessage
from tests.conftest import actor_for
from tests.factories_assessments import submitted_report

pytestmark = pytest.mark.django_db
SAID = "人数の内訳を書いてください"


@pytest.fixture
def report(round_, town):
    """A form of town A1 that was handed in."""
    return submitted_report(round_, town)


def comment(report, actor, code="issues", visibility="shared", text=SAID):
    return service.comment_on_form(report=report, code=code, text=text, visibility=visibility, actor=actor)


def told() -> dict:
    """Who was told of how many comments."""
    rows = OutboxMessage.objects.filter(kind=KIND)
    return {user: rows.filter(user=user).count() for user in rows.values_list("user", flat=True)}


def test_the_town_is_told_who_wrote_and_where_but_not_what(report, town, prefecture):
    comment(report, prefecture)
    message = OutboxMessage.objects.get(kind=KIND)
    assert (message.user, message.address) == (town.user, town.user.email)
    assert message.subject == f"【コメント】{town.organisation.name}の取組状況（{report.round.title}）"
    assert f"{prefecture.organisation.name}がコメントを書きました。" in message.body
    assert f"メニューの「報告回」から「{report.round.title}」" in message.body
    assert SAID not in message.body


def test_section_by_section_is_one_mail_a_day(report, town, prefecture, settings):
    for code in ("issues", "activities", ""):
        comment(report, prefecture, code)
    assert told() == {town.user.pk: 1}
    settings.PORTAL_TODAY = "2025-09-17"
    comment(report, prefecture)
    assert told() == {town.user.pk: 2}


def test_an_answer_reaches_who_asked_and_who_reviews(report, town, prefecture, world):
    secretariat = world.actors["secretariat"]
    first = comment(report, secretariat)
    assert told() == {town.user.pk: 1, prefecture.user.pk: 1}
    service.answer_comment(comment=first, text="集計しています", actor=town)
    assert told() == {town.user.pk: 1, prefecture.user.pk: 2, secretariat.user.pk: 1}


def test_a_prefectures_own_form_is_a_matter_of_the_secretariat(round_, prefecture, world):
    own = submitted_report(round_, prefecture)
    comment(own, prefecture)
    assert told() == {world.actors["secretariat"].user.pk: 1}


def test_what_stays_within_an_office_is_told_to_nobody(report, town, prefecture):
    actor_for(prefecture.organisation)
    comment(report, prefecture, visibility="internal")
    comment(report, town, visibility="internal")
    assert told() == {}


def test_a_refused_comment_tells_nobody(report, prefecture):
    with pytest.raises(MoveRefused, match="文字以内"):
        comment(report, prefecture, text="長" * (COMMENT_LIMIT + 1))
    assert told() == {}
