"""The two kinds of import: a town's own file, and a file a prefecture filled in for a town."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404
from django.urls import reverse

from assessments.models import RoundTarget
from assessments.models.proposals import EntryProposal
from assessments.services.sheets.base import Entry
from assessments.services.sheets.source import SheetSource
from portal.actor import Actor
from portal.imports import ImportKind, Wording
from portal.permissions import Action

OWN, BEHALF = "round-forms", "round-forms-on-behalf"
#: What became of a file once a prefecture has confirmed it.
ASKED = "確認を依頼済み"
LEAD = "取組状況や自己点検を、Excelブックでまとめて入力します。"


def entry_of(actor: Actor, params: Mapping[str, str]) -> Entry:
    """Whose forms of which round, among those the actor may see; Http404 else."""
    targets = RoundTarget.objects.for_user(actor).select_related("round__program", "organisation__parent")
    try:
        target = targets.filter(round=int(params["round"]), organisation=int(params["organisation"])).first()
        wanted = int(params["proposal"]) if params.get("proposal") else None
    except (KeyError, ValueError):
        raise Http404 from None
    if target is None:
        raise Http404
    proposal = None
    if wanted:
        mine = EntryProposal.objects.for_user(actor).filter(
            target=target, target__organisation=actor.organisation
        )
        proposal = mine.select_related("run").filter(pk=wanted).first()
        if proposal is None:
            raise Http404
    return Entry(target, actor, proposal)


def _source(_actor: Actor, entry: Entry) -> SheetSource:
    return SheetSource(entry)


def _target(entry: Entry) -> RoundTarget:
    return entry.target


def _own_page(params: Mapping[str, str]) -> tuple[str, str]:
    if params.get("proposal"):
        return reverse("entry_detail", args=[params["proposal"]]), "県の代理入力"
    return reverse("round_sheet", args=[params["round"]]), "Excelで入力する"


def _town_page(params: Mapping[str, str]) -> tuple[str, str]:
    return reverse("target_sheet", args=[params["round"], params["organisation"]]), "代理入力"


OWN_FORMS = ImportKind(
    code=OWN,
    label="報告回の提出物",
    action=Action.EDIT_PROGRESS,
    resource=_source,
    lead=LEAD,
    params=("round", "organisation", "proposal"),
    target=entry_of,
    guard=_target,
    start=_own_page,
    words=Wording(
        confirm="{count}件を反映する",
        done="反映しました",
        done_more="提出は、まだ済んでいません。報告回の画面で内容を確かめ、提出してください。",
        before="反映すると変わる内容",
        after="反映した内容",
        now="今の内容",
    ),
)
ON_BEHALF = ImportKind(
    code=BEHALF,
    label="報告回の提出物（代理入力）",
    action=Action.ENTER_ON_BEHALF,
    resource=_source,
    lead=LEAD,
    params=("round", "organisation"),
    target=entry_of,
    guard=_target,
    start=_town_page,
    words=Wording(
        confirm="{count}件の確認を市町村に依頼する",
        done="市町村に確認を依頼しました",
        state=ASKED,
        done_more="市町村が内容を確認して反映するまで、提出物は変わりません。",
        before="市町村に確認を依頼する内容",
        after="市町村に確認を依頼した内容",
        now="提出済みの内容",
    ),
)
