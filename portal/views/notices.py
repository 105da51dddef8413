"""お知らせ: what was sent to the person or the office, readable here whether or not a mail arrived."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import ListView

from portal.exports import Download, ExportableListMixin
from portal.http import PortalRequest, PortalView
from portal.models import OutboxMessage
from portal.outbox.forms import MailSettingForm, NoticeFilterForm
from portal.outbox.handling import open_notice, read_all, set_digest, wants_digest
from portal.outbox.kinds import label_of
from portal.permissions import Action, allows, check


class NoticeList(ExportableListMixin, ListView):  # type: ignore[misc]  # get answers with a file too
    """The actor's notices, the newest first."""

    request: PortalRequest
    template_name = "outbox/notice_list.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[OutboxMessage]:
        """Notices to the person or the office."""
        actor = self.request.actor
        check(actor, Action.VIEW_NOTICES)
        self.form = NoticeFilterForm(self.request.GET)
        rows = OutboxMessage.objects.for_user(actor).addressed_to(actor)
        rows = rows.unread_by(actor) if self.form.value("unread") else rows
        return rows.with_unread(actor)

    def get_download(self, rows: QuerySet[OutboxMessage]) -> Download:
        """The same list as a file, with the texts."""
        header = ["日時", "件名", "差出人", "種類", "既読・未読", "本文"]
        lines = [
            [
                row.created_at,
                row.subject,
                row.sender_name,
                label_of(row.kind),
                "未読" if row.unread else "既読",  # type: ignore[attr-defined]
                row.body,
            ]
            for row in rows
        ]
        return Download("お知らせの一覧", header, lines)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the list layout needs."""
        context = super().get_context_data(**kwargs)
        return context | {
            "page": context["page_obj"],
            "page_title": "お知らせ",
            "order": "新しい順",
            "filter_form": self.form,
            "empty_sentence": "お知らせは、まだありません。",
        }


@require_GET
def notice_detail(request: PortalRequest, pk: uuid.UUID) -> HttpResponse:
    """One notice; opening it marks it as read."""
    rows = OutboxMessage.objects.for_user(request.actor).addressed_to(request.actor)
    message = get_object_or_404(rows, pk=pk)
    open_notice(message=message, actor=request.actor)
    context = {"message": message, "page_title": message.subject, "kind": label_of(message.kind)}
    return render(request, "outbox/notice_detail.html", context)


@require_POST
def notice_read_all(request: PortalRequest) -> HttpResponse:
    """Mark all of them as read."""
    count = read_all(actor=request.actor)
    messages.success(
        request, f"{count}件のお知らせを既読にしました。" if count else "未読のお知らせはありません。"
    )
    return redirect("notice_list")


class MailSetting(PortalView):
    """How mails are wanted: one per matter, or one a day."""

    def get(self, request: PortalRequest) -> HttpResponse:
        """Show the choice."""
        personal, office = wants_digest(request.actor)
        return self._page(self._form(initial={"personal": personal, "office": office}))

    def post(self, request: PortalRequest) -> HttpResponse:
        """Keep the choice."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        set_digest(
            actor=request.actor,
            personal=bool(form.cleaned_data["personal"]),
            office=form.cleaned_data.get("office"),
        )
        messages.success(request, "メールの受け取り方を保存しました。")
        return redirect("notice_list")

    def _form(self, *args: Any, **kwargs: Any) -> MailSettingForm:
        check(self.request.actor, Action.VIEW_NOTICES)
        may = allows(self.request.actor, Action.SET_OFFICE_MAIL)
        return MailSettingForm(*args, may_set_office=may, **kwargs)

    def _page(self, form: MailSettingForm) -> HttpResponse:
        context = {"form": form, "page_title": "メールの受け取り方"}
        return render(self.request, "outbox/mail_setting.html", context)
