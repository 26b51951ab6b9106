"""A repository on this computer, read through its object store: no checkout, no index, no work tree."""

from __future__ import annotations

from pathlib import Path

from miner.errors import SourceError
from miner.model.snapshot import Entry, Snapshot, SourceRecord
from miner.source.command import GitCommand, GitError
from miner.source.limits import SourceLimits
from miner.source.nearest import nearest_names
from miner.source.objects import BlobReader, check_complete, list_tree, resolve_commit
from miner.source.worktree import first_difference


def open_local(path: Path, ref: str | None, *, home: Path, limits: SourceLimits) -> Snapshot:
    """The snapshot of `ref`, or of the HEAD commit with a note when the work tree differs from it."""
    folder = path.resolve()
    if not folder.is_dir():
        raise SourceError(f"{path} is not a folder: give a git repository, a URL or name==version")
    git = GitCommand(folder=folder, home=home, seconds=limits.read_seconds)
    _check_repository(git, path)
    commit = _resolve(git, path, ref)
    check_complete(git, commit)
    tree = git.run("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}")
    entries, refused = list_tree(git, tree, limits)
    notes = () if ref is not None else _dirty_note(folder, entries, commit, limits)
    record = SourceRecord(kind="local", name=_name(folder), revision=commit, tree=tree, ref=ref)
    return Snapshot(source=record, entries=entries, read=BlobReader(git, entries).read, refused=refused, notes=notes)


def _check_repository(git: GitCommand, path: Path) -> None:
    try:
        inside = git.run("rev-parse", "--show-prefix")
    except GitError as error:
        text = str(error)
        if "dubious ownership" in text:
            raise SourceError(f"{path} belongs to another user and git does not trust it: clone it first") from None
        if "not a git repository" not in text:
            raise SourceError(f"{path} cannot be read by git: {text}") from None
        inside = text
    if inside:
        raise SourceError(f"{path} is not a git repository: give a repository's top folder, a URL or name==version")


def _resolve(git: GitCommand, path: Path, ref: str | None) -> str:
    try:
        return resolve_commit(git, ref or "HEAD")
    except GitError:
        listed = git.run("for-each-ref", "--format=%(refname:short)", "--count=20000").splitlines()
    if not listed:
        raise SourceError(f"{path} is empty: the repository has no commit")
    near = ", ".join(nearest_names(ref or "", listed))
    if ref is None:
        raise SourceError(f"{path} has no HEAD commit; name a ref, for instance {near}")
    raise SourceError(f"{path} has no commit {ref}; nearest: {near}")


def _dirty_note(folder: Path, entries: tuple[Entry, ...], commit: str, limits: SourceLimits) -> tuple[str, ...]:
    if not (folder / ".git").exists():
        return ()
    difference = first_difference(folder, entries, limits)
    if difference is None:
        return ()
    return (f"the HEAD commit {commit[:12]} is read; the work tree {difference}",)


def _name(folder: Path) -> str:
    named = folder.parent if folder.name == ".git" else folder
    return named.name.removesuffix(".git") or "repository"
