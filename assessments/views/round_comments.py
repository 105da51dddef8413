"""The comments on all forms of a round."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http.response import HttpResponseBase
from django.shortcuts import render

from assessments.comment_forms import CommentFilterForm
from assessments.services.comment_threads import Thread, round_threads
from assessments.views.common import round_or_404
from portal import exports
from portal.exports import Download
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, check

PER_PAGE = 50


class RoundComments(PortalView):
    """The comments on all forms of a round, as a list and as a file."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponseBase:
        """Show them, or hand them out."""
        round_ = round_or_404(request, pk)
        check(request.actor, Action.VIEW_COMMENTS)
        form = CommentFilterForm(request.GET)
        state = form.value("state")
        rows = [
            thread
            for thread in round_threads(round_=round_, actor=request.actor)
            if state is None or thread.is_open == (state == "open")
        ]
        title = f"{round_.title}のコメント"
        if exports.wanted(request):
            return exports.respond(request, _download(title, rows))
        context = {
            "page_title": title,
            "round": round_,
            "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            "filter_form": form,
            "export_links": exports.links(request),
            "order": "団体、書いた日時の順",
            "empty_sentence": "条件に合うコメントはありません。"
            if request.GET
            else "コメントは、まだありません。",
            "is_sample": round_.program.is_sample,
        }
        return render(request, "assessments/round_comments.html", context)


def _download(title: str, rows: list[Thread]) -> Download:
    header = [
        "団体",
        "対象の項目",
        "表示範囲",
        "状態",
        "書いた日時",
        "書いた団体",
        "書いた人",
        "返事",
        "コメント",
    ]
    return Download(title, header, [cells for thread in rows for cells in _cells(thread)])


def _cells(thread: Thread) -> list[list[Any]]:
    first = thread.comment
    state = "取下げ" if first.withdrawn_at else "未解決" if thread.is_open else "解決済み"
    shown = first.get_visibility_display()
    return [
        [
            str(first.report.organisation),
            thread.label,
            shown,
            state,
            one.at,
            str(one.organisation),
            one.by.name,
            "返事" if one.parent_id else "",
            "" if one.withdrawn_at else one.text,
        ]
        for one in (first, *thread.replies)
    ]
