"""Telling the other side that somebody commented on a form."""

from __future__ import annotations

from assessments.choices import CommentVisibility
from assessments.models import FormComment
from assessments.services.letters import Office, Recipient, ending, letter, office_of, place, recipients_of
from portal import clock
from portal.actor import Actor
from portal.choices import OrganisationKind
from portal.models import Organisation
from portal.outbox import post_all

#: For the outbox.
KIND, LABEL = "assessments.comment", "コメント"


def tell_comment(*, comment: FormComment, actor: Actor) -> None:
    """Write to those who may have to answer, once a day for each form and side; nothing when internal.

    Call it in the transaction that writes the comment. What was said stands in the portal only: it can be
    taken back there, which no mail can. Whoever comments section by section sends one mail a day.
    """
    if comment.visibility != CommentVisibility.SHARED:
        return
    report, office = comment.report, office_of(actor)
    day = f"comment:{report.pk}:{actor.organisation.pk}:{clock.today()}"
    post_all(
        [
            letter(
                organisation,
                to,
                office,
                key=f"{day}:{organisation.pk}",
                kind=KIND,
                subject=f"【コメント】{report.organisation.name}の取組状況（{report.round.title}）",
                body=_body(comment, organisation, to, office),
                concerns=report,
            )
            for organisation in _others(comment, actor)
            for to in recipients_of(organisation)
        ],
        actor=actor,
    )


def _others(comment: FormComment, actor: Actor) -> list[Organisation]:
    """The form's own office, who reviews it, and who began the thread; without who is speaking."""
    owner = comment.report.organisation
    if owner.kind == OrganisationKind.PREFECTURE:
        reviewers = list(Organisation.objects.filter(kind=OrganisationKind.SECRETARIAT))
    else:
        reviewers = [owner.parent] if owner.parent else []
    began = [comment.parent.organisation] if comment.parent else []
    found = {one.pk: one for one in [owner, *reviewers, *began] if one.pk != actor.organisation.pk}
    return list(found.values())


def _body(comment: FormComment, organisation: Organisation, to: Recipient, office: Office) -> str:
    round_ = comment.report.round
    lines = [
        organisation.full_name,
        to.greeting,
        "",
        f"「{round_.title}」の{comment.report.organisation.name}の取組状況に、{office.name}がコメントを書きました。",
        "コメントの内容は、ポータルの画面で確かめてください。",
        "同じ日に続けて書かれたコメントは、ポータルの「ホーム」にだけ表示されます。",
        "",
        place("確かめる", round_),
        *ending(office),
    ]
    return "\n".join(lines)
