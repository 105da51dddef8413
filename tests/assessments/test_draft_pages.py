"""What is typed and not saved: kept beside the row, offered to its author only, gone when saved (CON-04)."""

import datetime as dt

import pytest
from django.urls import reverse

from assessments.models import ProgressReport
from portal import clock
from portal.audit import AuditCode
from portal.models import AuditEntry, DraftBuffer
from portal.services import drafts
from tests.assessments.pages import hidden
from tests.conftest import actor_for
from tests.factories_assessments import full_report, questions_of

pytestmark = pytest.mark.django_db

AUTOSAVE = {"headers": {"X-Autosave": "1"}}
OFFER = 'id="draft-offer"'
TYPED = "書きかけの文章です。"


@pytest.fixture
def section(round_):
    """The address of the section 見えてきた課題."""
    return reverse("progress_section", args=[round_.pk, "issues"])


@pytest.fixture
def browser(client_of, town):
    """The officer of town A1."""
    return client_of(town)


def type_into(client, url, text=TYPED):
    """What the script sends two seconds after the last key."""
    page = hidden(client.get(url))
    return client.post(url, {"issues": text, **page}, **AUTOSAVE)


def test_typing_is_kept_and_the_row_is_not_touched(browser, section, round_):
    answer = type_into(browser, section)
    assert answer.status_code == 200
    assert "下書きを保存しました" in answer.json()["saved"]
    assert DraftBuffer.objects.get().payload["issues"] == TYPED
    assert not ProgressReport.objects.filter(round=round_).exists()


def test_after_signing_in_again_the_text_is_offered_and_saved_in_the_end(browser, client_of, section, town):
    type_into(browser, section)
    browser.logout()
    later = client_of(town)
    assert "保存していない入力が1件あります" in later.get(reverse("home")).content.decode()
    page = later.get(section)
    assert OFFER in page.content.decode()
    assert f">{TYPED}</textarea>" in page.content.decode().replace("\n", "")
    later.post(section, {"issues": TYPED, "act": "draft", **hidden(page)})
    assert ProgressReport.objects.get().issues == TYPED
    assert not DraftBuffer.objects.exists()
    assert OFFER not in later.get(section).content.decode()


def test_nobody_else_is_offered_it(browser, client_of, section, world, town):
    type_into(browser, section)
    colleague = client_of(actor_for(town.organisation))
    others = [colleague, *(client_of(world.actors[name]) for name in ("town_a2", "prefecture_a", "admin"))]
    pk = DraftBuffer.objects.get().pk
    for other in others:
        pages = [other.get(url).content.decode() for url in (section, reverse("draft_list"), reverse("home"))]
        assert not any(TYPED in page for page in pages)
        assert other.post(reverse("draft_discard", args=[pk])).status_code == 404
    assert DraftBuffer.objects.exists()


def test_a_colleague_sees_that_somebody_is_typing_and_not_what(browser, client_of, section, town):
    colleague = client_of(actor_for(town.organisation))
    type_into(browser, section)
    page = colleague.get(section).content.decode()
    assert f"{town.user.name}さん" in page
    assert TYPED not in page
    assert f"{town.user.name}さん" in type_into(colleague, section, "別の文").json()["typing"]


def test_who_typed_long_ago_is_not_said_to_be_typing(browser, client_of, section, town):
    type_into(browser, section)
    DraftBuffer.objects.update(updated_at=clock.now() - drafts.PRESENCE - dt.timedelta(minutes=1))
    colleague = client_of(actor_for(town.organisation))
    assert "さん（" not in colleague.get(section).content.decode()


def test_what_was_restored_meets_what_a_colleague_saved_meanwhile(browser, client_of, section, town, round_):
    report = full_report(round_, town.organisation, issues="はじめの文")
    type_into(browser, section)
    colleague = client_of(actor_for(town.organisation))
    page = hidden(colleague.get(section))
    colleague.post(section, {"issues": "同僚の文", "act": "draft", **page})
    restored = browser.get(section)
    answer = browser.post(section, {"issues": TYPED, "act": "draft", **hidden(restored)})
    assert answer.status_code == 409
    both = answer.content.decode()
    assert TYPED in both
    assert "同僚の文" in both
    report.refresh_from_db()
    assert report.issues == "同僚の文"
    assert DraftBuffer.objects.filter(user=town.user).exists(), "nothing typed is lost by the conflict"


def test_throwing_away_shows_what_is_saved(browser, section, round_, town):
    full_report(round_, town.organisation, issues="保存済みの文")
    type_into(browser, section)
    assert "保存済みの文" in browser.get(section).content.decode(), (
        "the saved text stands beside the typed one"
    )
    after = browser.post(section, {"act": "discard-draft"}, follow=True).content.decode()
    assert not DraftBuffer.objects.exists()
    assert ">保存済みの文</textarea>" in after.replace("\n", "")


def test_going_on_typing_never_loses_the_text_from_before(browser, section):
    type_into(browser, section, "前の日に書いた文")
    assert ">前の日に書いた文</textarea>" in browser.get(section).content.decode().replace("\n", "")


def test_typing_what_is_saved_already_offers_nothing(browser, section, round_, town):
    full_report(round_, town.organisation, issues=TYPED)
    type_into(browser, section)
    assert OFFER not in browser.get(section).content.decode()


def test_the_checklist_keeps_levels_and_evidence(browser, round_, framework):
    url = reverse("assessment_principle", args=[round_.pk, framework.pk, 1])
    question = questions_of(framework)[0]
    typed = {f"answer_{question.pk}": "3", f"evidence_{question.pk}": "計画書の案"}
    browser.post(url, {**hidden(browser.get(url)), **typed}, **AUTOSAVE)
    page = browser.get(url).content.decode()
    assert "計画書の案" in page
    assert OFFER in page


def test_controls_that_the_page_does_not_have_are_not_kept(browser, section):
    browser.post(section, {"issues": "x", "state": "accepted", "organisation": "1"}, **AUTOSAVE)
    assert set(DraftBuffer.objects.get().payload) == {"issues", "skip", "skip_reason", "version", "seen"}


def test_more_than_any_form_holds_is_refused_with_a_sentence(browser, section):
    answer = browser.post(section, {"issues": "あ" * 200_001}, **AUTOSAVE)
    assert answer.status_code == 413
    assert "200,000文字以内" in answer.json()["refused"]


def test_without_a_session_nothing_is_kept(client, section):
    assert client.post(section, {"issues": TYPED}, **AUTOSAVE).status_code == 302
    assert not DraftBuffer.objects.exists()


def test_one_who_only_reads_keeps_nothing(client_of, world, section):
    assert (
        client_of(world.actors["approver_a1"]).post(section, {"issues": TYPED}, **AUTOSAVE).status_code == 403
    )
    assert not DraftBuffer.objects.exists()


def test_purge(browser, section, settings):
    type_into(browser, section)
    assert drafts.purge_drafts() == 0
    DraftBuffer.objects.update(updated_at=clock.now() - dt.timedelta(days=settings.DRAFT_DAYS, minutes=1))
    assert drafts.purge_drafts() == 1
    assert AuditEntry.objects.get(code=AuditCode.DRAFTS_PURGED).details["count"] == 1


def test_a_late_autosave_after_the_save_keeps_nothing(browser, section):
    page = hidden(browser.get(section))
    browser.post(section, {"issues": TYPED, "act": "draft", **page})
    browser.post(section, {"issues": TYPED, **page}, **AUTOSAVE)
    assert not DraftBuffer.objects.exists()
