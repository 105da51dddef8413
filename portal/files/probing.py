"""PDF and pictures are really opened, by a child process under limits: a hostile file ends only the child.

Libraries that are here anyway (pikepdf, Pillow) decide: a header parser of our own would take what
no program can open. The child has no environment, no secret and no way to write.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from portal.files.wording import WORDS, Refused

CHILD = Path(__file__).with_name("probe_child.py")
WALL_SECONDS = 20


def probe(file: BinaryIO, code: str) -> None:
    """Raise Refused with the rule that the child names; silence within limits means all is well."""
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        file.seek(0)
        copy.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(CHILD), code],
                stdin=copy,
                capture_output=True,
                env={},
                timeout=WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Refused("time") from error
    said = done.stdout.decode("ascii", "replace").strip()
    if done.returncode != 0:
        raise Refused("time")
    if said != "ok":
        raise Refused(said if said in WORDS else "broken")
