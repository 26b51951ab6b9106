"""Asks the configured index for one release, through unearth, which knows the index protocols (PEP 503, 592, 691)."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2
from packaging.version import Version
from unearth import Package, PackageFinder
from unearth.auth import MultiDomainBasicAuth
from unearth.fetchers.sync import PyPIClient

from miner.errors import SourceError
from miner.source.nearest import nearest_versions
from miner.source.pipconf import IndexConfiguration
from miner.source.spec import Release
from miner.source.text import visible

CLIENT_ERRORS = (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError)
_SDISTS = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar", ".zip")
_NOT_THERE = (404, 410)


@dataclass
class _Answers:
    """What the places asked have said: the files of the project, and the complaints of those that failed."""

    packages: list[Package] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def index_client(configuration: IndexConfiguration) -> Iterator[PyPIClient]:
    """An HTTP client with pip's certificates, trusted hosts, proxy and credentials; it never asks the user."""
    verify: ssl.SSLContext | bool = True
    try:
        if configuration.cert or configuration.client_cert:
            verify = ssl.create_default_context(cafile=configuration.cert)
            if configuration.client_cert:
                verify.load_cert_chain(configuration.client_cert)
    except OSError:
        raise SourceError("a certificate that pip is configured for cannot be read") from None
    client = PyPIClient(
        trusted_hosts=configuration.trusted_hosts,
        verify=verify,
        timeout=configuration.timeout,
        follow_redirects=True,
        proxy=configuration.proxy,
    )
    client.auth = MultiDomainBasicAuth(prompting=False, index_urls=configuration.indexes)
    with client:
        yield client


def find_release(release: Release, configuration: IndexConfiguration, client: PyPIClient) -> Package:
    """The sdist of `release`, else its wheel; SourceError when there is none, naming the nearest versions."""
    answers = _ask_everywhere(release, configuration, client)
    candidates = [p for p in answers.packages if p.version is not None and Version(p.version) == release.version]
    if candidates:
        return min(candidates, key=_preference)
    if answers.complaints:
        raise SourceError(f"{release.name}=={release.version} cannot be looked up: {answers.complaints[0]}")
    versions = {Version(package.version) for package in answers.packages if package.version is not None}
    if not versions:
        raise SourceError(f"{release.name}: no such package on the configured index")
    near = ", ".join(str(version) for version in nearest_versions(release.version, versions))
    raise SourceError(f"{release.name} has no release {release.version}; nearest: {near}")


def place_name(url: str) -> str:
    """A place for a message: its host, without credentials or path."""
    return urlsplit(url).hostname or "the local index"


def _ask_everywhere(release: Release, configuration: IndexConfiguration, client: PyPIClient) -> _Answers:
    places = [("index_urls", url) for url in configuration.indexes]
    places += [("find_links", url) for url in configuration.find_links]
    if not places:
        raise SourceError("pip is configured for no index and no find-links: there is nowhere to look")
    answers = _Answers()
    for kind, url in places:
        _ask(kind, url, release.name, client, answers)
    return answers


def _ask(kind: str, url: str, name: str, client: PyPIClient, answers: _Answers) -> None:
    """One place at a time, so that one that is down does not hide what another has."""
    statuses: list[int] = []
    client.event_hooks = {"response": [lambda response: statuses.append(response.status_code)]}
    try:
        finder = PackageFinder(client, ignore_compatibility=True, **{kind: [url]})  # type: ignore[arg-type]
        with _quiet():
            found = list(finder.find_all_packages(name, allow_yanked=True))
    except CLIENT_ERRORS as error:
        said = visible(str(error)) or type(error).__name__
        answers.complaints.append(f"{place_name(url)} cannot be reached ({said})")
        return
    finally:
        client.event_hooks = {}
    answers.packages += found
    failed = [status for status in statuses if status >= 400 and status not in _NOT_THERE]
    if failed and not found:
        answers.complaints.append(f"{place_name(url)} answers with status {failed[-1]}")


@contextmanager
def _quiet() -> Iterator[None]:
    """unearth warns of every page that a place does not have; a missing page is an ordinary answer here."""
    logger = logging.getLogger("unearth")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _preference(package: Package) -> tuple[int, int, str]:
    """sdist before wheel, the usual format first, a wheel for any machine before others, then by name."""
    filename = package.link.filename
    if package.link.is_wheel:
        return (1, 0 if filename.endswith("-none-any.whl") else 1, filename)
    rank = next((at for at, suffix in enumerate(_SDISTS) if filename.endswith(suffix)), len(_SDISTS))
    return (0, rank, filename)
