"""Departments: the tree in which a company says where people belong; arranged by administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import Lender
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.lists import FORMATS, as_csv, narrowed, paged
from sundial.server.portal.forms import DepartmentForm
from sundial.server.portal.views.lending import Refused, lend, lent_context
from sundial.server.portal.views.people import show_refusal

_CSV_HEAD = ("id", "department", "lies in", "people", "people with those below")


@allow(Role.ADMIN, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def departments(request: HttpRequest) -> HttpResponseBase:
    """The whole tree, with how many of the people one may see are in each; and a new one."""
    acting = acting_of_page(request)
    form = DepartmentForm(request.POST or None, departments=queries.tree())
    if request.method == "POST":
        if acting.role is not Role.ADMIN:
            raise NotAllowed
        if form.is_valid() and _added(acting, form):
            messages.success(request, _("Saved."))
            return redirect("departments")
    return _listed(request, acting, form)


def _added(acting: Acting, form: DepartmentForm) -> bool:
    try:
        actions.add_department(acting=acting, now=clock.now(), **form.cleaned_data)
    except Invalid as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _listed(request: HttpRequest, acting: Acting, form: DepartmentForm) -> HttpResponseBase:
    rows = queries.departments(acting, search=request.GET.get("search", ""))
    if request.GET.get("format") == "csv":
        names = {row.id: row.path for row in queries.tree()}
        lines = [(row.id, row.name, names.get(row.parent_id or 0, ""), row.people, row.people_below) for row in rows]
        return as_csv("departments", _CSV_HEAD, lines)
    context = {
        "page": paged(request, rows),
        "form": form,
        "formats": FORMATS,
        "filtered": narrowed(request),
        "may_change": acting.role is Role.ADMIN,
    }
    return render(request, "portal/departments.html", context, status=422 if form.errors else 200)


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def department(request: HttpRequest, department_id: int) -> HttpResponse:
    """Rename a department, or move it with all that lies in it."""
    acting, form = acting_of_page(request), _form_of(department_id, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_department(
                acting=acting, department_id=department_id, changes=form.cleaned_data, now=clock.now()
            )
        except Invalid as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("departments")
    return _shown(request, acting, department_id, form)


@allow(Role.ADMIN)
@require_POST
def lends(request: HttpRequest, department_id: int) -> HttpResponse:
    """Lend the people of a department, and of those beneath it, exactly these."""
    refused = lend(request, Lender.DEPARTMENT, department_id)
    if refused is None:
        return redirect("department", department_id)
    return _shown(request, acting_of_page(request), department_id, _form_of(department_id), refused)


def _form_of(department_id: int, sent: QueryDict | None = None) -> DepartmentForm:
    row, inside = queries.department(department_id), queries.with_those_below(department_id)
    elsewhere = [one for one in queries.tree() if one.id not in inside]
    return DepartmentForm(sent, initial={"name": row.name, "parent_id": row.parent_id}, departments=elsewhere)


def _shown(
    request: HttpRequest, acting: Acting, department_id: int, form: DepartmentForm, refused: Refused | None = None
) -> HttpResponse:
    shown = next(one for one in queries.departments(acting) if one.id == department_id)
    above = _name_above(queries.department(department_id).parent_id)
    context = {"department": shown, "form": form, "above": above, "may_change": True}
    context |= lent_context(Lender.DEPARTMENT, department_id, refused)
    return render(request, "portal/department.html", context, status=422 if form.errors or refused else 200)


def _name_above(parent_id: int | None) -> str:
    return "" if parent_id is None else queries.department(parent_id).name


@allow(Role.ADMIN)
@require_POST
def delete(request: HttpRequest, department_id: int) -> HttpResponse:
    """Dissolve a department; its people move up."""
    try:
        moved = actions.delete_department(acting=acting_of_page(request), department_id=department_id, now=clock.now())
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.fields.values()))
        return redirect("department", department_id)
    words = ngettext("Dissolved. %(n)d person moved up.", "Dissolved. %(n)d people moved up.", moved)
    messages.success(request, words % {"n": moved})
    return redirect("departments")
