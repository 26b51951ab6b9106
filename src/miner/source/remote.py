"""A repository behind a URL: one ref of it, at depth 1, in a bare mirror of our own."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from miner.errors import SourceError
from miner.model.snapshot import Snapshot, SourceRecord
from miner.source.command import GitCommand, GitError
from miner.source.limits import SourceLimits
from miner.source.nearest import nearest_names
from miner.source.objects import BlobReader, check_complete, list_tree, resolve_commit
from miner.source.spec import GitUrl

_FULL_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SHORT_ID = re.compile(r"[0-9a-f]{7,39}")
Progress = Callable[[str], None]


def open_remote(
    remote: GitUrl, ref: str | None, *, cache: Path, home: Path, progress: Progress, limits: SourceLimits
) -> Snapshot:
    """The snapshot of `ref` (the remote's HEAD without one), fetched unless the mirror has exactly that already."""
    mirror = cache / "mirrors" / f"{_slug(remote.name)}-{_digest(remote.url)}"
    git = GitCommand(folder=home, home=home, git_dir=mirror, protocols=_protocols(remote), seconds=limits.read_seconds)
    try:
        mirror.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(mirror, progress):
            return _read_or_repair(git, remote, ref, progress, limits)
    except OSError as error:
        raise SourceError(f"the cache folder {cache} cannot be used: {error.strerror or error}") from None


def _read_or_repair(
    git: GitCommand, remote: GitUrl, ref: str | None, progress: Progress, limits: SourceLimits
) -> Snapshot:
    """A mirror that cannot be read although nothing new had to be fetched is damaged: it is made anew, once."""
    fetched: list[str] = []

    def listening(text: str) -> None:
        fetched.append(text)
        progress(text)

    kept = _bring(git, remote, ref, listening)
    try:
        return _snapshot(git, remote, ref, kept, limits)
    except SourceError:
        if fetched:
            raise
    shutil.rmtree(_mirror(git))
    return _snapshot(git, remote, ref, _bring(git, remote, ref, progress), limits)


@contextmanager
def _only_one(mirror: Path, progress: Progress) -> Iterator[None]:
    lock = FileLock(f"{mirror}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress("wait: another run is fetching the same repository")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _protocols(remote: GitUrl) -> str:
    return "http:https" if remote.protocol == "http" else remote.protocol


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:60].lstrip(".-") or "repository"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _bring(git: GitCommand, remote: GitUrl, ref: str | None, progress: Progress) -> str:
    """Makes sure that the mirror holds what `ref` means now; the name under which it keeps that."""
    if ref is not None and _FULL_ID.fullmatch(ref):
        kept = f"refs/miner/commit-{ref}"
        if not _has(git, kept):
            _fetch(git, remote, (ref, ref), kept, progress)
        return kept
    name, advertised = _choose(git, remote, ref)
    kept = f"refs/miner/ref-{_digest(name)}"
    if _has(git, kept) != advertised:
        _fetch(git, remote, (name, advertised), kept, progress)
    return kept


def _has(git: GitCommand, kept: str) -> str | None:
    if not _mirror(git).exists():
        return None
    try:
        return git.run("rev-parse", "--verify", "--quiet", "--end-of-options", kept)
    except GitError:
        return None


def _choose(git: GitCommand, remote: GitUrl, ref: str | None) -> tuple[str, str]:
    """The full name and the object id of the remote's ref; a tag is taken before a branch, as git does."""
    if ref is None or ref == "HEAD":
        listed = _list(git, remote, (), "HEAD")
        if "HEAD" in listed:
            return "HEAD", listed["HEAD"]
    patterns = (ref,) if ref is not None and ref.startswith("refs/") else ()
    listed = _list(git, remote, () if patterns else ("--heads", "--tags"), *patterns)
    if not listed and not patterns:
        raise SourceError(f"{remote.name} is empty: the repository has no branch and no tag")
    if ref is None or ref == "HEAD":
        raise SourceError(f"{remote.name} has no default branch; name a ref, for instance {_short(listed, '')}")
    for name in (ref, f"refs/tags/{ref}", f"refs/heads/{ref}"):
        if name in listed:
            return name, listed[name]
    hint = "; a commit is given by its full id" if _SHORT_ID.fullmatch(ref) else ""
    near = _short(listed, ref)
    raise SourceError(f"{remote.name} has no ref {ref}{hint}" + (f"; nearest: {near}" if near else ""))


def _short(listed: dict[str, str], wanted: str) -> str:
    return ", ".join(nearest_names(wanted, (re.sub(r"^refs/(heads|tags)/", "", name) for name in listed)))


def _list(git: GitCommand, remote: GitUrl, options: tuple[str, ...], *patterns: str) -> dict[str, str]:
    try:
        outside = replace(git, git_dir=git.home / "none")
        text = outside.run("ls-remote", "--quiet", *options, "--", remote.url, *patterns)
    except GitError as error:
        raise SourceError(f"{remote.name} cannot be reached: {error}") from None
    rows = (line.split("\t", 1) for line in text.splitlines() if "\t" in line)
    return {name: oid for oid, name in rows if _FULL_ID.fullmatch(oid) and not name.endswith("^{}")}


def _fetch(git: GitCommand, remote: GitUrl, wanted: tuple[str, str], kept: str, progress: Progress) -> None:
    name, oid = wanted
    progress(f"clone {remote.published or remote.name} {name.removeprefix('refs/heads/').removeprefix('refs/tags/')}")
    _prepare(git, oid)
    options = ("--quiet", "--no-progress", "--depth=1", "--update-shallow", "--no-tags", "--no-write-fetch-head")
    quiet = ("--no-auto-maintenance", "--no-recurse-submodules", "--force")
    try:
        replace(git, seconds=None).run("fetch", *options, *quiet, "--", remote.url, f"+{name}:{kept}")
    except GitError as error:
        if name == oid:
            raise SourceError(
                f"{remote.name} does not give commit {oid}: {error}; give a branch or tag, or a local clone"
            ) from None
        raise SourceError(f"{remote.name} could not be fetched: {error}") from None


def _mirror(git: GitCommand) -> Path:
    return git.git_dir or git.folder


def _prepare(git: GitCommand, oid: str) -> None:
    """A mirror is created whole or not at all; what an interrupted fetch left in it is removed (we hold its lock)."""
    mirror = _mirror(git)
    if not mirror.exists():
        fresh = mirror.with_name(f"{mirror.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        form = "sha256" if len(oid) == 64 else "sha1"
        inside = replace(git, git_dir=fresh)
        inside.run("init", "--bare", "--quiet", "--template=", f"--object-format={form}", "--initial-branch=main")
        fresh.rename(mirror)
    for pattern in ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "objects/tmp_*", "objects/??/tmp_obj_*"):
        for stale in mirror.glob(pattern):
            stale.unlink(missing_ok=True)


def _snapshot(fetching: GitCommand, remote: GitUrl, ref: str | None, kept: str, limits: SourceLimits) -> Snapshot:
    git = replace(fetching, protocols="")
    try:
        commit = resolve_commit(git, kept)
        tree = git.run("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}")
    except GitError:
        raise SourceError(f"{remote.name}: {ref} does not name a commit") from None
    check_complete(git, commit)
    entries, refused = list_tree(git, tree, limits)
    record = SourceRecord(kind="git", name=remote.name, revision=commit, tree=tree, ref=ref, url=remote.published)
    return Snapshot(source=record, entries=entries, read=BlobReader(git, entries).read, refused=refused)
