"""Small archives, honest and hostile, made in memory."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping


def tarball(files: Mapping[str, bytes], extra: Iterable[tarfile.TarInfo] = (), mode: str = "w:gz") -> bytes:
    """A tar archive of `files`, then of the headers in `extra` without content."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in extra:
            archive.addfile(info)
    return out.getvalue()


def header(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A tar member without content, of the given type."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def zipped(files: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """A zip archive of `files`, in order, names unchecked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def sdist(name: str, version: str, files: Mapping[str, bytes]) -> bytes:
    """An sdist with its top folder."""
    top = f"{name}-{version}"
    held = {"PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(), **files}
    return tarball({f"{top}/{path}": data for path, data in held.items()})
