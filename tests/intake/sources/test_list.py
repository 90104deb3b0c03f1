"""Lists of addresses: how they are written, fetched, and what one bad line costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.errors import DownloadFailed, DownloadRefused, ImageTooLarge
from components.intake import Candidate, Refusal, SourceLimits, list_source
from tests.intake.sources.shelf import ANSWER, JPG, MASK, PNG, lay, pack, split
from tests.net.loopback import answering, reply, serve

HERE = ("127.0.0.1",)


def spell(path: Path) -> list[str]:
    """Candidates as "name|group|url", refusals by their names."""
    return [
        f"{each.name}|{each.group}|{each.url}" if isinstance(each, Candidate) else each.name
        for each in list_source(path)
    ]


def test_a_text_with_an_address_a_line(tmp_path: Path) -> None:
    text = (
        "# pictures\r\n\r\nhttps://example.com/a%20b.jpg?key=1\r"
        "  HTTP://example.com/x,y;z/ \n#done\nhttps://example.com"
    )
    lay(tmp_path, {"list.txt": text.encode()})
    assert spell(tmp_path / "list.txt") == [
        "a b.jpg||https://example.com/a%20b.jpg?key=1",
        "x,y;z||HTTP://example.com/x,y;z/",
        "example.com||https://example.com",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "url,name,group\nhttps://e.org/1,eins,g\n",
        "Group;URL;Name;other\ng;https://e.org/1;eins;\n\n;;;\n",
        "image\tfile_name\tgroup\nhttps://e.org/1\teins\tg",
        '"Image URL", "file name", group\n"https://e.org/1","eins","g"\n',
        "# made by hand\n\naddress,NAME,group\nhttps://e.org/1 , eins , g\n",
        "image,url,name,group\nnot.jpg,https://e.org/1,eins,g",
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "tsv", "txt", "CSV"])
def test_tables_in_any_order_and_with_any_separator(tmp_path: Path, text: str, suffix: str) -> None:
    lay(tmp_path, {f"list.{suffix}": text.encode()})
    assert spell(tmp_path / f"list.{suffix}") == ["eins|g|https://e.org/1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "url;name\nhttps://e.org/1;Übung é\n"
    lay(tmp_path, {"list.csv": text.encode(encoding)})
    assert spell(tmp_path / "list.csv") == ["Übung é||https://e.org/1"]
    lay(tmp_path, {"be.csv": b"\xfe\xff" + text.encode("utf-16-be")})
    assert spell(tmp_path / "be.csv") == ["Übung é||https://e.org/1"]


def test_a_table_of_one_column_needs_no_quotes(tmp_path: Path) -> None:
    lay(tmp_path, {"list.csv": b'url\nhttps://e.org/a,b.jpg\n"https://e.org/c,d.jpg"\n'})
    assert spell(tmp_path / "list.csv") == [
        "a,b.jpg||https://e.org/a,b.jpg",
        "c,d.jpg||https://e.org/c,d.jpg",
    ]


def test_a_bad_line_costs_only_itself(tmp_path: Path) -> None:
    lines = [
        "url,name",
        "https://e.org/1,eins",
        '"https://e.org/2,zwei',
        "https://e.org/3,drei,vier",
        ",fünf",
        "file:///etc/passwd,",
        "javascript:alert(1),",
        "ftp://e.org/a.jpg,",
        "data:image/png;base64%2CAAAA,",
        "http://,",
        "http://[::1,",
        f"https://e.org/{'x' * 9000},",
        "https://e.org/\x07,",
        "../secret.jpg,",
        "/etc/hostname,",
        "C:\\a.jpg,",
        "gone.jpg," + "n" * 200_000,
        "https://e.org/18,achtzehn",
    ]
    lay(tmp_path / "in", {"list.csv": "\n".join(lines).encode()})
    lay(tmp_path, {"secret.jpg": PNG})
    taken, refused = split(tmp_path / "in" / "list.csv")
    assert list(taken) == ["eins", "achtzehn"]
    assert list(refused) == [f"list.csv, line {number}" for number in range(3, 18)]
    assert all(f"Line {number}:" in refused[f"list.csv, line {number}"] for number in range(3, 18))
    assert "quotation marks" in refused["list.csv, line 3"]
    assert "not with file:" in refused["list.csv, line 6"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"# nothing\n\n", "is empty"),
        (b"Dear all,\nsee you tomorrow.\n", "is no list of pictures"),
        (b"name,group\na,b\n", "is no list of pictures"),
        (b"https://e.org/1;eins\n", "no first line that names them"),
        (b"x" * 1001, "takes up to"),
        (bytes(range(256)), "is no list of pictures"),
    ],
)
def test_a_file_that_is_no_list_is_one_refusal(tmp_path: Path, data: bytes, words: str) -> None:
    lay(tmp_path, {"list.csv": data})
    (refusal,) = list_source(tmp_path / "list.csv", limits=SourceLimits(max_list_bytes=1000))
    assert isinstance(refusal, Refusal)
    assert words in refusal.message


def test_addresses_are_fetched_when_they_are_read(tmp_path: Path) -> None:
    with serve(answering(reply(JPG), reply(MASK), reply(b"gone", "404 Not Found"))) as server:
        text = (
            f"url,truth\n{server.url('/a.jpg')},{server.url('/m.png')}\n{server.url('/b.jpg')},\n"
        )
        lay(tmp_path, {"list.csv": text.encode()})
        a, b = list_source(tmp_path / "list.csv", allow_hosts=HERE)
        assert not server.requests
        assert isinstance(a, Candidate)
        assert isinstance(b, Candidate)
        assert a.read_truth is not None
        assert (a.read(), a.read_truth(), b.read_truth) == (JPG, MASK, None)
        with pytest.raises(DownloadFailed, match="status 404"):
            b.read()


def test_private_addresses_are_refused_when_they_are_read(tmp_path: Path) -> None:
    with serve() as server:
        text = "\n".join(
            [server.url("/a"), "http://169.254.169.254/", "http://[::1]/", "http://10.1"]
        )
        lay(tmp_path, {"list.txt": text.encode()})
        for candidate in list_source(tmp_path / "list.txt"):
            assert isinstance(candidate, Candidate)
            with pytest.raises(DownloadRefused):
                candidate.read()
        assert server.connections == 0


def test_a_picture_on_the_web_may_be_no_larger_than_a_file(tmp_path: Path) -> None:
    with serve(answering(reply(PNG))) as server:
        lay(tmp_path, {"list.txt": server.url("/a.png").encode(), "big.jpg": PNG})
        limits = SourceLimits(max_file_bytes=len(PNG) - 1)
        web, local = list_source(tmp_path, allow_hosts=HERE, limits=limits)
        assert isinstance(web, Candidate)
        assert isinstance(local, Candidate)
        with pytest.raises(DownloadFailed, match="larger than"):
            web.read()
        with pytest.raises(ImageTooLarge):
            local.read()


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_a_list_may_name_files_beside_it(tmp_path: Path, kind: str) -> None:
    files = {
        "list.csv": "url,name,group,truth\nSub\\CAT.jpg,,g1,ids/é.png\ndog.jpg,Dog,g2,\n".encode(),
        "sub/cat.jpg": JPG,
        "sub/other.jpg": JPG,
        "ids/e\u0301.png": MASK,
        "dog.jpg": PNG,
        "dog_mask.png": MASK,
        "dog.json": ANSWER,
        "bird.jpg": JPG,
    }
    source = lay(tmp_path, files) if kind == "folder" else pack(tmp_path / "a.zip", files)
    taken, refused = split(source)
    assert not refused
    assert [(each.name, each.group) for each in taken.values()] == [
        *(("sub/cat.jpg", "g1"), ("Dog", "g2"), ("bird.jpg", ""), ("sub/other.jpg", "sub")),
    ]
    cat, dog = list(taken.values())[:2]
    assert cat.read_truth is not None
    assert dog.read_truth is not None
    assert dog.read_answer is not None
    assert (cat.url, cat.read(), cat.read_truth(), cat.read_answer) == (None, JPG, MASK, None)
    assert (dog.read(), dog.read_truth(), dog.read_answer()) == (PNG, MASK, ANSWER)


def test_a_text_may_name_files_too(tmp_path: Path) -> None:
    lay(tmp_path, {"list.txt": b"a.jpg\nno.jpg\n", "a.jpg": JPG, "b.jpg": JPG})
    assert spell(tmp_path / "list.txt") == ["a.jpg||None", "list.txt, line 2"]
    assert spell(tmp_path) == ["a.jpg||None", "list.txt, line 2", "b.jpg||None"]


def test_a_list_does_not_lead_out_over_links(tmp_path: Path) -> None:
    lay(tmp_path / "out", {"s.jpg": PNG})
    root = lay(tmp_path / "in", {"list.txt": b"link.jpg\ndoor/s.jpg\nhttps://e.org/a\n"})
    (root / "link.jpg").symlink_to("../out/s.jpg")
    (root / "door").symlink_to("../out")
    assert spell(root / "list.txt") == [
        "list.txt, line 1",
        "list.txt, line 2",
        "a||https://e.org/a",
    ]


def test_an_address_is_never_quoted_in_a_refusal(tmp_path: Path) -> None:
    lay(tmp_path, {"list.csv": b"url,name\nhttps://e.org/a?key=S3CRET,b,c\nhttp://:S3CRET@,\n"})
    _, refused = split(tmp_path / "list.csv")
    assert len(refused) == 2
    assert "S3CRET" not in str(refused)
