"""The outcome of the check, as a person and as a program reads it."""

import json
from dataclasses import asdict
from typing import Final

from rich.console import Console
from rich.table import Table

from hyteverkko.harvest.checking.comparing import Checked
from hyteverkko.translations import catalogue, marked

HEADINGS: Final = (
    marked("Channel"),
    marked("Datasets"),
    marked("Things"),
    marked("Deleted"),
    marked("Triples"),
    marked("Outcome"),
)
MOST: Final = 20
"""How many problems of one channel are printed."""


def print_table(console: Console, checked: Checked, language: str) -> None:
    """Print the counts of each channel side by side, and below what is wrong."""
    translate = catalogue(language).gettext
    table = Table(title=f"{checked.address} ({checked.release})", title_justify="left")
    for number, heading in enumerate(HEADINGS):
        table.add_column(translate(heading), justify="right" if 0 < number < 5 else "left")
    for line in checked.lines:
        counts = (line.datasets, line.things, line.ended, line.triples)
        outcome = translate(marked("in order"))
        if line.problems:
            outcome = translate(marked("{count} problems")).format(count=len(line.problems))
        table.add_row(line.channel, *("–" if n is None else f"{n}" for n in counts), outcome)
    console.print(table)
    for line in checked.lines:
        for problem in line.problems[:MOST]:
            console.print(f"{line.channel}: {problem}", style="red", markup=False, soft_wrap=True)
        if len(line.problems) > MOST:
            console.print(f"{line.channel}: … ({len(line.problems)})", markup=False)


def as_text(checked: Checked) -> str:
    """Give the outcome as JSON."""
    content = {**asdict(checked), "passes": checked.passes}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
