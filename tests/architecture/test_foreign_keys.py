"""Foreign keys point the way imports do: down; and nobody looks up through a reverse relation."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import Field, ForeignObjectRel, Model

ROOT = Path(__file__).resolve().parents[2]


def _ranks() -> dict[str, int]:
    """The height of each app, from the import rules: the lowest is 0."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c.get("containers") == ["sundial.server"])
    lines = [line.replace("(", "").replace(")", "").split("|") for line in reversed(layers)]
    return {app.strip(): height for height, line in enumerate(lines) for app in line}


def _relations() -> Iterator[tuple[type[Model], Field]]:
    for model in apps.get_models():
        if model.__module__.startswith("sundial."):
            for field in model._meta.get_fields():
                if field.is_relation and not isinstance(field, ForeignObjectRel):
                    yield model, field


def test_every_relation_between_our_apps_points_down() -> None:
    ranks = _ranks()
    for model, field in _relations():
        mine, theirs = model._meta.app_label, field.related_model._meta.app_label
        if mine != theirs and theirs in ranks:
            assert ranks[theirs] < ranks[mine], f"{model.__name__}.{field.name} points up to {theirs}"


def test_there_are_relations_to_check() -> None:
    assert sum(1 for _ in _relations()) > 5


def test_no_relation_can_be_followed_backwards() -> None:
    for model, field in _relations():
        assert field.remote_field.related_name == "+", f"{model.__name__}.{field.name} has a way back"
