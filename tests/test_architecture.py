"""Foreign keys point the way imports do: down the apps, and inside programs down its groups."""

import pytest
from django.apps import apps
from django.db import models

APPS = ["portal", "municipalities", "programs", "assessments", "reports"]
GROUPS = ["core", "calls", "staffing", "delivery", "money", "security"]


def floor_of(module: str) -> tuple[int, int]:
    """How high a module of the project stands: its app, then its group inside programs."""
    parts = module.split(".")
    return APPS.index(parts[0]), GROUPS.index(parts[1]) if parts[0] == "programs" else 0


def points_up(source: str, target: str) -> bool:
    """Whether a key from a model of one module to a model of another climbs."""
    return floor_of(target) > floor_of(source)


def our_models() -> list[type[models.Model]]:
    """All models of the five apps, those that Django makes for many-to-many included."""
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS]


def relations(model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
    """The fields of a model that hold a key to a model of the five apps, with that model."""
    fields = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return [
        (field.name, field.related_model)
        for field in fields
        if field.is_relation and field.related_model and field.related_model._meta.app_label in APPS
    ]


def test_the_models_are_found():
    labels = {model._meta.app_label for model in our_models()}
    assert labels == set(APPS)


def test_no_foreign_key_points_up():
    climbing = [
        f"{model._meta.label}.{name} → {target._meta.label}"
        for model in our_models()
        for name, target in relations(model)
        if points_up(model.__module__, target.__module__)
    ]
    assert climbing == []


def test_every_model_of_programs_belongs_to_a_group():
    strays = [
        model._meta.label
        for model in our_models()
        if model._meta.app_label == "programs" and model.__module__.split(".")[1] not in GROUPS
    ]
    assert strays == []


@pytest.mark.parametrize(
    ("source", "target", "up"),
    [
        ("portal.models.jobs", "portal.models.users", False),
        ("portal.models.jobs", "municipalities.models", True),
        ("reports.models", "assessments.models.rounds", False),
        ("programs.core.models.programs", "programs.calls.models", True),
        ("programs.staffing.models", "programs.calls.models", False),
        ("programs.staffing.models", "assessments.models.rounds", True),
    ],
)
def test_the_rule_tells_up_from_down(source, target, up):
    assert points_up(source, target) is up


def test_only_parts_of_a_whole_are_deleted_with_it():
    """PROTECT is the rule; each CASCADE is a part that has no meaning without its whole."""
    loose = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.local_fields
        if field.is_relation and field.remote_field.on_delete in {models.SET_DEFAULT, models.DO_NOTHING}
    ]
    assert loose == []


def test_every_listed_model_has_an_order():
    """Lists and pages of lists never change their order by themselves."""
    unordered = [
        model._meta.label
        for model in our_models()
        if not model._meta.ordering and not model._meta.auto_created and not model._meta.abstract
    ]
    assert unordered == []
