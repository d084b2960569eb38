"""Which IP addresses are nobody's business: not on the public Internet, in whatever way they are written.

IPv6 can carry an IPv4 address in several ways (mapped, NAT64, 6to4, Teredo, ISATAP, compatible); each is
judged by what it leads to.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Services that hand out credentials to whoever asks from inside; no allow-list opens them.
METADATA = frozenset(
    {
        IPv4Address("169.254.169.254"),
        IPv4Address("169.254.170.2"),
        IPv4Address("100.100.100.200"),
        IPv4Address("192.0.0.192"),
        IPv6Address("fd00:ec2::254"),
        IPv6Address("fd20:ce::254"),
    }
)
# `is_global` of the standard library has changed between versions of Python; what matters is written out.
_CLOSED: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/9",
        "ff00::/8",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_ISATAP = {0x00005EFE, 0x02005EFE}


def embedded(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address stands for or leads to."""
    if isinstance(address, IPv4Address):
        return ()
    number = int(address)
    low = IPv4Address(number & 0xFFFFFFFF)
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in _NAT64 or address in _COMPATIBLE or (number >> 32) & 0xFFFFFFFF in _ISATAP:
        return (low,)
    return ()


def is_metadata(address: Address) -> bool:
    """Does it lead to a cloud's metadata service?"""
    return any(one in METADATA for one in (_bare(address), *embedded(address)))


def is_public(address: Address) -> bool:
    """May anyone be asked to look there? Loopback, private, shared, local and reserved ones may not."""
    inner = embedded(address)
    mapped = isinstance(address, IPv6Address) and address.ipv4_mapped is not None
    own = True if mapped else _open(_bare(address))
    return own and all(_open(one) for one in inner)


def within(address: Address, networks: tuple[Network, ...]) -> bool:
    """Does it, or the IPv4 address that it stands for, lie in one of the networks?"""
    faces = (_bare(address), *embedded(address))
    return any(face in network for face in faces for network in networks)


def is_loopback(address: Address) -> bool:
    """127.0.0.0/8 or ::1 as such, not embedded in anything."""
    return address.is_loopback if isinstance(address, IPv4Address) else int(address) == 1


def _open(address: Address) -> bool:
    closed = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    return not closed and (address.is_global or _is_translated(address)) and not any(address in n for n in _CLOSED)


def _is_translated(address: Address) -> bool:
    """Prefixes that the standard library may call private though they lead outside."""
    return isinstance(address, IPv6Address) and (address in _NAT64 or bool(address.sixtofour or address.teredo))


def _bare(address: Address) -> Address:
    """Without the zone (`%eth0`), which would hide an address from a comparison."""
    return IPv6Address(int(address)) if isinstance(address, IPv6Address) else address
