"""The forms of a round as a file: download, send back, and what a prefecture filled in for a town."""

from __future__ import annotations

import tempfile
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assessments.forms import DeclineForm
from assessments.models import EntryProposal
from assessments.services.sheets import proposals
from assessments.services.sheets.book import forms_of, header_of, table_rows, write_workbook
from assessments.services.sheets.kinds import ON_BEHALF, OWN_FORMS, entry_of
from assessments.views.common import round_or_404
from portal import clock, exports
from portal.audit.outgoing import exported
from portal.errors import PortalError
from portal.exports import CP932, Download
from portal.http import PortalRequest, PortalView
from portal.imports.forms import UploadForm
from portal.imports.services import start_again, start_import
from portal.models import ImportRun
from portal.permissions import Action, allows, check

#: So many earlier files are listed.
RECENT = 5


class OwnSheet(PortalView):
    """The forms of the actor's own organisation in a round."""

    kind = OWN_FORMS

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = round_or_404(request, kwargs["pk"])
        organisation = kwargs.get("organisation") or request.actor.organisation.pk
        self.params = {"round": str(self.round.pk), "organisation": str(organisation)}
        self.entry = entry_of(request.actor, self.params)
        check(request.actor, self.kind.action, self.entry.target)

    def context(self, **more: Any) -> dict[str, Any]:
        """What the page shows."""
        target = self.entry.target
        base: dict[str, Any] = {"round": self.round, "target": target, "organisation": target.organisation}
        base |= {"is_own": self.entry.is_own, "is_sample": self.round.program.is_sample}
        return base | more


class RoundSheet(OwnSheet):
    """How it is done, the files, and the place to send one back."""

    file_url_name = "round_sheet_file"

    def get(self, request: PortalRequest, **_: Any) -> HttpResponse:
        """Show it."""
        return self._page(UploadForm())

    def post(self, request: PortalRequest, **_: Any) -> HttpResponse:
        """Take a file; a job reads it."""
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form)
        upload = form.cleaned_data["file"]
        try:
            run = start_import(
                kind=self.kind,
                params=self.params,
                upload=upload,
                name=upload.name,
                content_type=upload.content_type or "application/octet-stream",
                by=request.actor,
            )
        except PortalError as error:
            form.add_error("file", error.sentence)
            return self._page(form)
        return redirect("job_detail", run.job_id)

    def _page(self, form: UploadForm) -> HttpResponse:
        runs = ImportRun.objects.for_user(self.request.actor).filter(
            kind=self.kind.code,
            params__round=self.params["round"],
            params__organisation=self.params["organisation"],
        )
        told = EntryProposal.objects.for_user(self.request.actor).filter(target=self.entry.target)
        context = self.context(
            form=form,
            file_url=self.file_url(),
            forms=[{"form": one, "urls": self._urls(one.code)} for one in forms_of(self.entry)],
            runs=runs.select_related("stored_file", "requested_by").defer("preview", "versions")[:RECENT],
            proposals=told.select_related("by")[:RECENT],
            waiting=proposals.waiting_for(self.entry.target),
            words=self.kind.words,
        )
        return render(self.request, "assessments/sheet.html", context)

    def file_url(self) -> str:
        """Where the files are."""
        return reverse("round_sheet_file", args=[self.round.pk])

    def _urls(self, code: str) -> list[dict[str, str]]:
        made = (("csv", "UTF-8"), (CP932, "シフトJIS"))
        return [
            {"label": label, "url": f"{self.file_url()}?form={code}&{exports.PARAMETER}={kind}"}
            for kind, label in made
        ]


class RoundSheetFile(OwnSheet):
    """The workbook, or one of its forms as CSV, with what stands in the forms now."""

    def get(self, request: PortalRequest, **_: Any) -> HttpResponseBase:
        """Hand it out; that it left the portal is recorded."""
        code = exports.wanted(request)
        if not code or code == "xlsx":
            return self._workbook()
        form = next((one for one in forms_of(self.entry) if one.code == request.GET.get("form")), None)
        if form is None:
            raise Http404
        title = f"{self.round.title}_{self.entry.target.organisation.name}_{form.title}"
        rows = table_rows(form, int(clock.now().timestamp()))
        organisation = self.entry.target.organisation
        return exports.respond(self.request, Download(title, header_of(form), rows, organisation))

    def _workbook(self) -> HttpResponseBase:
        organisation = self.entry.target.organisation
        title = f"{self.round.title}_{organisation.name}"
        name = exports.file_name(title, "xlsx")
        # Closed by the response when it has been sent.
        file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=exports.IN_MEMORY))  # noqa: SIM115
        rows = write_workbook(file, self.entry)
        file.seek(0)
        exported(self.request, title=title, kind="xlsx", name=name, rows=rows, concerns=organisation)
        return exports.as_response(file, name, exports.TYPES["xlsx"])


class TargetSheet(RoundSheet):
    """The same for one of a prefecture's towns (代理入力)."""

    kind = ON_BEHALF

    def file_url(self) -> str:
        return reverse("target_sheet_file", args=[self.round.pk, self.entry.target.organisation_id])


class TargetSheetFile(RoundSheetFile):
    """The files of one of a prefecture's towns: what the prefecture may read of it."""

    kind = ON_BEHALF


class OneProposal(PortalView):
    """What a prefecture filled in for a town."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        mine = EntryProposal.objects.for_user(request.actor).select_related(
            "target__round__program",
            "target__organisation",
            "run__stored_file",
            "by",
            "ended_by",
            "membership",
        )
        self.proposal = get_object_or_404(mine, pk=kwargs["pk"])
        check(request.actor, Action.VIEW_TARGET, self.proposal)

    def page(self, form: DeclineForm) -> HttpResponse:
        """Who, when, what became of it, and what can be done."""
        actor, proposal = self.request.actor, self.proposal
        decides = proposal.is_waiting and allows(actor, Action.EDIT_PROGRESS, proposal)
        runs = ImportRun.objects.for_user(actor).filter(params__proposal=str(proposal.pk))
        context = {
            "proposal": proposal,
            "round": proposal.target.round,
            "organisation": proposal.target.organisation,
            "form": form,
            "decides": decides,
            "withdraws": proposal.is_waiting and allows(actor, Action.ENTER_ON_BEHALF, proposal),
            "run": runs.defer("preview", "versions").first(),
            "own_run": proposal.run if proposal.run.organisation_id == actor.organisation.pk else None,
            "is_sample": proposal.target.round.program.is_sample,
        }
        return render(self.request, "assessments/entry_detail.html", context)


class EntryDetail(OneProposal):
    """Its page."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show it."""
        return self.page(DeclineForm())


class EntryMove(OneProposal):
    """Looking at it against the present contents, declining it, withdrawing it."""

    def post(self, request: PortalRequest, pk: int, move: str) -> HttpResponse:
        """Do it."""
        acts = {"review": self._review, "decline": self._decline, "withdraw": self._withdraw}
        if move not in acts:
            raise Http404
        try:
            return acts[move]()
        except PortalError as error:
            messages.error(request, error.sentence)
            return redirect("entry_detail", pk)

    def _review(self) -> HttpResponse:
        proposal = self.proposal
        check(self.request.actor, Action.EDIT_PROGRESS, proposal)
        params = {"round": proposal.target.round_id, "organisation": proposal.target.organisation_id}
        run = start_again(
            kind=OWN_FORMS,
            params={name: str(value) for name, value in (params | {"proposal": proposal.pk}).items()},
            stored=proposal.run.stored_file,
            by=self.request.actor,
        )
        return redirect("job_detail", run.job_id)

    def _decline(self) -> HttpResponse:
        check(self.request.actor, Action.EDIT_PROGRESS, self.proposal)
        form = DeclineForm(self.request.POST)
        if not form.is_valid():
            return self.page(form)
        proposals.decline(
            proposal=self.proposal, reason=form.cleaned_data["reason"], actor=self.request.actor
        )
        messages.success(self.request, "代理入力を断りました。理由を県に知らせました。")
        return redirect("entry_detail", self.proposal.pk)

    def _withdraw(self) -> HttpResponse:
        proposals.withdraw(proposal=self.proposal, actor=self.request.actor)
        messages.success(self.request, "代理入力を取り下げました。")
        return redirect("entry_detail", self.proposal.pk)
