"""What is left of a company's devices once its data has gone: numbers, to which its log still points."""

from django.db import transaction

from sundial.server.devices.models import Device
from sundial.server.lib.scope import acting_for


@transaction.atomic
def blank_devices(*, company_id: int) -> int:
    """Take the names of a company's computers away; how many there were."""
    with acting_for(company_id):
        return Device.objects.filter(company_id=company_id).update(hostname="", os="", app_version="")
