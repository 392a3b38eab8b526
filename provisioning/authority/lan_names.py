"""Which names and addresses a box's pages may have: those of a LAN, so that the LAN CA can speak for nothing else."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from provisioning.papers import Refused

DOMAINS = ("localhost", "local", "lan", "internal", "home.arpa")
NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128")


def refuse_public(names: Sequence[str]) -> None:
    """Raises Refused when there is no name, or one for which browsers would not take our certificate."""
    if not names:
        raise Refused("a LAN certificate needs a name", hint="Give the box's LAN names or addresses")
    for name in names:
        if not _is_lan(name):
            raise Refused(
                f"{name!r} is no LAN name or private address",
                hint=f"Use a private address or a name under {', '.join(DOMAINS)}",
            )


def _is_lan(name: str) -> bool:
    try:
        address = ip_address(name)
    except ValueError:
        return any(name == domain or name.endswith(f".{domain}") for domain in DOMAINS)
    return any(address in ip_network(network) for network in NETWORKS)
