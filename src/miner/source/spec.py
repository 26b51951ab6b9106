"""What a SPEC and a ref mean, decided from their text alone, before anything is spawned or opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from miner.errors import SourceError, UsageError
from miner.source.text import has_control, visible

_TRANSPORT_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]*::")
_SCP = re.compile(r"(?:(?P<user>[A-Za-z0-9._-]+)@)?(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*):(?P<path>[^:/].*|/[^/].*)")
_PROJECT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_OPERATOR = re.compile(r"[<>=!~]")
_SCHEMES = ("https", "http", "ssh", "file")
_FORBIDDEN_IN_REF = re.compile(r"[\s~^:?*\[\\]|\.\.|@\{|//|^/|/$|\.lock$|\.$")
_LONGEST = 4096
_INSTALLED = "installed:"


@dataclass(frozen=True)
class GitUrl:
    """A remote repository: the URL for git, the one protocol it may use, its name, the URL to publish if any."""

    url: str
    protocol: str
    name: str
    published: str | None


@dataclass(frozen=True)
class LocalRepository:
    """A folder that should be a repository."""

    path: Path


@dataclass(frozen=True)
class Release:
    """One release on the package index; the name is canonical, the version normalised (PEP 440)."""

    name: str
    version: Version


@dataclass(frozen=True)
class Installed:
    """A distribution that is installed here; the name is canonical."""

    name: str


def parse_spec(spec: str) -> GitUrl | LocalRepository | Release | Installed:
    """The kind of source that `spec` names; UsageError when it is malformed or refused, SourceError when absent."""
    _refuse_hostile(spec)
    if spec.startswith(_INSTALLED):
        return _parse_installed(spec.removeprefix(_INSTALLED))
    if "://" in spec:
        return _parse_url(spec)
    if "/" not in spec and "==" in spec:
        return _parse_release(spec)
    if (path := _existing(spec)) is not None:
        return LocalRepository(path)
    if "/" not in spec and _OPERATOR.search(spec):
        raise UsageError(f"{visible(spec)}: a release is written name==version")
    if scp := _SCP.fullmatch(spec):
        return _from_scp(scp)
    if _PROJECT.fullmatch(spec):
        raise UsageError(f"{spec}: write {spec}=={{version}} for a release, or ./{spec} for a folder (there is none)")
    raise SourceError(f"{visible(spec)}: there is no such folder, or it may not be entered")


def check_ref(ref: str) -> None:
    """UsageError unless `ref` could be a branch, a tag or a commit; git's own grammar for derived names is refused."""
    if not ref or ref.startswith("-") or has_control(ref) or _FORBIDDEN_IN_REF.search(ref) or len(ref) > 255:
        raise UsageError(f"ref {visible(ref)!r} is refused: give a branch, a tag or a full commit id")


def _existing(spec: str) -> Path | None:
    try:
        path = Path(spec).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError):  # a name too long, a folder that may not be entered, an unknown ~user
        return None


def _refuse_hostile(spec: str) -> None:
    if not spec or spec != spec.strip():
        raise UsageError("the source is empty or has spaces around it: give a git URL, a folder or name==version")
    if has_control(spec) or len(spec) > _LONGEST:
        raise UsageError(f"source {visible(spec)!r} is refused: control characters or too long")
    if spec.startswith("-"):
        raise UsageError(f"source {visible(spec)!r} is refused: it begins with a dash")
    if _TRANSPORT_HELPER.match(spec):
        raise UsageError(f"source {visible(spec)!r} is refused: git transport helpers run commands")


def _parse_url(url: str) -> GitUrl:
    try:
        parts = urlsplit(url)
        user, password, host = parts.username, parts.password, parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise UsageError("the URL is malformed") from None
    scheme = parts.scheme
    if password is not None or (user is not None and scheme != "ssh"):
        raise UsageError("a URL with credentials is refused: use an ssh key, or leave them out")
    if scheme not in _SCHEMES:
        raise UsageError(f"{visible(url)}: {visible(scheme)} URLs are not read; use https, ssh or file")
    if parts.query or parts.fragment or re.search(r"\s", url):
        raise UsageError(f"{scheme}://{host}: a repository URL has no query, fragment or space")
    _refuse_hostile_parts(parts, user, host)
    published = f"{scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if scheme in ("https", "ssh") else None
    return GitUrl(url, scheme, _last_part(parts.path), published)


def _refuse_hostile_parts(parts: SplitResult, user: str | None, host: str) -> None:
    """git decodes percent escapes before it uses a URL, so the decoded parts are what must be harmless."""
    decoded = [unquote(part) for part in (user or "", host, parts.path)]
    if any(part.startswith("-") or not part.isprintable() for part in decoded):
        raise UsageError("the URL is refused: a part of it begins with a dash or holds unprintable characters")
    if parts.scheme == "file":
        if host not in ("", "localhost"):
            raise UsageError("a file URL names no host: write file:///path")
    elif not host:
        raise UsageError(f"{parts.scheme}://: the URL names no host")
    if not parts.path.strip("/"):
        raise UsageError(f"{parts.scheme}://{host}: the URL names no repository")
    if parts.path.startswith("/-"):
        raise UsageError("the URL is refused: its path begins with a dash")


def _from_scp(match: re.Match[str]) -> GitUrl:
    path = match["path"]
    if path.startswith("-"):
        raise UsageError("the URL is refused: its path begins with a dash")
    published = f"ssh://{match['host']}/{path.lstrip('/')}"
    return GitUrl(match[0], "ssh", _last_part(path), published)


def _last_part(path: str) -> str:
    last = path.rstrip("/").rpartition("/")[2]
    return last.removesuffix(".git") or "repository"


def _parse_installed(name: str) -> Installed:
    if not _PROJECT.fullmatch(name):
        raise UsageError(f"{_INSTALLED}{visible(name)}: write {_INSTALLED}NAME, without a version or extras")
    return Installed(canonicalize_name(name))


def _parse_release(spec: str) -> Release:
    name, _, version = (part.strip() for part in spec.partition("=="))
    if not _PROJECT.fullmatch(name):
        raise UsageError(f"{visible(spec)}: a release is written name==version, without extras or other operators")
    try:
        return Release(canonicalize_name(name), Version(version))
    except InvalidVersion:
        raise UsageError(f"{visible(spec)}: {visible(version)!r} is not a version") from None
