"""The attack corpus beside the repository: found, made light to fire, and fired by its runner.

Run as a program it is the runner, which knows its HTTP client by its old name.
"""

import json
import resource
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2

FOLDER: Final = Path(__file__).resolve().parents[2].parent / "shared" / "attacks"
RUNNER: Final = FOLDER / "run_attacks.py"
PIECE: Final = 1 << 16
MEMORY: Final = 8 << 30
"""Bytes of address space the runner may take: a fault of it must not take the machine along."""


class NotFired(Exception):
    """The runner did not run; the text is what it said."""


def files() -> list[Path]:
    """Give the attacks, one file each."""
    return sorted(path for path in FOLDER.glob("*.json") if not path.stem.endswith(".schema"))


def fire(base: str, folder: Path, *options: str) -> dict[str, str]:
    """Fire every attack at a server; give what was wrong with each answer, or nothing."""
    for path in files():
        attack = json.loads(path.read_text(encoding="utf-8"))
        (folder / path.name).write_text(json.dumps(_lighter(attack)), encoding="utf-8")
    command = [sys.executable, "-m", "tests.attacks.corpus", base, str(folder), "-v", *options]
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    verdicts = dict(_verdicts(run.stdout, run.stderr))
    if not verdicts:
        raise NotFired(run.stderr)
    return verdicts


def _verdicts(out: str, err: str) -> Iterator[tuple[str, str]]:
    for line in err.splitlines():
        verdict, _, rest = line.partition(" ")
        if verdict == "ok":
            yield rest.split()[0], ""
    for line in out.splitlines():
        verdict, _, rest = line.partition(" ")
        if verdict == "FAIL":
            name, _, problems = rest.partition(": ")
            yield name, problems


def _lighter(part: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Give the same bytes in longer pieces: the runner takes 88 bytes for each it repeats."""
    match part:
        case {"repeat": str(text), "count": int(count), **rest} if count > PIECE:
            if "sep" in rest:
                return part
            whole = {"repeat": text * PIECE, "count": count // PIECE}
            left = {"repeat": text, "count": count % PIECE, "then": _lighter(rest.get("then", ""))}
            return {"concat": [whole, left]}
        case dict():
            return {name: _lighter(value) for name, value in part.items()}
        case list():
            return [_lighter(value) for value in part]
        case _:
            return part


def main() -> None:
    """Be the runner."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.modules["httpx"] = httpx2
    sys.argv[0] = str(RUNNER)
    runpy.run_path(str(RUNNER), run_name="__main__")


if __name__ == "__main__":
    main()
