"""A form that its own office sent back before the sign-off: telling those who wrote it."""

from __future__ import annotations

from assessments.models import ProgressReport, ProgressStatusChange
from assessments.services.letters import place
from portal import clock
from portal.actor import Actor
from portal.models import Membership
from portal.outbox import Letter, post

#: For the outbox.
KIND, LABEL = "assessments.sent_back", "庁内の差戻し"
#: The moves by which an office sends its own form back begin with this.
_MOVES = "send_back"


def sent_back(report: ProgressReport) -> ProgressStatusChange | None:
    """The last thing that happened to the form, when its own office sent it back for mending."""
    if not report.pk:
        return None
    rows = report.status_changes.select_related("by", "membership__organisation")
    last = rows.order_by("-at", "-id").first()
    return last if last and last.action.startswith(_MOVES) else None


def tell_sent_back(*, report: ProgressReport, reason: str, actor: Actor) -> None:
    """Write to who asked for the sign-off; to the office when they are no longer there.

    In the name of the office itself, so that no other organisation's outbox has it.
    """
    asked = report.status_changes.filter(action="request_sign_off").order_by("-at", "-id").first()
    back = report.status_changes.order_by("-at", "-id").first()
    if asked is None or back is None:
        return
    office = report.organisation
    there = Membership.objects.active(clock.today()).filter(organisation=office, user=asked.by).exists()
    user = asked.by if there and asked.by.is_active else None
    post(
        Letter(
            key=f"sent-back:{back.pk}",
            kind=KIND,
            organisation=office,
            user=user,
            recipient=f"{user.name}さん" if user else "ご担当の方",
            address=(user.email if user else "") or office.notification_address,
            sender=office,
            sender_name=office.name,
            reply_to=office.notification_address,
            subject=f"【庁内の差戻し】{report.round.title}の取組状況",
            body=_body(report, reason, actor),
            concerns=report,
        ),
        actor=actor,
    )


def _body(report: ProgressReport, reason: str, actor: Actor) -> str:
    lines = [
        f"「{report.round.title}」の取組状況が、庁内の決裁で差し戻されました。",
        "県などほかの団体には、知らされていません。",
        "",
        f"差し戻した人：{actor.user.name}",
        "差戻しの理由：",
        reason,
        "",
        "直したあと、もう一度決裁を依頼してください。",
        place("直す", report.round),
    ]
    return "\n".join(lines)
