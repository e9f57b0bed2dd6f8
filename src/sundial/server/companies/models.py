"""Companies, memberships and teams."""

from typing import ClassVar

from django.db import models

from sundial.server.companies.types import COMPANY_ROLES, CompanyStatus, MemberStatus


class Company(models.Model):
    """A tenant."""

    name = models.CharField(max_length=120)
    company_key = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=12, choices=[(s, s) for s in CompanyStatus], default=CompanyStatus.TRIAL)
    suspended_from = models.CharField(max_length=12, blank=True, default="")
    suspended_reason = models.CharField(max_length=500, blank=True, default="")
    policy_delegated = models.BooleanField(default=False)
    classic_clients = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField()
    trial_ends_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # A key that was replaced still tells the company apart until then.
    previous_key = models.CharField(max_length=64, blank=True, default="")
    previous_key_until = models.DateTimeField(null=True)
    # What the company's plan allows, written by billing: no number is no limit.
    plan_name = models.CharField(max_length=40, blank=True, default="")
    seats_limit = models.IntegerField(null=True)
    storage_limit_mb = models.IntegerField(null=True)
    retention_limit_days = models.IntegerField(null=True)
    features = models.JSONField(default=list)
    # How the company works, written by its administrators.
    working_hours = models.JSONField(default=dict)  # {"mon": ["09:00", "17:30"], …}; a day that is missing is free
    day_minutes = models.IntegerField(default=480)  # what a full working day is
    retention = models.JSONField(default=dict)  # days that each kind of data is kept; a kind that is missing: the limit
    people_delete_screenshots = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's place in a company, with the name and role they have there."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=10, choices=[(r, r) for r in COMPANY_ROLES])
    status = models.CharField(max_length=10, choices=[(s, s) for s in MemberStatus], default=MemberStatus.ACTIVE)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "user"], name="companies_membership_once")]


class Team(models.Model):
    """A named group of people in a company."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "name"], name="companies_team_once")]


class TeamMember(models.Model):
    """A person in a team; `manages` lets a MANAGER see that team."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    manages = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "team", "membership"], name="companies_teammember_once")
        ]
