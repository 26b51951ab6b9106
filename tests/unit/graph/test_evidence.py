"""Evidence quotes the bytes of a place, and no secret in them."""

from __future__ import annotations

import hashlib

import pytest

from miner.graph.evidence import LONGEST_TEXT, EvidenceReader, evidence, redact
from miner.link.place import Place
from miner.model.span import Span

BLOB = "0" * 40
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ"

SECRETS = {
    "hugging face": f"hf_{LETTERS[:34]}",
    "github": f"ghp_{LETTERS[:36]}",
    "github, fine": f"github_pat_{LETTERS[:22]}_{LETTERS[:20]}",
    "openai": f"sk-{LETTERS[:40]}",
    "openai, project": f"sk-proj-{LETTERS[:20]}-{LETTERS[:20]}",
    "amazon": "AKIA" + "ABCDEFGHIJKLMNOP",
    "slack": f"xoxb-{LETTERS[:10]}-{LETTERS[:10]}",
    "google": f"AIza{LETTERS[:35]}",
    "key": f"-----BEGIN RSA PRIVATE KEY-----\n{LETTERS}\n{LETTERS}\n-----END RSA PRIVATE KEY-----",
    "plain key": f"-----BEGIN PRIVATE KEY-----\n{LETTERS}\n-----END PRIVATE KEY-----",
    "cut key": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{LETTERS}",
    "key in a string": f"-----BEGIN EC PRIVATE KEY-----\\n{LETTERS}\\n-----END EC PRIVATE KEY-----",
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_not_republished(name: str) -> None:
    """Its shape is known; what stands around it stays."""
    secret = SECRETS[name]
    assert redact(f'TOKEN = "{secret}"  # why') in (
        ('TOKEN = "[redacted]"  # why', True),
        ('TOKEN = "[redacted]', True),
    )


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("https://user:secret@host/x", "https://[redacted]@host/x"),
        ("git+ssh://user:pa%20ss@host", "git+ssh://[redacted]@host"),
        (f"https://{SECRETS['github']}@host/x", "https://[redacted]@host/x"),
        ("https://:secret@host/x", "https://[redacted]@host/x"),
        ("https://user:p@ss@host/x", "https://[redacted]@host/x"),
    ],
)
def test_credentials_in_a_url_are_not_republished(text: str, cleaned: str) -> None:
    """The host stays."""
    assert redact(text) == (cleaned, True)


@pytest.mark.parametrize(
    "text",
    [
        "hf_hub_download(repo_id)",
        "sk-learn",
        "task-with-a-very-long-name-that-goes-on-and-on",
        "https://host:8080/path@2x.png",
        "https://host/a:b@c",
        "person@example.org",
        "import hf_transfer",
        "ghp_short",
        "AKIAshort",
        "-----BEGIN CERTIFICATE-----",
        "x = {a: b @ c}",
        "requires_backends(cls, ['torch'])",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    """Nothing is redacted."""
    assert redact(text) == (text, False)


def place(data: bytes, part: bytes, role: str = "site") -> Place:
    start = data.index(part)
    line = data[:start].count(b"\n") + 1
    return Place("a.py", Span(start, start + len(part), line, line + part.count(b"\n")), role)  # type: ignore[arg-type]


def test_evidence_is_the_bytes_of_a_place() -> None:
    """Hash and text of exactly the span, whatever it is redacted to."""
    data = f"x = 1\ny = '{SECRETS['github']}'\n".encode()
    part = data.split(b"\n")[1]
    found = evidence(place(data, part), data, BLOB)
    assert (found.path, found.blob, found.start_line, found.end_line) == ("a.py", BLOB, 2, 2)
    assert data[found.start_byte : found.end_byte] == part
    assert found.sha256 == hashlib.sha256(part).hexdigest()
    assert (found.text, found.redacted) == ("y = '[redacted]'", True)


@pytest.mark.parametrize(
    ("data", "role", "text"),
    [
        (b"x" * LONGEST_TEXT, "site", "x" * LONGEST_TEXT),
        (b"x" * (LONGEST_TEXT + 1), "site", None),
        (b"def f(): pass", "definition", None),
        ("'\u00e9'".encode(), "message", "'\u00e9'"),
        (b"'\xe9'", "message", "'\ufffd'"),
    ],
)
def test_the_text_of_evidence(data: bytes, role: str, text: str | None) -> None:
    """At most 4 KiB, none for definitions, always text."""
    found = evidence(place(data, data, role), data, BLOB)
    assert found.text == text
    assert found.sha256 == hashlib.sha256(data).hexdigest()


def test_evidence_of_several_places_has_one_order() -> None:
    """Sites first, each place once."""
    data = b"a\nb\nc\n"
    reader = EvidenceReader(lambda path: data, {"a.py": BLOB})
    places = [
        place(data, b"c", "constant"),
        place(data, b"b", "site"),
        place(data, b"a", "guard"),
        place(data, b"b", "site"),
    ]
    for order in (places, places[::-1]):
        assert [(e.role, e.text) for e in reader.all(order)] == [("site", "b"), ("guard", "a"), ("constant", "c")]


@pytest.mark.parametrize(
    ("data", "words", "text"),
    [
        (b"takes 5 s and\n  more", "5 s", "5 s"),
        (b"takes 5\n   seconds", "5 seconds", "5\n   seconds"),
        (b"'takes 5 '\n   f'seconds'", "5 seconds", "5 '\n   f'seconds"),
        (b"takes 5, seconds", "5 seconds", None),
    ],
)
def test_words_within_some_evidence(data: bytes, words: str, text: str | None) -> None:
    """A line may end between them, and one of the strings that are one."""
    reader = EvidenceReader(lambda path: data, {"a.py": BLOB})
    found = reader.within(reader.all([place(data, data, "site")]), words)
    assert (found and found.text) == text
