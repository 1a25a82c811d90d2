"""Which lists there are: the question of each, its columns, and the facets that narrow it."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from hyteverkko.translations import marked


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column: its key in addresses and tables, its heading, and the variables that fill it."""

    key: str
    heading: str
    variables: tuple[str, ...]
    number: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """What a list is narrowed by: its key in addresses, its heading, and its variable."""

    key: str
    heading: str
    variable: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; ``current_first`` shows what is in force until the reader asks for more."""

    key: str
    title: str
    lead: str
    query: str
    columns: tuple[ListColumn, ...]
    facets: tuple[Facet, ...]
    current_first: bool = False

    @property
    def path(self) -> str:
        """Give the path of its page."""
        return f"/{self.key}"


_NAME: Final = ListColumn("name", marked("Name"), ("item",))
_KIND: Final = ListColumn("kind", marked("Kind"), ("kind",))
_OWNER: Final = ListColumn("owner", marked("Whose"), ("owner",))
_STATE: Final = ListColumn("status", marked("State"), ("status",))
_PERIOD: Final = ListColumn("period", marked("Period"), ("period",))
_KINDS: Final = Facet("kind", marked("Kind"), "kind")
_OWNERS: Final = Facet("owner", marked("Whose"), "owner")
_THEMES: Final = Facet("theme", marked("Theme"), "theme")
_TARGETS: Final = Facet("target", marked("Target group"), "target")
_STATES: Final = Facet("status", marked("State"), "status")

LISTINGS: Final = MappingProxyType(
    {
        listing.key: listing
        for listing in (
            Listing(
                "municipalities",
                marked("Municipalities"),
                marked(
                    "The municipalities of Finland since 2005, and what is known of wellbeing work "
                    "in each. Choose a day to see those of that day."
                ),
                "list_municipalities",
                (
                    _NAME,
                    ListColumn("code", marked("Code"), ("code",)),
                    ListColumn("region", marked("Region"), ("region",)),
                    ListColumn("county", marked("Wellbeing services county"), ("county",)),
                    ListColumn("population", marked("Population"), ("population",), number=True),
                    ListColumn("bodies", marked("Bodies"), ("bodies",), number=True),
                    ListColumn("plans", marked("Plans"), ("plans",), number=True),
                ),
                (
                    Facet("region", marked("Region"), "region"),
                    Facet("county", marked("Wellbeing services county"), "county"),
                    Facet("languages", marked("Languages"), "languages"),
                ),
                current_first=True,
            ),
            Listing(
                "networks",
                marked("Bodies, networks and working groups"),
                marked("Who meets to work on wellbeing, for whom, and since when."),
                "list_networks",
                (
                    _NAME,
                    _KIND,
                    _OWNER,
                    ListColumn("members", marked("Members"), ("members",), number=True),
                    ListColumn("target", marked("Target group"), ("target",)),
                    _PERIOD,
                ),
                (_KINDS, _OWNERS, _THEMES, _TARGETS),
            ),
            Listing(
                "plans",
                marked("Plans and documents"),
                marked("By what wellbeing work is led: whose plan, on what, and in which state."),
                "list_plans",
                (
                    _NAME,
                    _KIND,
                    _OWNER,
                    _STATE,
                    ListColumn("availability", marked("Availability"), ("availability",)),
                    ListColumn("period", marked("Term"), ("period",)),
                ),
                (_KINDS, _OWNERS, _THEMES, _TARGETS, _STATES),
            ),
            Listing(
                "projects",
                marked("Projects and operating models"),
                marked("What is tried and developed together, and what has been taken into use."),
                "list_projects",
                (
                    _NAME,
                    _KIND,
                    _STATE,
                    ListColumn("theme", marked("Theme"), ("theme",)),
                    _PERIOD,
                ),
                (_KINDS, _STATES, _THEMES, _TARGETS),
            ),
            Listing(
                "regions",
                marked("Regions and wellbeing services counties"),
                marked("The areas that municipalities belong to, today and on any day since 2005."),
                "list_regions",
                (
                    _NAME,
                    _KIND,
                    ListColumn("code", marked("Code"), ("code",)),
                    ListColumn(
                        "municipalities",
                        marked("Municipalities"),
                        ("municipalities",),
                        number=True,
                    ),
                    _PERIOD,
                ),
                (_KINDS,),
                current_first=True,
            ),
            Listing(
                "roles",
                marked("Roles"),
                marked("Which offices take part in wellbeing work, and in which bodies they sit."),
                "list_roles",
                (
                    ListColumn("name", marked("Office"), ("item",)),
                    ListColumn("body", marked("Bodies"), ("body",)),
                    ListColumn("owner", marked("Where"), ("owner",)),
                    ListColumn("role", marked("Role"), ("role",)),
                ),
                (
                    Facet("owner", marked("Where"), "owner"),
                    Facet("role", marked("Role"), "role"),
                    Facet("body", marked("Body"), "body"),
                ),
            ),
            Listing(
                "organisations",
                marked("Organisations"),
                marked(
                    "The partners of wellbeing work: organisations, units and described groups."
                ),
                "list_organisations",
                (
                    _NAME,
                    ListColumn("abbreviation", marked("Other name"), ("abbreviation",)),
                    ListColumn("partner", marked("Kind of partner"), ("partner",)),
                    ListColumn("memberships", marked("Memberships"), ("memberships",), number=True),
                    ListColumn("projects", marked("Cooperation"), ("projects",), number=True),
                ),
                (Facet("partner", marked("Kind of partner"), "partner"), _KINDS),
            ),
        )
    }
)
"""The lists, by their place in addresses."""
