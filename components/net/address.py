"""Which network addresses count as public."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# RFC 6052: the well-known prefix under which a NAT64 gateway reaches IPv4 hosts.
_NAT64 = IPv6Network("64:ff9b::/96")
# RFC 4291: the only block from which global unicast addresses are handed out.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Special-purpose blocks (IANA registries, RFC 6890) inside otherwise public space. Some Python
# releases call parts of them global, so they are named here.
_SPECIAL_V4 = (
    IPv4Network("100.64.0.0/10"),  # carrier-grade NAT, RFC 6598
    IPv4Network("192.0.0.0/24"),  # IETF protocol assignments
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    IPv4Network("198.18.0.0/15"),  # benchmarks, RFC 2544
)
_SPECIAL_V6 = (
    IPv6Network("2001::/23"),  # IETF protocol assignments, Teredo among them
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
)


def is_public(text: str) -> bool:
    """Tell whether an address belongs to a host on the public internet.

    Loopback, private, shared (carrier-grade NAT), link-local, multicast, reserved, unspecified
    and documentation addresses are not public. An IPv6 address that stands for an IPv4 one
    (mapped, 6to4, NAT64) is judged by that one. Addresses with a zone id are not public.

    Args:
        text: an IPv4 or IPv6 address in its usual notation.

    Returns:
        True for a public address; False for any other, also for text that is no address.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_public_v4(address)
    return _is_public_v6(address)


def _is_public_v4(address: IPv4Address) -> bool:
    if address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    return address.is_global and not any(address in block for block in _SPECIAL_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    embedded = address.ipv4_mapped or address.sixtofour
    if embedded is None and address in _NAT64:
        embedded = IPv4Address(int(address) & 0xFFFFFFFF)
    if embedded is not None:
        return _is_public_v4(embedded)
    if address not in _GLOBAL_UNICAST or address.is_multicast:
        return False
    return address.is_global and not any(address in block for block in _SPECIAL_V6)
