"""Networks that a company knows by name, and which of them an address belongs to."""

import ipaddress
from collections.abc import Mapping, Sequence

from sundial.access import is_free_name

MOST_NETWORKS = 50
MOST_RANGES = 50  # of one network

Range = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks_problem(networks: object) -> str:
    """What is wrong with these networks; empty if they fit: names, each with its ranges of addresses."""
    if not isinstance(networks, Mapping) or len(networks) > MOST_NETWORKS:
        return f"Name at most {MOST_NETWORKS} networks."
    for name, ranges in networks.items():
        if not (isinstance(name, str) and is_free_name(name)):
            return "Call a network by a plain name, like office: small letters, digits, - and _."
        if not isinstance(ranges, list | tuple) or not 1 <= len(ranges) <= MOST_RANGES:
            return f"Give {name} 1 to {MOST_RANGES} ranges of addresses."
        for one in ranges:
            if _range(one) is None:
                return f"Write the addresses of {name} like 203.0.113.0/24 or 2001:db8::/32."
    return ""


def as_stored(networks: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Networks by name, each range in its one spelling."""
    return {name: list(dict.fromkeys(str(_range(one)) for one in networks[name])) for name in sorted(networks)}


def networks_of(address: str, networks: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The names of the networks that an address is in; none for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return frozenset()
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return frozenset(name for name, ranges in networks.items() if any(_holds(_range(one), found) for one in ranges))


def _holds(network: Range | None, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return network is not None and address in network


def _range(text: object) -> Range | None:
    if not isinstance(text, str):
        return None
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
