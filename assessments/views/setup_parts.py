"""Whom a round asks, and the files that help to fill its forms in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render

from assessments.models import RoundGuide
from assessments.round_forms import CandidateFilterForm, GroupForm, GuideForm
from assessments.services import guides, targets
from assessments.services.candidates import group_labels, members
from assessments.services.targets import NOTHING, Asked
from assessments.views.common import round_or_404
from assessments.views.setup import OwnRound
from portal.choices import OrganisationKind
from portal.errors import MoveRefused
from portal.files import FileRefused, serve
from portal.http import PortalRequest, PortalView

PER_PAGE = 50


class RoundTargets(OwnRound):
    """Whom the round asks: groups at once, single organisations in the list."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the list."""
        return self._page(self._group_form())

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Add a group, or save the organisations of one page."""
        if request.POST.get("act") == "group":
            return self._add_group(request)
        try:
            changed = targets.set_targets(round_=self.round, wanted=_wanted(request), actor=request.actor)
        except MoveRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"対象団体を保存しました。変わったのは{changed:,}団体です。")
        return self._again(request)

    def _add_group(self, request: PortalRequest) -> HttpResponse:
        form = self._group_form(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            changed = targets.add_group(
                round_=self.round, group=form.cleaned_data["group"], asked=form.asked(), actor=request.actor
            )
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        messages.success(request, f"対象団体を加えました。変わったのは{changed:,}団体です。")
        return self._again(request)

    def _again(self, request: PortalRequest) -> HttpResponse:
        return HttpResponseRedirect(request.get_full_path())

    def _group_form(self, data: Any = None) -> GroupForm:
        owner, program = self.round.organisation, self.round.program
        groups = [
            (group, f"{label}（{members(group, owner=owner, program=program).count():,}団体）")
            for group, label in group_labels(owner).items()
        ]
        return GroupForm(data, groups=groups)

    def _page(self, group_form: GroupForm) -> HttpResponse:
        everywhere = self.round.organisation.kind == OrganisationKind.SECRETARIAT
        actor = self.request.actor
        filter_form = CandidateFilterForm(self.request.GET, actor=actor, everywhere=everywhere)
        asked = targets.asked_of_each(self.round)
        rows = self._filtered(filter_form, everywhere)
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("page"))
        listed: Any = [{"organisation": row, "asked": asked.get(row.pk, NOTHING)} for row in page]
        page.object_list = listed
        context = self.context(
            page=page,
            form=group_form,
            filter_form=filter_form,
            everywhere=everywhere,
            unit="団体",
            order="団体コードの順",
            total=len(asked),
            totals=targets.asked_totals(asked.values()),
        )
        return render(self.request, "assessments/setup/targets.html", context)

    def _filtered(self, form: CandidateFilterForm, everywhere: bool) -> Any:
        rows: Any = targets.candidate_rows(self.round)
        if name := form.value("name"):
            rows = rows.filter(name__contains=name)
        prefecture = form.value("prefecture") if everywhere else None
        if prefecture:
            rows = rows.filter(place__startswith=prefecture.code)
        if chosen := form.value("chosen"):
            mine = self.round.targets.order_by().values("organisation")
            rows = rows.filter(pk__in=mine) if chosen == "yes" else rows.exclude(pk__in=mine)
        return rows


def _wanted(request: PortalRequest) -> dict[int, Asked]:
    """What is ticked for each organisation of the page; what is not a number is none of them."""
    ticked = {name: set(request.POST.getlist(name)) for name in targets.KINDS}
    return {
        int(pk): Asked(**{name: pk in keys for name, keys in ticked.items()})
        for pk in request.POST.getlist("shown")
        if pk.isdecimal() and len(pk) < 16
    }


class RoundGuides(OwnRound):
    """The files that help to fill the forms in: list, and adding one."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show them."""
        return self._page(GuideForm())

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Add a file."""
        form = GuideForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form)
        kind, upload = form.cleaned_data["kind"], form.cleaned_data["file"]
        try:
            guides.attach_guide(round_=self.round, kind=kind, upload=upload, actor=request.actor)
        except (FileRefused, MoveRefused) as error:
            form.add_error("file", error.sentence)
            return self._page(form)
        messages.success(request, "ファイルを登録しました。")
        return redirect("round_guides", pk)

    def _page(self, form: GuideForm) -> HttpResponse:
        rows = RoundGuide.objects.for_user(self.request.actor).filter(round=self.round)
        context = self.context(form=form, guides=rows.select_related("stored_file"))
        return render(self.request, "assessments/setup/guides.html", context)


class GuideRemove(OwnRound):
    """Taking a file off before the round opens."""

    def post(self, request: PortalRequest, pk: int, guide: int) -> HttpResponse:
        """Do it."""
        rows = RoundGuide.objects.for_user(request.actor).select_related("round", "stored_file")
        row = get_object_or_404(rows, round=self.round, pk=guide)
        try:
            guides.remove_guide(guide=row, actor=request.actor)
        except MoveRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"「{row.stored_file.name}」を取り外しました。")
        return redirect("round_guides", pk)


class GuideFile(PortalView):
    """A file of a round, for everybody whom the round concerns."""

    def get(self, request: PortalRequest, pk: int, guide: int) -> HttpResponseBase:
        """Hand it over."""
        round_ = round_or_404(request, pk)
        rows = RoundGuide.objects.for_user(request.actor).select_related("round", "stored_file")
        row = get_object_or_404(rows, round=round_, pk=guide)
        return serve(guides.downloaded(guide=row, actor=request.actor))
