"""Telling an organisation what was decided on what it handed in: 受理, 確定, or 差戻し with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assessments.services.letters import Office, Recipient, ending, letter, office_of, place, recipients_of
from portal.actor import Actor
from portal.models import Organisation
from portal.outbox import post_all

#: For the outbox.
KIND, LABEL = "assessments.decision", "確認の結果"
ACCEPTED, CONFIRMED, RETURNED = "受理", "確定", "差戻し"


def tell_decision(
    *, form: Any, label: str, decision: str, actor: Actor, sections: Sequence[str] = ()
) -> None:
    """Write to those who fill in the form's organisation's forms; once for each decision.

    Call it in the transaction that decides. `label` is what the form is called, `sections` the names of
    what is to be mended.
    """
    change = form.status_changes.order_by("-at", "-id").first()
    office = office_of(actor)
    post_all(
        [
            letter(
                form.organisation,
                to,
                office,
                key=f"decision:{form._meta.label_lower}:{change.pk}",
                kind=KIND,
                subject=f"【{decision}】{form.round.title}の{label}",
                body=_body(
                    form,
                    label=label,
                    decision=decision,
                    reason=change.reason,
                    sections=sections,
                    to=to,
                    office=office,
                ),
                concerns=form,
            )
            for to in recipients_of(form.organisation)
        ],
        actor=actor,
    )


def _body(
    form: Any,
    *,
    label: str,
    decision: str,
    reason: str,
    sections: Sequence[str],
    to: Recipient,
    office: Office,
) -> str:
    organisation: Organisation = form.organisation
    returned = decision == RETURNED
    said = "差し戻されました" if returned else f"{decision}されました"
    lines = [organisation.full_name, to.greeting, "", f"「{form.round.title}」の{label}が、{said}。", ""]
    if sections:
        lines.append(f"直してほしい項目：{'、'.join(sections)}")
    if reason:
        lines += ["差戻しの理由：" if returned else "理由：", reason]
    if returned:
        lines += ["", "直したあと、もう一度提出してください。"]
    lines += [
        "",
        place("確かめる", form.round),
        *ending(office),
    ]
    return "\n".join(lines)
