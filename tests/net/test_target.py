"""Web addresses taken apart, and those that are refused unresolved."""

from __future__ import annotations

import pytest

from components.errors import DownloadRefused
from components.net.target import MAX_URL_LENGTH, Target, parse_target


def parse(url: str, *allow_hosts: str, https_only: bool = False) -> Target:
    return parse_target(url, allow_hosts=allow_hosts, https_only=https_only)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://example.com", "example.com", 443, "/"),
        ("  HTTP://Example.COM./a%20b?c=d#part \n", "example.com", 80, "/a%20b?c=d"),
        ("http://example.com:8080/x", "example.com", 8080, "/x"),
        ("https://example.com/my photo ü.jpg", "example.com", 443, "/my%20photo%20%C3%BC.jpg"),
        ("https://bücher.example/", "xn--bcher-kva.example", 443, "/"),
        ("https://my_bucket.example/", "my_bucket.example", 443, "/"),
        ("http://[2606:4700::1111]:1024/", "2606:4700::1111", 1024, "/"),
        ("http://8.8.8.8?q", "8.8.8.8", 80, "/?q"),
        (r"http://example.com\@127.0.0.1/", "example.com", 80, "/%5C@127.0.0.1/"),
    ],
)
def test_parsed(url: str, host: str, port: int, path: str) -> None:
    target = parse(url)
    assert (target.host, target.port, target.path) == (host, port, path)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "   ",
            "photo.jpg",
            "example.com/photo.jpg",
            "//example.com/",
            "http://",
            "http:///x",
        ),
        *("file:///etc/passwd", "ftp://example.com/a", "data:image/png;base64,AAAA", "gopher://a/"),
        *("javascript:alert(1)", "http:example.com", "http//example.com", "C:\\photo.jpg"),
        *(
            "http://exa mple.com/",
            "http://example.com\r\nHost: x/",
            "http://a\x00b/",
            "http://a\tb/",
        ),
        *("http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/"),
        *(
            "http://0/",
            "http://1.2.3.4.5/",
            "http://1.2.3.256/",
            "http://example.0x/",
            "http://0x/",
        ),
        *("http://[fe80::1%25eth0]/", "http://[::1", "http://[1.2.3.4]x/", "http://[v1.a]/"),
        *("http://①②⑦.0.0.1/", "http://a..b/", "http://.a/", "http://-a.b/", "http://a%2f.b/"),
        *("http://example.com:0/", "http://example.com:65536/", "http://example.com:x/"),
        *("http://" + "a" * 64 + ".b/", "http://" + "a." * 130 + "b/", "http://é" + "é" * 80 + "/"),
        "https://example.com/" + "a" * MAX_URL_LENGTH,
    ],
)
def test_no_plain_web_address(url: str) -> None:
    with pytest.raises(DownloadRefused, match="not a web address"):
        parse(url)


@pytest.mark.parametrize("auth", ["user:pass@", "user@", ":@", "a%40b:c@"])
def test_credentials_are_refused(auth: str) -> None:
    with pytest.raises(DownloadRefused) as caught:
        parse(f"https://{auth}example.com/")
    assert "pass" not in caught.value.message.replace("password", "")


@pytest.mark.parametrize("port", [1, 22, 25, 110, 143, 445, 993, 1023])
def test_low_ports_are_refused_unless_the_host_is_allowed(port: int) -> None:
    with pytest.raises(DownloadRefused, match=f"port {port}"):
        parse(f"https://example.com:{port}/")
    assert parse(f"https://example.com:{port}/", "example.com").port == port


def test_https_only() -> None:
    assert parse("https://example.com/", https_only=True).scheme == "https"
    with pytest.raises(DownloadRefused, match="https"):
        parse("http://example.com/", https_only=True)
    assert parse("http://minio.internal:9000/", "minio.internal", https_only=True).allowed


@pytest.mark.parametrize(
    ("entry", "url", "allowed"),
    [
        ("localhost", "http://localhost/", True),
        ("LocalHost.", "http://localhost:9000/", True),
        ("localhost", "http://LOCALHOST./", True),
        ("localhost:9000", "http://localhost:9000/", True),
        ("localhost:9000", "http://localhost:9001/", False),
        ("minio.internal", "http://x.minio.internal/", False),
        ("::1", "http://[::1]:80/", True),
        ("[::1]:8000", "http://[0:0::1]:8000/", True),
        ("[::1]:8000", "http://[::1]:8001/", False),
        ("", "http://localhost/", False),
        (".", "http://localhost/", False),
    ],
)
def test_allowed_hosts(entry: str, url: str, allowed: bool) -> None:
    assert parse(url, entry).allowed is allowed


def test_neither_repr_nor_refusal_shows_the_query() -> None:
    assert "s3cret" not in repr(parse("https://example.com/a?token=s3cret"))
    for url in ("http://a b/?token=s3cret", "https://example.com:22/?token=s3cret", "x?s3cret"):
        with pytest.raises(DownloadRefused) as caught:
            parse(url)
        assert "s3cret" not in f"{caught.value.message}{caught.value.detail}"
        assert caught.value.__cause__ is None


def test_the_header_names_the_port_only_where_it_is_unusual() -> None:
    assert parse("https://example.com:443/a").host_header == "example.com"
    assert parse("http://example.com:443/a").host_header == "example.com:443"
    assert parse("http://[2606:4700::1]:8080/a").url == "http://[2606:4700::1]:8080/a"
