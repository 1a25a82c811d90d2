"""Environments of their own for real clients, each made once for its lock and kept in the cache."""

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest


def python_of(lock: Path, cache: pytest.Cache) -> Path:
    """Give the Python of an environment with exactly what a lock of requirements names."""
    version = "{}.{}".format(*sys.version_info)
    folder = cache.mkdir(lock.stem) / version
    python = folder / "bin" / "python"
    if not _is_made(folder, lock):
        venv.create(folder, with_pip=True, clear=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([python, *install, "--require-hashes", "-r", lock], check=True)
        _mark(folder, lock)
    return python


def modules_of(lock: Path, cache: pytest.Cache) -> Path:
    """Give the folder with the modules that a lock of npm names; skip where npm is missing."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, which brings the clients written in JavaScript")
    folder = cache.mkdir("clients-in-javascript")
    if not _is_made(folder, lock):
        for name in ("package.json", "package-lock.json"):
            shutil.copy(lock.with_name(name), folder / name)
        install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(install, cwd=folder, check=True)
        _mark(folder, lock)
    return folder / "node_modules"


def _is_made(folder: Path, lock: Path) -> bool:
    mark = folder / "installed"
    return mark.is_file() and mark.read_text(encoding="utf-8") == _wanted(lock)


def _mark(folder: Path, lock: Path) -> None:
    (folder / "installed").write_text(_wanted(lock), encoding="utf-8")


def _wanted(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()
