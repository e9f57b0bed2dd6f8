"""The few operations that take files: as a form, whose body is never read into memory as a whole."""

import json
import re
from hashlib import sha256

from django.http import HttpRequest

_TAKE_FORMS = re.compile(r"/api/v1/files(/[^/]+/versions)?/?")
FORM = "multipart/form-data"


def is_form(request: HttpRequest) -> bool:
    """Whether this is a form with files, sent where one is taken."""
    return request.content_type == FORM and request.method == "POST" and bool(_TAKE_FORMS.fullmatch(request.path))


def digest_of(request: HttpRequest) -> bytes:
    """What was sent, so that the same again can be told from something else; of a form: its fields and its files."""
    if not is_form(request):
        return request.body
    fields = sorted((name, values) for name, values in request.POST.lists())
    files = [(name, one.name, _digest(one)) for name, all_of in request.FILES.lists() for one in all_of]
    return json.dumps([fields, sorted(files)]).encode("utf-8", "replace")


def _digest(file: object) -> str:
    found = sha256()
    for piece in file.chunks():  # type: ignore[attr-defined] # Django's own kind of file
        found.update(piece)
    file.seek(0)  # type: ignore[attr-defined] # it is read again by the operation
    return found.hexdigest()
