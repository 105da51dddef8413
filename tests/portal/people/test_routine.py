"""What is due by its date is looked at by beat or by an idle runner, and one fault stops no other."""

from django.core.cache import cache

from portal.jobs import routines as runner
from portal.registry import Registry


def _with(monkeypatch, *acts):
    registry = Registry()
    for act in acts:
        registry.add(act)
    monkeypatch.setattr(runner, "routines", registry)


def test_an_idle_runner_looks_once_a_period(db, monkeypatch):
    cache.delete(runner.KEY)
    seen = []
    _with(monkeypatch, lambda: seen.append(1))
    for _ in range(3):
        runner.run_routines_when_due()
    cache.delete(runner.KEY)
    assert seen == [1]


def test_with_a_broker_the_runner_leaves_it_to_beat(db, monkeypatch, settings):
    cache.delete(runner.KEY)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    seen = []
    _with(monkeypatch, lambda: seen.append(1))
    runner.run_routines_when_due()
    assert seen == []


def test_a_routine_that_fails_stops_no_other(db, monkeypatch):
    seen = []

    def broken():
        raise RuntimeError("fault")

    _with(monkeypatch, broken, lambda: seen.append(1))
    runner.run_routines()
    assert seen == [1]


def test_people_are_among_the_routines():
    from portal.people.routine import look_after_people
    from portal.registry import routines

    assert look_after_people in routines.all()
