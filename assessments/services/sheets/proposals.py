"""What a prefecture filled in for a town (代理入力): asked, looked at, taken over, declined, withdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.urls import reverse

from assessments.choices import ProposalState
from assessments.models import RoundTarget
from assessments.models.proposals import EntryProposal
from assessments.models.round_parts import REASON_LIMIT
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import MoveRefused, PortalError
from portal.models import ImportRun, Organisation
from portal.outbox import Letter, post
from portal.permissions import Action, allows, check
from portal.registry import TaskItem
from portal.ui import errors
from portal.ui.chips import CHIPS

#: The kind of its messages, and what it is called.
LETTER, LETTER_LABEL = "entry_proposal", "代理入力"
WITHDRAW_FIRST = "市町村が確認するのを待つか、その代理入力を取り下げてください。"
ENDED = "この代理入力は、もう確認待ちではありません。画面を開き直してください。"


def waiting_for(target: RoundTarget) -> EntryProposal | None:
    """The one the town has still to look at."""
    return EntryProposal.objects.waiting().filter(target=target).select_related("by").first()


def propose(*, run: ImportRun, target: RoundTarget, count: int, actor: Actor) -> EntryProposal:
    """Ask the town to look at a file; nothing is written into its forms. Call inside a transaction."""
    check(actor, Action.ENTER_ON_BEHALF, target)
    RoundTarget.objects.select_for_update(no_key=True).get(pk=target.pk)
    if waiting_for(target):
        raise PortalError(f"この団体には、確認待ちの代理入力があります。{WITHDRAW_FIRST}")
    proposal = EntryProposal.objects.create(
        target=target, run=run, count=count, by=actor.user, membership=actor.membership, at=clock.now()
    )
    _tell(proposal, target.organisation, actor)
    _record(AuditCode.ENTRY_PROPOSED, proposal, actor, count=count)
    return proposal


def hold(proposal: EntryProposal) -> EntryProposal:
    """Lock it until the commit; refused when it no longer waits."""
    rows = EntryProposal.objects.select_for_update(of=("self",), no_key=True)
    fresh = rows.select_related("target__round", "target__organisation", "run", "membership").get(
        pk=proposal.pk
    )
    if not fresh.is_waiting:
        raise MoveRefused(ENDED, fresh)
    return fresh


def take(*, proposal: EntryProposal, actor: Actor, count: int) -> None:
    """Note that the town took it over; call in the transaction that writes its forms."""
    check(actor, Action.EDIT_PROGRESS, proposal.target)
    fresh = hold(proposal)
    _end(fresh, ProposalState.TAKEN, actor)
    _record(AuditCode.ENTRY_TAKEN, fresh, actor, count=count)


@transaction.atomic
def decline(*, proposal: EntryProposal, reason: str, actor: Actor) -> None:
    """The town does not want it, and says why."""
    check(actor, Action.EDIT_PROGRESS, proposal.target)
    fresh = hold(proposal)
    if not reason.strip():
        raise MoveRefused(errors.required("断る理由"))
    if len(reason) > REASON_LIMIT:
        raise MoveRefused(errors.too_long("断る理由", REASON_LIMIT, len(reason)))
    _end(fresh, ProposalState.DECLINED, actor, reason.strip())
    _tell(fresh, fresh.membership.organisation, actor)
    _record(AuditCode.ENTRY_DECLINED, fresh, actor)


@transaction.atomic
def withdraw(*, proposal: EntryProposal, actor: Actor) -> None:
    """The prefecture takes it back before the town has decided."""
    check(actor, Action.ENTER_ON_BEHALF, proposal.target)
    fresh = hold(proposal)
    _end(fresh, ProposalState.WITHDRAWN, actor)
    _record(AuditCode.ENTRY_WITHDRAWN, fresh, actor)


def _end(proposal: EntryProposal, state: ProposalState, actor: Actor, reason: str = "") -> None:
    proposal.state, proposal.reason = state, reason
    proposal.ended_by, proposal.ended_at = actor.user, clock.now()
    proposal.save(update_fields=["state", "reason", "ended_by", "ended_at"])


def _record(code: AuditCode, proposal: EntryProposal, actor: Actor, **more: int) -> None:
    """Both are named: who filled in, and who decided."""
    details = {"entered_by": proposal.by_id, "round": proposal.target.round_id, **more}
    record(code, actor=actor, obj=proposal, concerns=proposal.target.organisation, details=details)


def _tell(proposal: EntryProposal, to: Organisation, actor: Actor) -> None:
    """A message to the office that has to know."""
    target = proposal.target
    title = target.round.title
    if proposal.is_waiting:
        subject = f"県が代わりに入力した内容の確認のお願い（{title}）"
        said = [
            f"「{title}」について、{actor.organisation.name}が代わりに入力した内容があります。",
            "内容を確認し、反映するか、理由をつけて断ってください。確認するまで、提出物は変わりません。",
            "",
            "ポータルの「ホーム」の「対応が必要な項目」から開いてください。",
        ]
    else:
        subject = f"代理入力が断られました（{target.organisation.name}、{title}）"
        said = [
            f"「{title}」について、{target.organisation.name}が代理入力を断りました。",
            f"理由：{proposal.reason}",
        ]
    post(
        Letter(
            key=f"{LETTER}:{proposal.pk}:{proposal.state}",
            kind=LETTER,
            organisation=to,
            subject=subject,
            body="\n".join([to.full_name, "", *said, ""]),
            address=to.notification_address,
            sender=actor.organisation,
            sender_name=actor.organisation.name,
            reply_to=actor.organisation.notification_address,
        ),
        actor=actor,
    )


def _decides(actor: Actor) -> bool:
    return allows(actor, Action.VIEW_OWN_FORMS) and allows(actor, Action.EDIT_PROGRESS)


def count_proposals(actors: Sequence[Actor]) -> Mapping[int, int]:
    """How many of these tasks wait for each membership, by its id, in one query."""
    offices = {actor.membership.pk: actor.organisation.pk for actor in actors if _decides(actor)}
    rows = EntryProposal.objects.waiting().filter(target__organisation__in=offices.values())
    waiting = Counter(rows.values_list("target__organisation", flat=True))
    return {membership: waiting[office] for membership, office in offices.items()}


def proposal_tasks(actor: Actor) -> Iterable[TaskItem]:
    """What a prefecture filled in and the actor's organisation has still to look at."""
    if not _decides(actor):
        return
    rows = EntryProposal.objects.for_user(actor).waiting().filter(target__organisation=actor.organisation)
    for row in rows.select_related("target__round", "target__organisation"):
        yield TaskItem(
            label="県が代わりに入力した内容の確認",
            note=row.target.round.title,
            url=reverse("entry_detail", args=[row.pk]),
            state=row.state,
            state_label=CHIPS[row.state][2],
            due=row.target.due_on,
        )
