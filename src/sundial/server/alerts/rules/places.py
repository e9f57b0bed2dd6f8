"""Where somebody signs in from, told no more exactly than is needed to know it again."""

from ipaddress import IPv4Address, ip_address

# In this order: each says that it is also those below it.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip
ELSEWHERE = "another program"


def network_of(ip: str | None) -> str:
    """The network an address belongs to, as people may read it: 203.0.113.x, or the first half of a longer one."""
    try:
        address = ip_address(ip or "")
    except ValueError:
        return ""
    if isinstance(address, IPv4Address):
        return str(address).rpartition(".")[0] + ".x"
    if address.ipv4_mapped:
        return network_of(str(address.ipv4_mapped))
    return ":".join(address.exploded.split(":")[:3]) + "::x"


def browser_of(agent: str) -> str:
    """The browser and system that a User-Agent names, without versions: "Firefox on Linux"."""
    browser = next((word for mark, word in _BROWSERS if mark in agent), ELSEWHERE)
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser
