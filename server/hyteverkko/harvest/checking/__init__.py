"""A check of a running server by playing each harvester, and comparing what they were told."""

from pathlib import Path
from typing import Final

from hyteverkko.harvest.checking.comparing import Checked, Line, check_channels

__all__ = ["SHAPES", "Checked", "Line", "check_channels"]

SHAPES: Final = Path(__file__).parent / "dcat_ap.ttl"
"""What the catalogue is held against, beside the shapes that an operator has at hand."""
