"""Invented answers: the same every time, growing from round to round, with evidence where it is asked."""

from dataclasses import replace
from statistics import mean

import pytest

from reports.sample.answers import Profile, SampleQuestion, expand

QUESTIONS = [SampleQuestion(f"q.{p}.{n}", f"q.{p}") for p in range(1, 8) for n in range(1, 31)]
EVIDENCE = {f"q.{p}": ["議事録があります。", "計画に書きました。"] for p in range(1, 8)}
PROFILE = Profile(seed="043222", level=1.5, growth=0.5, na=0.05, unknown=0.1)


def levels(profile: Profile, principle: str = "q.") -> list[int]:
    """The scored levels of the principles whose code begins so."""
    given = expand(profile, QUESTIONS)
    return [
        level for code, (level, _s, _e) in given.items() if level is not None and code.startswith(principle)
    ]


def test_the_same_profile_gives_the_same_answers_in_any_order():
    backwards = expand(PROFILE, reversed(QUESTIONS), evidence=EVIDENCE)
    assert expand(PROFILE, QUESTIONS, evidence=EVIDENCE) == backwards


def test_another_seed_gives_other_answers():
    assert expand(PROFILE, QUESTIONS) != expand(replace(PROFILE, seed="044245"), QUESTIONS)


def test_levels_lie_on_the_scale_around_the_mean():
    assert set(levels(PROFILE)) <= {0, 1, 2, 3, 4}
    assert mean(levels(PROFILE)) == pytest.approx(1.5, abs=0.2)


def test_a_strong_principle_stands_out():
    strong = replace(PROFILE, strengths={"q.3": 1.0})
    assert mean(levels(strong, "q.3.")) > mean(levels(PROFILE, "q.3.")) + 0.5
    assert levels(strong, "q.4.") == levels(PROFILE, "q.4.")


def test_no_level_falls_from_one_round_to_the_next_and_the_mean_rises():
    first, second = expand(PROFILE, QUESTIONS), expand(replace(PROFILE, step=1), QUESTIONS)
    both = [(first[q.code][0], second[q.code][0]) for q in QUESTIONS if first[q.code][0] is not None]
    assert all(after >= before for before, after in both)
    assert mean(after - before for before, after in both) == pytest.approx(0.5, abs=0.15)


def test_what_does_not_apply_stays_and_half_of_the_unknown_becomes_known():
    first, second = expand(PROFILE, QUESTIONS), expand(replace(PROFILE, step=1), QUESTIONS)
    na = {code for code, (_l, status, _e) in first.items() if status == "na"}
    unknown = {code for code, (_l, status, _e) in first.items() if status == "unknown"}
    assert na == {code for code, (_l, status, _e) in second.items() if status == "na"}
    still = {code for code, (_l, status, _e) in second.items() if status == "unknown"}
    assert still < unknown


def test_evidence_is_given_from_level_three_on_and_never_below():
    for level, status, evidence in expand(PROFILE, QUESTIONS, evidence=EVIDENCE).values():
        assert bool(evidence) == (level is not None and level >= 3)
        assert (level is None) == (status != "scored")
