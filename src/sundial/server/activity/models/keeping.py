"""From when on facts are whole: what is older was let go by the company's own rule."""

from django.db import models


class Kept(models.Model):
    """The eldest moment of which a company still has all facts; sums of older time are final."""

    company_id = models.BigIntegerField(primary_key=True)
    activity_since = models.DateTimeField()

    class Meta:
        """One row a company, once something went."""

        db_table = "activity_kept"
