"""One order of locks: the person first, then their code or device, then the log."""

from sundial.server.companies import queries as companies


def hold_person(user_id: int) -> bool:
    """Wait for whoever is changing this person's place in the company, and keep others waiting; are they active?

    Letting somebody go locks their membership, writes the log, and then ends their devices. Whoever would lock a
    device before the log without this would wait for that, while that waits for them.
    """
    place = companies.active_people().select_for_update(of=("self",), no_key=True).filter(user_id=user_id)
    return bool(list(place.values_list("id", flat=True)))
