"""What the leaving person typed and did not save goes on to the successor, once."""

from portal import clock
from portal.models import DraftBuffer, Handover
from portal.people.handover import close_due, goes_with, prepare
from tests import factories as f
from tests.portal.people.conftest import handover_of


def _type(user, organisation, form, text):
    return DraftBuffer.objects.create(
        user=user,
        organisation=organisation,
        form=form,
        title="見えてきた課題",
        url="/",
        payload={"issues": text},
        updated_at=clock.now(),
    )


def test_unsaved_texts_go_with_the_office(world, on):
    officer, colleague = world.actors["town_a1"], f.MembershipFactory(organisation=world.town_a2.organisation)
    office = officer.organisation
    _type(officer.user, office, "first", "前任者の文")
    _type(officer.user, office, "second", "前任者の別の文")
    _type(colleague.user, office, "second", "後任者の文")
    elsewhere = _type(officer.user, world.town_b.organisation, "third", "別の団体の文")
    prepare(
        row=handover_of(officer.membership, successor_email=colleague.user.email),
        actor=world.actors["prefecture_a"],
    )
    assert ("保存していない入力", 2) in goes_with(Handover.objects.get())
    on("2025-10-01")
    close_due()
    close_due()
    mine = DraftBuffer.objects.filter(user=colleague.user, organisation=office).order_by("form")
    assert [row.payload["issues"] for row in mine] == ["前任者の文", "後任者の文"]
    elsewhere.refresh_from_db()
    assert elsewhere.user == officer.user
