"""Every text that is to be translated, found where it is written."""

from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

TRANSLATED: Final = ("fi", "sv")
"""The languages that have a catalogue; English is the language of the texts themselves."""

KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "marked": None,
    "translate": None,
    "translated": None,
    "__init__": None,
    "_refused": (4,),
    "say": None,
    "BadRequest": None,
    "BadBackup": None,
    "BadBoundaries": None,
    "BadContributor": None,
    "BadSetting": None,
    "BrokenLedger": None,
    "CannotPublish": None,
    "DamagedObject": None,
    "LedgerAhead": None,
    "NoSpace": None,
    "PreconditionFailed": None,
    "Unauthorised": None,
    "UnknownPerson": None,
    "Unsure": None,
    "UnreadableFile": None,
    "BeingMade": None,
    "BuildRunning": None,
    "Busy": None,
    "Forbidden": None,
    "Gone": None,
    "NotAcceptable": None,
    "WrongMethod": None,
    "NothingSent": None,
    "NoIndex": None,
    "NoRelease": None,
    "NoSearch": None,
    "NoService": None,
    "NotFound": None,
    "PortInUse": None,
    "Refused": None,
    "TimedOut": None,
    "TooLarge": None,
    "TooMany": None,
    "TooSlow": None,
    "CellsEnded": None,
    "NoSandbox": None,
    "UnreadableQuery": None,
    "UnsupportedMedia": None,
}
"""The functions and errors whose texts are shown, and which argument holds the text."""

METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]


def template(root: Path) -> Catalog:
    """Collect the texts of the package, and of the checks under ``ontology/``."""
    texts = Catalog(project="hyteverkko", charset="utf-8")
    found = extract_from_dir(root / "server" / "hyteverkko", METHODS, keywords=KEYWORDS)
    for _, _, message, _, _ in found:
        texts.add(message)
    for path in sorted((root / "ontology" / "checks").glob("*.rq")):
        for line in path.read_text(encoding="utf-8").splitlines():
            for mark in ("# rule: ", "# remedy: "):
                if line.startswith(mark):
                    texts.add(line.removeprefix(mark))
    return texts
