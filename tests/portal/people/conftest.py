"""Invitations, hand-overs and a moving calendar for the tests about people."""

import datetime as dt
import re

import pytest
from django.core import mail

from portal.choices import Duty
from portal.jobs import run_job
from portal.models import Handover, Invitation, Job
from portal.outbox.delivery import deliver_due
from portal.people.handover import prepare
from portal.people.invitations import Invitee, invite

PASSWORD = "とても長いあいことば 2025"


def invitee(organisation, **more):
    """An invited person for an organisation, with an address."""
    given = {"name": "新任 一子", "email": "shinnin@example.jp", "duty": Duty.EDITOR}
    given |= {"valid_from": dt.date(2025, 9, 16)} | more
    return Invitee(organisation=organisation, **given)


def run_jobs():
    """Run every job that waits, and those that they ask for; then send the mails that are due."""
    while job := Job.objects.unfinished().order_by("created_at").first():
        run_job(job.pk)
    deliver_due()


def links():
    """The links in the mails sent so far, in order."""
    return [
        re.search(r"(/invitations/open/\S+)", message.body)[1]
        for message in mail.outbox
        if "/open/" in message.body
    ]


@pytest.fixture
def invited(world):
    """An open invitation to town A1 from its prefecture, mail sent; with its link."""
    row = invite(invitee=invitee(world.town_a1.organisation), actor=world.actors["prefecture_a"])
    run_jobs()
    row.refresh_from_db()
    row.link = links()[-1]
    return row


@pytest.fixture
def on(settings):
    """Move today."""

    def move(day):
        settings.PORTAL_TODAY = day

    return move


@pytest.fixture
def prepared(world):
    """A hand-over of town A1 on 1 October 2025 to somebody new."""
    leaving = world.actors["town_a1"].membership
    return prepare(row=handover_of(leaving), actor=world.actors["prefecture_a"])


def handover_of(leaving, **more):
    """A hand-over not yet written."""
    given = {"successor_name": "後任 二郎", "successor_email": "kounin@example.jp", "duty": leaving.duty}
    return Handover(leaving=leaving, **{"effective_on": dt.date(2025, 10, 1), **given, **more})


def accept(client, link):
    """Answer a link with a good password."""
    return client.post(link, {"password1": PASSWORD, "password2": PASSWORD})


def latest():
    """The newest invitation."""
    return Invitation.objects.order_by("-pk").first()


@pytest.fixture
def world(world):
    """Every office has one person here: the colleagues who sign off, or only read, are not there."""
    for name in ("approver_a1", "reader_a"):
        world.actors.pop(name).membership.delete()
    return world
