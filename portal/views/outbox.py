"""送信箱: what went out in one's name, what did not arrive and why, and sending it again."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import ListView

from portal.choices import MessageState
from portal.errors import PortalError
from portal.exports import Download, ExportableListMixin
from portal.http import PortalRequest
from portal.models import OutboxMessage
from portal.outbox.forms import OutboxFilterForm
from portal.outbox.handling import retry
from portal.outbox.kinds import label_of
from portal.permissions import Action, allows, check


def _answered_for(request: PortalRequest) -> QuerySet[OutboxMessage]:
    rows = OutboxMessage.objects.for_user(request.actor).answered_for(request.actor)
    return rows.select_related("organisation__parent", "requested_by", "sender")


class OutboxList(ExportableListMixin, ListView):  # type: ignore[misc]  # get answers with a file too
    """The mails, the newest first."""

    request: PortalRequest
    template_name = "outbox/outbox_list.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[OutboxMessage]:
        """The mails the actor answers for, under the filters."""
        check(self.request.actor, Action.VIEW_OUTBOX)
        self.form = OutboxFilterForm(self.request.GET)
        kind, state, words = (self.form.value(name) for name in ("kind", "state", "q"))
        rows = _answered_for(self.request)
        rows = rows.filter(kind=kind) if kind else rows
        rows = rows.filter(state=state) if state else rows
        return rows.filter(_holds(words)) if words else rows

    def get_download(self, rows: QuerySet[OutboxMessage]) -> Download:
        """The same list as a file; without the texts."""
        header = ["作成日時", "件名", "種類", "宛先の団体", "宛名", "宛先メールアドレス"]
        header += ["差出人", "状態", "送信日時", "試行回数", "送れなかった理由"]
        lines = [
            [
                row.created_at,
                row.subject,
                label_of(row.kind),
                row.organisation.full_name,
                row.recipient,
                row.address,
                row.sender_name,
                row.get_state_display(),
                row.sent_at,
                row.attempts,
                row.error,
            ]
            for row in rows
        ]
        return Download("送信箱", header, lines)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the list layout needs, and how many mails were given up."""
        context = super().get_context_data(**kwargs)
        actor = self.request.actor
        rows = OutboxMessage.objects.for_user(actor).answered_for(actor)
        return context | {
            "page": context["page_obj"],
            "page_title": "送信箱",
            "order": "新しい順",
            "filter_form": self.form,
            "given_up": rows.filter(state=MessageState.GIVEN_UP).count(),
            "can_retry": allows(actor, Action.RETRY_MAIL),
            "empty_sentence": "送ったメールは、まだありません。",
        }


def _holds(words: str) -> Q:
    names = Q(organisation__name__icontains=words) | Q(recipient__icontains=words)
    return names | Q(address__icontains=words)


@require_GET
def outbox_detail(request: PortalRequest, pk: uuid.UUID) -> HttpResponse:
    """One mail: to whom, how it went, and for those in whose name it went what it says."""
    message = get_object_or_404(_answered_for(request), pk=pk)
    check(request.actor, Action.VIEW_OUTBOX, message)
    context = {
        "message": message,
        "kind": label_of(message.kind),
        "page_title": message.subject,
        "can_read": allows(request.actor, Action.READ_MAIL, message),
        "can_retry": message.can_retry and allows(request.actor, Action.RETRY_MAIL, message),
    }
    return render(request, "outbox/outbox_detail.html", context)


@require_POST
def outbox_retry(request: PortalRequest, pk: uuid.UUID) -> HttpResponse:
    """Send one mail again."""
    message = get_object_or_404(_answered_for(request), pk=pk)
    _retry(request, [message])
    return redirect("outbox_detail", pk)


@require_POST
def outbox_retry_all(request: PortalRequest) -> HttpResponse:
    """Send all mails again that were given up."""
    check(request.actor, Action.RETRY_MAIL)
    _retry(request, list(_answered_for(request).filter(state=MessageState.GIVEN_UP)))
    return redirect("outbox_list")


def _retry(request: PortalRequest, rows: list[OutboxMessage]) -> None:
    try:
        count = retry(messages=rows, actor=request.actor)
        messages.success(request, f"{count}件のメールを、もう一度送ります。まもなく送信されます。")
    except PortalError as error:
        messages.error(request, error.sentence)
