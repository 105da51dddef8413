"""The process that opens a PDF or a picture: run as a script, under its own limits.

It gets the file as standard input and its kind as argument, and writes `ok` or
the rule the file breaks. A hostile file can at worst end this process.
"""

import resource
import sys
import warnings
from typing import Any, BinaryIO

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 10
MAX_PIXELS = 50_000_000
FORMATS = {"png": "PNG", "jpg": "JPEG"}
#: Commands that a PDF would run by itself or at a click.
ACTIVE = {"/JavaScript", "/Launch", "/ImportData"}


def limit_resources() -> None:
    """From here on this process can eat only so much and write nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def picture(file: BinaryIO, code: str) -> str:
    """Decode the whole picture, when its head says that it is not too large."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    with Image.open(file, formats=[FORMATS[code]]) as image:
        if image.width * image.height > MAX_PIXELS:
            return "picture_size"
        image.load()
    return "ok"


def document(file: BinaryIO) -> str:
    """Open the PDF without a password, and look at every object for what would run or hide."""
    import pikepdf

    try:
        pdf = pikepdf.open(file)
    except pikepdf.PasswordError:
        return "encrypted"
    with pdf:
        if pdf.is_encrypted:
            return "encrypted"
        if not len(pdf.pages):
            return "broken"
        return next((rule for one in pdf.objects if (rule := broken_by(one))), "ok")


def broken_by(one: Any) -> str:
    """The rule that one object of a PDF breaks, or nothing."""
    import pikepdf

    if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        return ""
    if str(one.get("/S", "")) in ACTIVE or "/JS" in one:
        return "active"
    if str(one.get("/Type", "")) == "/EmbeddedFile" or "/EF" in one:
        return "embedded"
    for inner in ("/OpenAction", "/A", "/AA"):
        action = one.get(inner)
        if isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) in ACTIVE:
            return "active"
    return ""


def main() -> None:
    """Say what the file on standard input is."""
    limit_resources()
    code = sys.argv[1]
    try:
        said = document(sys.stdin.buffer) if code == "pdf" else picture(sys.stdin.buffer, code)
    except MemoryError:
        said = "bomb"
    except Exception:  # noqa: BLE001 - whatever a parser raises, the file cannot be opened
        said = "broken"
    sys.stdout.write(said)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
