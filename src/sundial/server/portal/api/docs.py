"""A readable page of the API, made from its own description; it loads nothing from elsewhere."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

_METHODS = ("get", "post", "patch", "put", "delete")
_TONES = {"get": "", "delete": "bad"}


@dataclass(frozen=True)
class Field:
    """A parameter or a part of a body."""

    name: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True)
class Operation:
    """One operation as people read it."""

    id: str
    method: str
    tone: str
    path: str
    summary: str
    text: str
    tag: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    success: int
    answer: tuple[Field, ...]
    refusals: tuple[int, ...]


def description_of(api: NinjaAPI) -> Any:
    """The view that answers the OpenAPI description of this API."""

    @require_safe
    def openapi(request: HttpRequest) -> HttpResponse:
        """The description, made once."""
        return JsonResponse(_schema(api))

    return openapi


@functools.cache
def _schema(api: NinjaAPI) -> Any:
    return api.get_openapi_schema()


def page_for(api: NinjaAPI) -> Any:
    """The view that shows this API."""

    @require_safe
    def docs(request: HttpRequest) -> HttpResponse:
        """Every operation, its fields and its answers."""
        info, groups = _schema(api)["info"], _read(api)
        context = {
            "info": {**info, "description": _plain(info["description"])},
            "groups": groups,
            "openapi": reverse("api-description"),
        }
        return render(request, "portal/api/docs.html", context)

    return docs


@functools.cache
def _read(api: NinjaAPI) -> dict[str, list[Operation]]:
    return _groups(_schema(api))


def _groups(schema: Mapping[str, Any]) -> dict[str, list[Operation]]:
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in _METHODS:
            if method in methods:
                made = _operation(schema, path, method, methods[method])
                groups.setdefault(made.tag, []).append(made)
    return groups


def _operation(schema: Mapping[str, Any], path: str, method: str, told: Mapping[str, Any]) -> Operation:
    statuses = sorted(int(status) for status in told["responses"])
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answer = told["responses"].get(statuses[0], {}).get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        tone=_TONES.get(method, "live"),
        path=path,
        summary=told["summary"],
        text=_plain(told.get("description", "")),
        tag=(told.get("tags") or ["other"])[0],
        parameters=tuple(_parameter(one) for one in told.get("parameters", [])),
        body=_fields(schema, body),
        success=statuses[0],
        answer=_fields(schema, answer),
        refusals=tuple(status for status in statuses if status >= 400),
    )


def _plain(text: str) -> str:
    """Without the marks for code, which only other readers of the description understand."""
    return text.replace("`", "")


def _parameter(told: Mapping[str, Any]) -> Field:
    text = _plain(told.get("description", ""))
    where = "" if told["in"] == "query" else f" ({told['in']})"
    return Field(told["name"], _kind(told["schema"]) + where, bool(told.get("required")), text)


def _fields(schema: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[Field, ...]:
    told = _followed(schema, told)
    required = set(told.get("required", []))
    return tuple(
        Field(name, _kind(one), name in required, _plain(one.get("description", "")))
        for name, one in told.get("properties", {}).items()
    )


def _followed(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, where there is only a pointer to it."""
    for choice in (told, *told.get("anyOf", ())):
        if "$ref" in choice:
            found: Mapping[str, Any] = schema["components"]["schemas"][choice["$ref"].rsplit("/", 1)[-1]]
            return found
    return told


def _kind(told: Mapping[str, Any]) -> str:
    """The type in a few words."""
    if "$ref" in told:
        return str(told["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in told:
        return " or ".join(_kind(one) for one in told["anyOf"])
    if "enum" in told or "const" in told:
        return " | ".join(json.dumps(one) for one in told.get("enum", [told.get("const")]))
    if told.get("type") == "array":
        return f"list of {_kind(told.get('items', {}))}"
    limits = [f"{word} {told[name]}" for name, word in (("minimum", "from"), ("maximum", "to")) if name in told]
    return " ".join([str(told.get("format") or told.get("type") or "anything"), *limits])
