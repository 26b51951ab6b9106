"""pip's configuration is read as pip reads it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from miner.errors import SourceError
from miner.source.pipconf import IndexConfiguration, configuration_files, index_configuration


def test_nothing_configured() -> None:
    assert index_configuration({}, ()) == IndexConfiguration(("https://pypi.org/simple",))


def test_files_then_variables(tmp_path: Path) -> None:
    low, high = tmp_path / "low.conf", tmp_path / "high.conf"
    low.write_text(
        "[global]\nindex-url = https://low/simple\ncert = /low.pem\ntimeout = 3\n"
        "[install]\ntrusted-host = a b:8080\n[download]\nindex-url = https://not-read/simple\n"
    )
    high.write_text(
        "[global]\nindex_url = https://high/simple\n"
        "extra-index-url =\n    https://one/simple\n    https://two/simple\nfind-links = /opt/wheels ./rel\n"
    )
    found = index_configuration({"PIP_CERT": "/env.pem", "PIP_TIMEOUT": ""}, (low, high, tmp_path / "absent"))
    assert found.indexes == ("https://high/simple", "https://one/simple", "https://two/simple")
    assert found.find_links == ("file:///opt/wheels", (Path.cwd() / "rel").as_uri())
    assert found.trusted_hosts == ("a", "b:8080")
    assert (found.cert, found.timeout) == ("/env.pem", 3.0)


def test_variables_alone() -> None:
    found = index_configuration(
        {
            "PIP_INDEX_URL": "https://u:p@i/simple",
            "PIP_EXTRA_INDEX_URL": "https://j/simple file:///k",
            "PIP_DEFAULT_TIMEOUT": "180",
            "PIP_CLIENT_CERT": "/c.pem",
            "PIP_PROXY": "http://proxy:1",
            "REQUESTS_CA_BUNDLE": "/r.pem",
        },
        (),
    )
    assert found.indexes == ("https://u:p@i/simple", "https://j/simple", "file:///k")
    assert (found.timeout, found.client_cert, found.proxy, found.cert) == (180.0, "/c.pem", "http://proxy:1", "/r.pem")


def test_no_index_leaves_find_links() -> None:
    found = index_configuration({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "https://links/page"}, ())
    assert (found.indexes, found.find_links) == ((), ("https://links/page",))


def test_files_and_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", "/etc/one:/etc/two")
    files = configuration_files({})
    if sys.platform.startswith("linux"):
        assert files == (
            Path("/etc/one/pip/pip.conf"),
            Path("/etc/two/pip/pip.conf"),
            Path("/etc/pip.conf"),
            tmp_path / ".pip/pip.conf",
            tmp_path / "xdg/pip/pip.conf",
            Path(sys.prefix) / "pip.conf",
        )
    named = tmp_path / "named.conf"
    named.write_text("")
    with_named = configuration_files({"PIP_CONFIG_FILE": str(named)})
    assert with_named[-1] == named
    assert tmp_path / ".pip/pip.conf" not in with_named
    assert configuration_files({"PIP_CONFIG_FILE": os.devnull}) == ()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "pip.conf"
    broken.write_text("no section = here\n")
    with pytest.raises(SourceError, match=r"pip\.conf cannot be read"):
        index_configuration({}, (broken,))
    with pytest.raises(SourceError, match="timeout"):
        index_configuration({"PIP_TIMEOUT": "soon"}, ())
