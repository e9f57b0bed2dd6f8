"""Plans belong to the platform; what hangs on a company belongs to it. Nothing here names a person."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from sundial.server.billing.types import CURRENCY, InvoiceState

_DRAFT = str(InvoiceState.DRAFT)


class Plan(models.Model):
    """What a company may use, and what that costs per seat and month."""

    name = models.CharField(max_length=40)
    description = models.CharField(max_length=200, blank=True, default="")
    seats = models.IntegerField(null=True)
    storage_mb = models.IntegerField(null=True)
    retention_days = models.IntegerField(null=True)
    features = models.JSONField(default=list)
    price_cents = models.IntegerField(default=0)
    currency = models.CharField(max_length=3, default=CURRENCY)
    made_at = models.DateTimeField()

    class Meta:
        """A name is a plan's own, whatever its case."""

        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="billing_plan_name_once")]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A company's time on a plan, at the price of the day it began."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    plan_id = models.BigIntegerField()  # no foreign key: the plan may go once no company is on it, this row stays
    plan_name = models.CharField(max_length=40)
    price_cents = models.IntegerField()
    currency = models.CharField(max_length=3)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        """One at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(until__isnull=True), name="billing_subscription_one_running"
            )
        ]


class InvoiceCounter(models.Model):
    """The last number given in a year; its lock makes numbers dense over all companies."""

    year = models.IntegerField(primary_key=True)
    last = models.IntegerField(default=0)


class Invoice(models.Model):
    """What a company owes for a period; it gets its number when it is sent."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    year = models.IntegerField(null=True)
    number = models.IntegerField(null=True)
    state = models.CharField(max_length=8, default=_DRAFT)  # types.InvoiceState
    period_start = models.DateField()
    period_end = models.DateField()
    currency = models.CharField(max_length=3)
    cents = models.BigIntegerField()
    lines = models.JSONField()  # [{"text", "quantity", "unit_cents"}]
    note = models.CharField(max_length=500, blank=True, default="")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        """A number is given once; only what was sent has one."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "year", "number"], name="billing_invoice_number_once"),
            models.CheckConstraint(
                condition=models.Q(state=_DRAFT, number__isnull=True)
                | models.Q(~models.Q(state=_DRAFT), number__isnull=False),
                name="billing_invoice_numbered_when_sent",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "-made_at"], name="billing_invoice_newest")]


class CompanyDay(models.Model):
    """What a company came to on one day of its zone; the newest row also says how it stands."""

    pk = models.CompositePrimaryKey("company_id", "day")
    company_id = models.BigIntegerField()
    day = models.DateField()
    active_ms = models.BigIntegerField(default=0)
    worked_ms = models.BigIntegerField(default=0)
    seats = models.IntegerField(default=0)
    working = models.IntegerField(default=0)  # people with any working time that day
    screenshots = models.IntegerField(default=0)
    storage_bytes = models.BigIntegerField(default=0)
    last_sync_at = models.DateTimeField(null=True)
    versions = models.JSONField(default=dict)  # {"1.2.0": agents}
    as_of = models.DateTimeField()

    class Meta:
        """Also read by day, over all companies."""

        db_table = "billing_companyday"
        indexes: ClassVar = [models.Index(fields=["day", "company_id"], name="billing_companyday_by_day")]
