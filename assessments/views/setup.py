"""Setting up a round: making, changing, copying, looking it over, confirming, withdrawing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.models import Round
from assessments.round_forms import LaterDatesForm, RoundForm, WithdrawForm, setup_initial
from assessments.services import setup as service
from assessments.services.preview import asked_forms
from assessments.services.status import round_state
from assessments.views.common import round_or_404
from portal import clock
from portal.errors import EditConflict, MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, allows, check
from programs.models import Program


class RoundNew(PortalView):
    """A new round, from nothing."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.source: Round | None = round_or_404(request, kwargs["pk"]) if "pk" in kwargs else None
        check(request.actor, Action.CREATE_ROUND)

    def get(self, request: PortalRequest) -> HttpResponse:
        """Ask for everything."""
        newest = Program.objects.for_user(request.actor).first()
        return self._page(RoundForm(actor=request.actor, initial={"program": newest}))

    def post(self, request: PortalRequest) -> HttpResponse:
        """Make it, and go on to whom it asks."""
        form = RoundForm(request.POST, actor=request.actor)
        if not form.is_valid():
            return self._page(form)
        try:
            made = service.create_round(setup=form.setup(), actor=request.actor, source=self.source)
        except service.SetupRefused as refused:
            form.show(refused)
            return self._page(form)
        messages.success(request, f"「{made.title}」を作りました。確定するまで、対象団体には表示されません。")
        return redirect("round_setup" if self.source else "round_targets", made.pk)

    def _page(self, form: RoundForm) -> HttpResponse:
        last = Round.objects.for_user(self.request.actor).filter(organisation=self.request.actor.organisation)
        context = {
            "form": form,
            "source": self.source,
            "last": None if self.source else last.filter(withdrawn_at__isnull=True).first(),
            "submit_label": "保存して次へ進む",
            "cancel_url": reverse("round_list"),
        }
        return render(self.request, "assessments/setup/new.html", context)


class RoundCopy(RoundNew):
    """A new round with the set-up of an earlier one of one's own; its dates are a proposal."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        check(request.actor, Action.MANAGE_ROUND, self.source)

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the proposal."""
        source = self.source or round_or_404(request, pk)
        newest = Program.objects.for_user(request.actor).filter(is_sample=source.program.is_sample)
        proposal = service.proposed_copy(source, newest.first() or source.program)
        return self._page(RoundForm(actor=request.actor, initial=setup_initial(proposal)))

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Make the copy."""
        return super().post(request)


class OwnRound(PortalView):
    """A page about a round that the actor's organisation set up."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = round_or_404(request, kwargs["pk"])
        check(request.actor, Action.MANAGE_ROUND, self.round)

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page of the set-up shows."""
        base = {"round": self.round, "state": round_state(self.round, clock.today())}
        return base | {"is_sample": self.round.program.is_sample, "begun": self.begun} | more

    @property
    def begun(self) -> bool:
        """Whether those asked have seen it open."""
        return self.round.has_begun(clock.today())


class RoundSetup(OwnRound):
    """The set-up looked over: who is asked for what, what happens when, and the way to confirm."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show it."""
        asked = asked_forms(self.round)
        counts = service.asked_counts(self.round)
        fresh = not self.round.confirmed_at and not self.round.withdrawn_at
        context = self.context(
            asked=asked,
            hindrances=list(service.hindrances(self.round, counts)) if fresh else [],
            guides=self.round.guides.filter(removed_at__isnull=True).select_related("stored_file"),
            is_draft=fresh,
            can_change=not self.round.withdrawn_at,
            can_withdraw=not self.round.withdrawn_at and not self.begun,
            can_copy=allows(request.actor, Action.CREATE_ROUND),
        )
        return render(request, "assessments/setup/overview.html", context)


class RoundConfirm(OwnRound):
    """Putting the round in force."""

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Confirm, and show the page again."""
        try:
            service.confirm_round(round_=self.round, actor=request.actor)
        except MoveRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, "報告回の設定を確定しました。対象団体の画面に表示されます。")
        return redirect("round_setup", pk)


class RoundEdit(OwnRound):
    """Changing the set-up: everything before the round opens, later dates afterwards."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show what stands."""
        if self.begun:
            return self._page(LaterDatesForm(round_=self.round))
        initial = setup_initial(service.setup_of(self.round), self.round.version)
        return self._page(RoundForm(actor=request.actor, initial=initial))

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Save it."""
        form: RoundForm | LaterDatesForm
        if self.begun:
            form = LaterDatesForm(request.POST, round_=self.round)
        else:
            form = RoundForm(request.POST, actor=request.actor)
        if not form.is_valid():
            return self._page(form)
        try:
            service.change_round(
                round_=self.round,
                setup=self._wanted(form),
                version=form.cleaned_data["version"] or 0,
                actor=request.actor,
            )
        except service.SetupRefused as refused:
            form.show(refused)
        except (EditConflict, MoveRefused) as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, "報告回の設定を保存しました。")
            return redirect("round_setup", pk)
        return self._page(form)

    def _wanted(self, form: RoundForm | LaterDatesForm) -> service.Setup:
        if isinstance(form, RoundForm):
            return form.setup()
        dates = {name: form.cleaned_data[name] for name in ("due_on", "closes_on")}
        return replace(service.setup_of(self.round), **dates)

    def _page(self, form: RoundForm | LaterDatesForm) -> HttpResponse:
        context = self.context(form=form, cancel_url=reverse("round_setup", args=[self.round.pk]))
        return render(self.request, "assessments/setup/edit.html", context)


class RoundWithdraw(OwnRound):
    """Calling a round off before it opens."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask for the reason."""
        return self._page(WithdrawForm())

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Do it."""
        form = WithdrawForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            service.withdraw_round(round_=self.round, reason=form.cleaned_data["reason"], actor=request.actor)
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        messages.success(request, f"「{self.round.title}」を取りやめました。")
        return redirect("round_setup", pk)

    def _page(self, form: WithdrawForm) -> HttpResponse:
        return render(self.request, "assessments/setup/withdraw.html", self.context(form=form))
