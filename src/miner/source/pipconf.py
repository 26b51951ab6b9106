"""The package index that pip is configured for, read as pip reads it (its own documentation: "Configuration")."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from miner.errors import SourceError

DEFAULT_INDEX = "https://pypi.org/simple"
_FILE = "pip.ini" if sys.platform == "win32" else "pip.conf"
_SECTIONS = ("global", "install")
_TRUE = ("y", "yes", "t", "true", "on", "1")


@dataclass(frozen=True)
class IndexConfiguration:
    """Where packages come from. `indexes` and `find_links` in order; `timeout` in seconds; certificates are files."""

    indexes: tuple[str, ...]
    find_links: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    timeout: float = 15.0


def index_configuration(environment: Mapping[str, str], files: Iterable[Path]) -> IndexConfiguration:
    """What `files` (least important first) and then the `PIP_*` variables of `environment` say."""
    options: dict[str, str] = {}
    for file in files:
        options |= _read(file)
    for name, value in environment.items():
        if name.startswith("PIP_") and value:
            options[_key(name[4:])] = value
    wanted = options.get("no-index", "").lower() not in _TRUE
    indexes = [options.get("index-url") or options.get("pypi-url") or DEFAULT_INDEX]
    indexes += options.get("extra-index-url", "").split()
    return IndexConfiguration(
        indexes=tuple(dict.fromkeys(_as_url(url) for url in indexes)) if wanted else (),
        find_links=tuple(_as_url(place) for place in options.get("find-links", "").split()),
        trusted_hosts=tuple(options.get("trusted-host", "").split()),
        cert=_file(options.get("cert") or environment.get("REQUESTS_CA_BUNDLE")),
        client_cert=_file(options.get("client-cert")),
        proxy=options.get("proxy"),
        timeout=_seconds(options.get("timeout") or options.get("default-timeout")),
    )


def configuration_files(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """pip's configuration files that may exist, least important first: system, user, virtual environment, named."""
    named = environment.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return ()
    system = [
        Path(folder) / _FILE for folder in platformdirs.site_config_dir("pip", False, multipath=True).split(os.pathsep)
    ]
    if sys.platform not in ("win32", "darwin"):
        system.append(Path("/etc") / _FILE)
    legacy = Path.home() / ("pip" if sys.platform == "win32" else ".pip") / _FILE
    user = [legacy, Path(platformdirs.user_config_dir("pip", False, roaming=True)) / _FILE]
    if named and Path(named).exists():
        user = []
    return (*system, *user, Path(sys.prefix) / _FILE, *((Path(named),) if named else ()))


def _read(file: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        with file.open(encoding="utf-8") as lines:
            parser.read_file(lines)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, configparser.Error):
        raise SourceError(f"pip's configuration {file} cannot be read: correct or remove it") from None
    found: dict[str, str] = {}
    for section in _SECTIONS:
        if parser.has_section(section):
            found |= {_key(key): value for key, value in parser.items(section) if value}
    return found


def _key(name: str) -> str:
    return name.lower().replace("_", "-").removeprefix("--")


def _as_url(place: str) -> str:
    return place if "://" in place else Path(place).expanduser().absolute().as_uri()


def _file(value: str | None) -> str | None:
    return str(Path(value).expanduser()) if value else None


def _seconds(value: str | None) -> float:
    try:
        return float(value) if value else IndexConfiguration.timeout
    except ValueError:
        raise SourceError("pip's configured timeout is not a number") from None
