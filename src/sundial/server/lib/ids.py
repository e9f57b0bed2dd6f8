"""Ids in addresses: what no table can hold leads nowhere, like the id of nothing."""

HIGHEST_ID = 2**63 - 1


class IdInAddress:
    """`<id:…>`: a whole number from 1 to the highest that PostgreSQL's bigint holds; registered by config."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """The id; ValueError, which means "no such address", for a larger one."""
        number = int(value)
        if number > HIGHEST_ID:
            raise ValueError("larger than any id")
        return number

    def to_url(self, value: int) -> str:
        """As it stands in an address."""
        return str(value)
