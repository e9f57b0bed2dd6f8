"""The keys of companies, each wrapped by a root key that lies outside the database."""

from typing import ClassVar

from django.db import models


class CompanyKey(models.Model):
    """One of a company's keys: the highest number wraps what is new, those before wait until nothing names them."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    wrapped = models.BinaryField()
    root = models.IntegerField()  # the number of the root key that wraps it
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        """Numbered within their company."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "number"], name="vault_companykey_once"),
        ]
