"""The addresses of the billing pages; each is listed, with who may open it, in tests/architecture/routes.py."""

from django.urls import path

from sundial.server.billing.views import company, invoices, plans

_INVOICE = "owner/company/<id:company_id>/invoices/<id:invoice_id>"

urlpatterns = [
    path("owner/plans/", plans.plans, name="plans"),
    path("owner/plans/new/", plans.new_plan, name="plan-new"),
    path("owner/plans/<id:plan_id>/", plans.plan, name="plan"),
    path("owner/plans/<id:plan_id>/delete/", plans.delete_plan, name="plan-delete"),
    path("owner/invoices/", invoices.invoices, name="invoices"),
    path("owner/company/<id:company_id>/plan/", company.company_plan, name="owner-company-plan"),
    path("owner/company/<id:company_id>/invoices/new/", invoices.new_invoice, name="owner-invoice-new"),
    path(f"{_INVOICE}/", invoices.invoice, name="owner-invoice"),
    path(f"{_INVOICE}/pdf/", invoices.pdf, name="owner-invoice-pdf"),
    path(f"{_INVOICE}/<slug:what>/", invoices.settle, name="owner-invoice-settle"),
    path("plan/", company.my_plan, name="my-plan"),
    path("plan/invoices/<id:invoice_id>/", invoices.my_invoice, name="my-invoice"),
    path("plan/invoices/<id:invoice_id>/pdf/", invoices.my_pdf, name="my-invoice-pdf"),
]
