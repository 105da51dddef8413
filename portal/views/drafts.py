"""Unsaved texts: kept by script while somebody types, offered on the page, listed for their author."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET, require_POST

from portal.errors import PortalError
from portal.http import PortalRequest, PortalView
from portal.models import DraftBuffer
from portal.permissions import Action, check
from portal.services import drafts
from portal.ui.dates import jtime

AUTOSAVE = "X-Autosave"
DISCARD = "discard-draft"
#: Controls that carry what the page showed; they are kept with the text, and compared by nobody.
MARKS = ("version", "seen")
#: How codes of choices look.
_CHOICE = re.compile(r"[a-z0-9_]{1,12}( [a-z0-9_]{1,12})*")


class DraftsMixin(PortalView):
    """For a form page: what is typed is kept beside the row until it is saved.

    The page says what it is about (`draft_form`, `draft_title`), which controls hold text
    (`draft_names`) and what they hold when nothing is typed (`draft_saved`); its rights are checked in
    `setup`, before anything is kept.
    """

    def draft_form(self) -> str:
        """What is filled in here; the same for all who may fill it in."""
        raise NotImplementedError

    def draft_title(self) -> str:
        """How the list of unsaved texts calls this page."""
        raise NotImplementedError

    def draft_names(self) -> list[str]:
        """The names of the controls whose text is kept."""
        raise NotImplementedError

    def draft_saved(self) -> Mapping[str, Any]:
        """What the controls hold as saved; a list for controls of `draft_lists`."""
        raise NotImplementedError

    def draft_lists(self) -> Collection[str]:
        """Those of the controls that hold several values at once."""
        return ()

    def dispatch(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the script that keeps the text, and the button that throws it away."""
        if request.method == "POST" and request.headers.get(AUTOSAVE):
            return self._keep(request)
        if request.method == "POST" and request.POST.get("act") == DISCARD:
            self.drop_draft()
            messages.success(request, "保存していない入力を破棄しました。")
            return redirect(request.path)
        return super().dispatch(request, *args, **kwargs)

    def drop_draft(self) -> None:
        """Forget the text: it has been saved."""
        drafts.discard(actor=self.request.actor, form=self.draft_form())

    def typed(self) -> dict[str, Any]:
        """What was typed last time and not saved, for the controls to go on with; else nothing."""
        draft = self._unsaved
        wanted = {*self.draft_names(), *MARKS}
        several = self.draft_lists()
        return {
            name: text.split() if name in several else text
            for name, text in (draft.payload if draft else {}).items()
            if name in wanted
        }

    def draft_context(self) -> dict[str, Any]:
        """What the page shows of drafts."""
        draft = None if self.request.method == "POST" else self._unsaved
        saved = self.draft_saved() if draft else {}
        typing = drafts.typing_now(actor=self.request.actor, form=self.draft_form())
        return {
            "autosave": True,
            "draft": draft,
            "saved_texts": [_as_text(text) for name, text in saved.items() if name not in MARKS],
            "typing_sentence": presence_sentence(typing),
        }

    @cached_property
    def _unsaved(self) -> DraftBuffer | None:
        draft = drafts.find(actor=self.request.actor, form=self.draft_form())
        return draft if draft and self._differs(draft.payload) else None

    def _differs(self, payload: Mapping[str, str]) -> bool:
        """Whether what was typed says anything else than what is saved."""
        saved = self.draft_saved()
        return any(
            payload.get(name, "").replace("\r\n", "\n") != _as_text(saved.get(name))
            for name in self.draft_names()
        )

    def _keep(self, request: PortalRequest) -> JsonResponse:
        payload = {name: _as_text(request.POST.getlist(name)) for name in (*self.draft_names(), *MARKS)}
        if not self._differs(payload):  # typed back to what it was; or saved while this was on its way
            self.drop_draft()
            return JsonResponse({"saved": "保存されている内容と同じです", "typing": ""})
        try:
            draft = drafts.keep(
                actor=request.actor,
                form=self.draft_form(),
                title=self.draft_title(),
                url=request.path,
                payload=payload,
            )
        except PortalError as error:
            return JsonResponse({"refused": error.sentence}, status=413)
        typing = drafts.typing_now(actor=request.actor, form=self.draft_form())
        return JsonResponse(
            {
                "saved": f"{jtime(draft.updated_at)}に下書きを保存しました",
                "typing": presence_sentence(typing),
            }
        )


def _as_text(value: Any) -> str:
    """What a control holds as one text; several values (codes without spaces) stand side by side."""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def presence_sentence(typing: list[DraftBuffer]) -> str:
    """Who else is typing here; empty when nobody is."""
    if not typing:
        return ""
    names = "、".join(f"{row.user.name}さん（{jtime(row.updated_at)}）" for row in typing)
    return f"{names}も、この画面に入力しています。保存する前に、声をかけ合ってください。"


@require_GET
def draft_list(request: PortalRequest) -> HttpResponse:
    """One's own unsaved texts, each with the way back to its page."""
    check(request.actor, Action.VIEW_HOME)
    rows = DraftBuffer.objects.for_user(request.actor)
    entries = [{"draft": row, "texts": _texts(row)} for row in rows]
    return render(request, "drafts/draft_list.html", {"page_title": "保存していない入力", "entries": entries})


@require_POST
def draft_discard(request: PortalRequest, pk: int) -> HttpResponse:
    """Throw one of them away."""
    draft = get_object_or_404(DraftBuffer.objects.for_user(request.actor), pk=pk)
    drafts.discard(actor=request.actor, form=draft.form)
    messages.success(request, f"「{draft.title}」の保存していない入力を破棄しました。")
    return redirect("draft_list")


def _texts(draft: DraftBuffer) -> list[str]:
    """What was typed; what was chosen is a code here, and its words stand on the form."""
    typed = [text for name, text in draft.payload.items() if name not in MARKS and text.strip()]
    return [text for text in typed if not _CHOICE.fullmatch(text)]
