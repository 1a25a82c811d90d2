"""What an operator can set: one table, read from the environment, frozen for the life of an app."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, NamedTuple

from hyteverkko.errors import BadSetting

REPOSITORY: Final = Path(__file__).resolve().parents[2]
HERE: Final = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}
"""Who listens on every address of the machine can be reached from it by this one."""

CONTACT: Final = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


class Setting(NamedTuple):
    """One row of the table: environment variable, default as text, and what it sets."""

    variable: str
    default: str
    help: str


SETTINGS: Final = (
    Setting("HYTE_HOST", "127.0.0.1", "Address the server listens on."),
    Setting("HYTE_PORT", "8000", "Port the server listens on."),
    Setting(
        "HYTE_ROOT", str(REPOSITORY), "Folder that holds ontology/, shapes/ and data/: the truth."
    ),
    Setting("HYTE_HOME", "", "Folder for what is built: releases. Default: var/ under HYTE_ROOT."),
    Setting("HYTE_STORE", "memory", "How the release is asked: memory or disk."),
    Setting("HYTE_TODAY", "", "The day that counts as today (YYYY-MM-DD). Default: the calendar."),
    Setting("HYTE_CONNECTIONS", "4096", "Connections that may be open at once."),
    Setting(
        "HYTE_BASE_URL",
        "",
        "Address the public reaches the server by. Default: where it listens.",
    ),
    Setting(
        "HYTE_OPERATOR", "", "Name of the organisation that runs the service, for its statements."
    ),
    Setting("HYTE_FEEDBACK", "", "E-mail address, or https address of a form, for error reports."),
    Setting("HYTE_SECURITY_CONTACT", "", "E-mail or https address for reports of vulnerabilities."),
    Setting("HYTE_BOUNDARIES", "", "GeoJSON file with boundaries of municipalities, for the map."),
    Setting("HYTE_PAGE_CACHE_MIB", "64", "MiB of pages kept to be given again."),
    Setting("HYTE_DUMPS_MIB", "4096", "MiB on disk of dumps kept to be downloaded again."),
    Setting(
        "HYTE_TRUSTED_PROXIES", "", "Addresses or networks of proxies that name who asks them."
    ),
    Setting("HYTE_QUERY_CELLS", "6", "Long queries that run at once, each in a process."),
    Setting("HYTE_QUERY_QUICK_CELLS", "4", "Processes kept for queries in their first 0.1 s."),
    Setting("HYTE_QUERY_QUEUE", "32", "Queries that wait for a free process."),
    Setting("HYTE_QUERY_SECONDS", "30", "Seconds one query may take before it is stopped."),
    Setting("HYTE_QUERY_MEMORY_MIB", "1024", "MiB of memory a query may take beyond the start."),
    Setting("HYTE_QUERY_ROWS", "1000000", "Rows one result may have."),
    Setting("HYTE_QUERY_RESULT_MIB", "100", "MiB one result may have."),
    Setting("HYTE_QUERY_SPOOL_MIB", "2048", "MiB on disk of answers that wait to be read."),
    Setting("HYTE_QUERY_TEXT_KIB", "64", "KiB one query text may have."),
    Setting("HYTE_QUERY_CACHE_MIB", "64", "MiB of answers kept to be given again."),
    Setting("HYTE_INGEST_BODY_MIB", "50", "MiB that may be sent in at once, unpacked."),
    Setting("HYTE_INGEST_SECONDS", "120", "Seconds that reading and checking it may take."),
    Setting("HYTE_INGEST_MEMORY_MIB", "3072", "MiB of memory that reading and checking may take."),
    Setting("HYTE_CLIENT_QUERIES", "5", "Queries one client may have running or waiting."),
    Setting("HYTE_CLIENT_CELLS", "2", "Long queries of one client that run at once."),
    Setting("HYTE_CLIENT_SECONDS", "60", "Seconds of processing one client may use a minute."),
)
"""Every setting there is; the README's table and the command line's help come from here."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one app."""

    host: str
    port: int
    root: Path
    home: Path
    store: str
    fixed_today: date | None
    connections: int
    public_url: str
    operator: str
    feedback: str
    security_contact: str
    boundaries: Path | None
    page_cache_mib: int
    dumps_mib: int
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    query_cells: int
    query_quick_cells: int
    query_queue: int
    query_seconds: int
    query_memory_mib: int
    query_rows: int
    query_result_mib: int
    query_spool_mib: int
    query_text_kib: int
    query_cache_mib: int
    ingest_body_mib: int
    ingest_seconds: int
    ingest_memory_mib: int
    client_queries: int
    client_cells: int
    client_seconds: int

    @property
    def base_url(self) -> str:
        """Give the address that links begin with: the public one, else where the server listens."""
        host = HERE.get(self.host, self.host)
        authority = f"[{host}]" if ":" in host else host
        return self.public_url or f"http://{authority}:{self.port}"

    @property
    def today(self) -> date:
        """Give the day that counts as today: the one that is set, else that of the calendar."""
        return self.fixed_today or date.today()


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raise BadSetting for a value that cannot be what it sets."""
    text = {row.variable: environment.get(row.variable) or row.default for row in SETTINGS}
    root = Path(text["HYTE_ROOT"]).resolve()
    store = text["HYTE_STORE"]
    if store not in {"memory", "disk"}:
        raise BadSetting("HYTE_STORE is '{store}'; it can be 'memory' or 'disk'.", store=store)
    return Settings(
        host=text["HYTE_HOST"],
        port=_number("HYTE_PORT", text["HYTE_PORT"], lowest=0, highest=65535),
        root=root,
        home=Path(text["HYTE_HOME"]).resolve() if text["HYTE_HOME"] else root / "var",
        store=store,
        fixed_today=_day(text["HYTE_TODAY"]),
        connections=_number("HYTE_CONNECTIONS", text["HYTE_CONNECTIONS"]),
        public_url=text["HYTE_BASE_URL"].rstrip("/"),
        operator=text["HYTE_OPERATOR"],
        feedback=_contact("HYTE_FEEDBACK", text["HYTE_FEEDBACK"]),
        security_contact=_contact("HYTE_SECURITY_CONTACT", text["HYTE_SECURITY_CONTACT"]),
        boundaries=Path(text["HYTE_BOUNDARIES"]).resolve() if text["HYTE_BOUNDARIES"] else None,
        trusted_proxies=_networks("HYTE_TRUSTED_PROXIES", text["HYTE_TRUSTED_PROXIES"]),
        **{
            row.variable.removeprefix("HYTE_").lower(): _number(row.variable, text[row.variable])
            for row in SETTINGS
            if row.variable.startswith(
                ("HYTE_QUERY_", "HYTE_INGEST_", "HYTE_CLIENT_", "HYTE_PAGE_", "HYTE_DUMPS_")
            )
        },
    )


def _number(variable: str, text: str, lowest: int = 1, highest: int = 1_000_000_000) -> int:
    if text.isdecimal() and lowest <= int(text) <= highest:
        return int(text)
    raise BadSetting(
        "{variable} is '{text}'; it can be a number from {lowest} to {highest}.",
        variable=variable,
        text=text,
        lowest=lowest,
        highest=highest,
    )


def _contact(variable: str, text: str) -> str:
    if not text or text.startswith("https://") or CONTACT.fullmatch(text):
        return text
    raise BadSetting(
        "{variable} is '{text}'; it can be an e-mail address or an address with https://.",
        variable=variable,
        text=text,
    )


def _networks(variable: str, text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(one, strict=False) for one in text.replace(",", " ").split())
    except ValueError:
        raise BadSetting(
            "{variable} is '{text}'; it can be addresses and networks such as 10.0.0.0/8.",
            variable=variable,
            text=text,
        ) from None


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadSetting(
            "HYTE_TODAY is '{text}'; it can be a day such as 2026-11-22.", text=text
        ) from None
