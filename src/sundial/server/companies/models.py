"""Companies, their looks, and the people in them: memberships, departments, teams, attributes."""

from typing import ClassVar

from django.db import models

from sundial.server.companies.types import COMPANY_ROLES, AttributeKind, CompanyStatus, MemberStatus


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
    networks = models.JSONField(default=dict)  # {"office": ["203.0.113.0/24", …]}: places that rules know by name

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """Where people of a company belong; departments lie within one another and say nothing about who sees whom."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "parent", "name"], name="companies_department_once"),
            models.UniqueConstraint(
                fields=["company", "name"], condition=models.Q(parent=None), name="companies_department_top_once"
            ),
        ]


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
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField(null=True)  # when they were last written to with a way in
    signed_in_at = models.DateTimeField(null=True)  # when they first came into this company
    photo_mark = models.CharField(max_length=16, blank=True, default="")  # of the bytes of their photo; empty: none

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "user"], name="companies_membership_once")]


class Photo(models.Model):
    """What a person looks like: small, made anew, and apart from the rows that lists read."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    image = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "membership"], name="companies_photo_once")]


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


class Attribute(models.Model):
    """A word that a company says about its people: a flag that one has or not, or a number or word that differs."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=[(k, k) for k in AttributeKind], default=AttributeKind.FLAG)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "name"], name="companies_attribute_once")]


class MembershipAttribute(models.Model):
    """An attribute that a person has; past `expires_at` they have it no more."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=80, blank=True, default="")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "membership", "attribute"], name="companies_hasattribute_once")
        ]


class LentAttribute(models.Model):
    """An attribute that a team, or a department, lends to the people in it; past `expires_at` no more."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, related_name="+")
    value = models.CharField(max_length=80, blank=True, default="")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "attribute", "team"],
                condition=models.Q(department=None),
                name="companies_lent_team_once",
            ),
            models.UniqueConstraint(
                fields=["company", "attribute", "department"],
                condition=models.Q(team=None),
                name="companies_lent_department_once",
            ),
            models.CheckConstraint(
                condition=models.Q(team=None, department__isnull=False) | models.Q(team__isnull=False, department=None),
                name="companies_lent_by_one",
            ),
        ]


class Branding(models.Model):
    """How a company looks to its own people: on its pages and in the mail that it sends."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    display_name = models.CharField(max_length=80, blank=True, default="")
    colour = models.CharField(max_length=7, blank=True, default="")  # #rrggbb; empty: ours
    logo = models.BinaryField(default=b"")  # a PNG made anew; empty: ours
    mark = models.CharField(max_length=16, blank=True, default="")  # of all of it, for addresses that may be kept
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company"], name="companies_branding_once")]
