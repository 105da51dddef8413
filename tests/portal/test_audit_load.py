"""Many people at once: one chain, as many entries as commits, nobody waits for ever (AUD-03)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from portal.audit import AuditCode, record
from portal.audit.verify import verify
from portal.models import AuditEntry, AuditHead, Membership, Organisation, User
from tests.portal.storms import person

pytestmark = pytest.mark.both_databases
THREADS, TRANSACTIONS, ROLLED_BACK = 8, 50, 7


class Thrown(Exception):
    """What rolls a transaction back."""


def together(act, count=THREADS):
    """Do `act(n)` in so many threads, begun at the same moment."""
    barrier = Barrier(count)

    def one(number):
        try:
            barrier.wait(timeout=20)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_as_many_entries_as_commits_and_the_chain_is_whole(storm):
    begun = AuditHead.objects.get().seq
    people = [person() for _ in range(THREADS)]

    def act(number):
        committed = 0
        for turn in range(TRANSACTIONS):
            try:
                with transaction.atomic():
                    Organisation.objects.filter(pk=people[number].organisation.pk).update(phone=str(turn))
                    record(AuditCode.FORM_SAVED, actor=people[number], details={"turn": turn})
                    if turn % ROLLED_BACK == 0:
                        raise Thrown
                committed += 1
            except Thrown:
                continue
        return committed

    committed = sum(together(act))
    assert committed == THREADS * sum(turn % ROLLED_BACK != 0 for turn in range(TRANSACTIONS))
    assert AuditEntry.objects.filter(seq__gt=begun).count() == committed
    assert AuditHead.objects.get().seq == begun + committed
    found = verify()
    assert found.ok, found.faults[:3]
    assert found.last == begun + committed


@pytest.mark.parametrize("storm", ["postgres"], indirect=True)
def test_whoever_holds_the_head_waits_for_nobody(storm):
    """Two acts that lock the same people in different order: the trail must not make a deadlock of them."""
    actor = storm.actor
    held, go = Barrier(2), Barrier(2)

    def locks_the_person_first():
        with transaction.atomic():
            for rows, row in (
                (User.objects, actor.user),
                (Organisation.objects, actor.organisation),
                (Membership.objects, actor.membership),
            ):
                rows.select_for_update().get(pk=row.pk)
            held.wait(timeout=10)
            go.wait(timeout=10)
            record(AuditCode.FORM_SAVED, actor=actor)

    def records_meanwhile():
        held.wait(timeout=10)
        record(AuditCode.FORM_SAVED, actor=actor, concerns=actor.organisation)
        go.wait(timeout=10)

    acts = [locks_the_person_first, records_meanwhile]
    together(lambda number: acts[number](), 2)
    assert verify().ok


def test_recording_asks_a_fixed_small_number_of_questions(storm, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(3):
        record(
            AuditCode.FORM_SAVED, actor=storm.actor, obj=storm.actor.user, concerns=storm.actor.organisation
        )


def test_walking_is_streaming(storm, monkeypatch, django_assert_max_num_queries):
    for number in range(25):
        record(AuditCode.FORM_SAVED, details={"n": number})
    monkeypatch.setattr("portal.audit.verify.BATCH", 10)
    batches = AuditEntry.objects.count() // 10 + 1
    with django_assert_max_num_queries(batches + 12):
        found = verify()
    assert found.ok
    assert found.count == AuditEntry.objects.count()
