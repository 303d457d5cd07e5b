"""The npm packages that tests talk to, installed into build/peers when the list in package.json has changed."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
FOLDER = HOUSE / "build/peers"
LIST = Path(__file__).with_name("package.json")
INSTALL = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"]


def installed() -> Path:
    """The folder that holds them; where npm cannot bring them the test is skipped and named, with CI=true it fails."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several tests may ask at once, each in a process of its own
        known = FOLDER / "package.json"
        if (
            (FOLDER / "node_modules").exists()
            and known.exists()
            and known.read_text("utf-8") == LIST.read_text("utf-8")
        ):
            return FOLDER
        shutil.copy(LIST, known)
        done = subprocess.run(INSTALL, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=300)
        if not done.returncode:
            return FOLDER
        known.unlink()
    reason = "needs the packages of tests/peers/package.json, and npm could not install them"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}: {done.stderr[-500:]}", pytrace=False)
    pytest.skip(reason)
