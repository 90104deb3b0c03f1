"""A web address taken apart and judged before anything is resolved or connected."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from components.errors import DownloadRefused

MAX_URL_LENGTH = 8_000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMERIC_LABEL = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")

_NOT_AN_ADDRESS = (
    "That is not a web address the desk understands. Paste the whole address of a picture, "
    "beginning with https://, such as https://example.com/photo.jpg."
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes.

    Attributes:
        scheme: "http" or "https".
        host: lower-case ASCII name without a trailing dot, or an IP address without brackets.
        port: TCP port.
        path: path and query as sent, percent-encoded; may hold secrets.
        allowed: whether the operator named this host, so that it may be private.
    """

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    allowed: bool

    @property
    def host_header(self) -> str:
        """The host as it stands in the Host header and in an address."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, without user name, password and fragment."""
        return f"{self.scheme}://{self.host_header}{self.path}"

    @property
    def is_literal(self) -> bool:
        """Whether the host is an IP address rather than a name."""
        return _literal(self.host) is not None


def parse_target(url: str, *, allow_hosts: Collection[str], https_only: bool) -> Target:
    """Take a web address apart and refuse what is never fetched.

    Public hosts are reached on 80, 443 and the ports from 1024 up, where picture servers are
    found; the other low ports belong to mail, shells and the like, which a fetch could be
    abused to talk to. Hosts in `allow_hosts` are reached on any port.

    Args:
        url: the address as typed or as a redirect gave it; blanks around it are dropped.
        allow_hosts: hosts that may be private: "name", "name:port", an IP address, "[v6]:port".
        https_only: refuse http except for hosts in `allow_hosts`.

    Returns:
        The target. Its address has not been resolved yet.

    Raises:
        DownloadRefused: not http(s), no plain host, a user name or password, a port or scheme
            that is not fetched.
    """
    parsed = _parse(url.strip())
    scheme = (parsed.scheme or "").lower()
    if scheme not in _DEFAULT_PORTS:
        raise DownloadRefused(_NOT_AN_ADDRESS, f"scheme of {len(scheme)} letters")
    if parsed.auth is not None:
        raise DownloadRefused(
            "Addresses with a user name or password in them are not fetched. "
            "Use an address that works without a sign-in, or upload the file."
        )
    host = _plain_host(parsed.host or "")
    port = _DEFAULT_PORTS[scheme] if parsed.port is None else parsed.port
    if not 0 < port < 65536:
        raise DownloadRefused(_NOT_AN_ADDRESS, f"port {port}")
    allowed = _is_allowed(host, port, allow_hosts)
    if not allowed and port not in (80, 443) and port < 1024:
        raise DownloadRefused(
            f"The desk does not fetch from port {port} of {host}; pictures are served on the "
            "usual web ports. Check the address."
        )
    if https_only and scheme == "http" and not allowed:
        raise DownloadRefused(
            f"Only https:// addresses are fetched here, and this one of {host} begins with "
            "http://. Try it with https://, or upload the file."
        )
    return Target(scheme, host, port, parsed.request_uri, allowed)


def _parse(url: str) -> Url:
    if not url or len(url) > MAX_URL_LENGTH or _CONTROL.search(url):
        raise DownloadRefused(_NOT_AN_ADDRESS, f"{len(url)} characters")
    try:
        return parse_url(url)
    except (LocationParseError, ValueError) as error:
        # Not chained: the parser's message quotes the address, secrets included.
        raise DownloadRefused(_NOT_AN_ADDRESS, type(error).__name__) from None


def _plain_host(host: str) -> str:
    """Return the host in its one plain spelling, or refuse it.

    Numbers that some systems read as an IPv4 address (decimal, octal, hexadecimal, short
    forms) are refused, as every spelling but the dotted one means mischief or a mistake.
    """
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if "%" in bare:
        raise DownloadRefused(_NOT_AN_ADDRESS, "host with a percent sign or zone id")
    literal = _literal(bare)
    if literal is not None:
        return str(literal)
    name = bare.lower().removesuffix(".")
    if len(name) > 253 or not _HOST_NAME.fullmatch(name) or _NUMERIC_LABEL.fullmatch(name):
        raise DownloadRefused(_NOT_AN_ADDRESS, f"host of {len(name)} characters")
    return name


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_allowed(host: str, port: int, allow_hosts: Collection[str]) -> bool:
    bracketed = f"[{host}]" if ":" in host else host
    names = {host, bracketed, f"{bracketed}:{port}"}
    return any(entry.strip().lower().removesuffix(".") in names for entry in allow_hosts)
