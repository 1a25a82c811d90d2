"""What the page of each kind of thing asks, in the order in which a reader wants it."""

from types import MappingProxyType
from typing import Final

from hyteverkko.namespaces import PREFIXES
from hyteverkko.pages.panels import Column, Question
from hyteverkko.translations import marked

NAME: Final = marked("Name")
KIND: Final = marked("Kind")
PERIOD: Final = marked("Period")
STATE: Final = marked("State")
BODY: Final = marked("Body")
ROLE: Final = marked("Role")
OWNER: Final = marked("Whose")
MUNICIPALITY: Final = marked("Municipality")
AS: Final = marked("As")
DATE: Final = marked("Date")
GOAL: Final = marked("Goal")

_PERIOD: Final = Column(PERIOD, ("period",))
_KIND: Final = Column(KIND, ("kind",))
_STATE: Final = Column(STATE, ("status",))

GOALS: Final = Question(
    "goals",
    marked("Goals and tasks"),
    "body_goals",
    (Column(GOAL, ("goal",)), _KIND, _STATE, Column(marked("Set by"), ("by",))),
)
MEMBERSHIPS: Final = Question(
    "roles",
    marked("Memberships and posts"),
    "member_roles",
    (
        Column(BODY, ("body",)),
        Column(OWNER, ("owner",)),
        Column(ROLE, ("role",)),
        Column(marked("Post"), ("post",)),
        _PERIOD,
    ),
    record="membership",
    sorted=False,
)
PARTS: Final = Question(
    "parts",
    marked("Projects and cooperation"),
    "organisation_parts",
    (Column(NAME, ("project",)), Column(AS, ("as",))),
)
EVENTS: Final = Question(
    "events",
    marked("Meetings and events"),
    "municipality_events",
    (
        _PERIOD,
        Column(NAME, ("event",)),
        _KIND,
        Column(marked("Held by"), ("holder",)),
    ),
    rows_by=("event",),
    sorted=False,
)
MUNICIPALITY_PANELS: Final = (
    Question(
        "bodies",
        marked("Bodies, networks and working groups"),
        "municipality_bodies",
        (Column(NAME, ("body",)), _KIND, Column(marked("Members"), ("members",)), _PERIOD),
    ),
    Question(
        "offices",
        marked("Who works on wellbeing"),
        "municipality_offices",
        (
            Column(marked("Office or post"), ("post", "office")),
            Column(BODY, ("body",)),
            Column(ROLE, ("role",)),
        ),
        record="node",
        rows_by=("post", "office"),
    ),
    Question(
        "plans",
        marked("Plans and documents"),
        "municipality_documents",
        (
            Column(NAME, ("document",)),
            _KIND,
            Column(marked("Term"), ("period",)),
            _STATE,
            Column(marked("Prepared or updated by"), ("preparer",)),
        ),
    ),
    Question(
        "projects",
        marked("Projects and operating models"),
        "municipality_projects",
        (Column(NAME, ("project",)), _STATE, _PERIOD),
    ),
    EVENTS,
    GOALS,
    Question(
        "areas",
        marked("Region and county in time"),
        "municipality_areas",
        (Column(marked("Area"), ("area",)), Column(KIND, ("system",)), _PERIOD),
        record="membership",
        sorted=False,
    ),
    Question(
        "names",
        marked("Official names in time"),
        "municipality_names",
        (Column(NAME, ("name",)), _PERIOD),
        record="official",
        sorted=False,
    ),
    Question(
        "changes",
        marked("Mergers and other changes"),
        "municipality_changes",
        (
            Column(DATE, ("day",)),
            Column(marked("Change"), ("change",)),
            Column(marked("From"), ("from",)),
            Column(marked("To"), ("to",)),
        ),
        record="change",
        sorted=False,
    ),
    Question(
        "neighbours",
        marked("Nearest municipalities"),
        "municipality_neighbours",
        (Column(MUNICIPALITY, ("neighbour",)), Column(marked("Bodies known"), ("bodies",))),
        sorted=False,
        note=marked(
            "Nearest by the approximate points of the municipal centres, the nearest first; "
            "borders are not part of the data."
        ),
    ),
)
COVERAGE: Final = Question(
    "coverage",
    marked("What is known and what is not"),
    "municipality_coverage",
    (
        Column(marked("Topic"), ("topic",)),
        Column(marked("Found"), ("status",)),
        Column(marked("Searched on"), ("searchedOn",)),
        Column(marked("Searched in"), ("source",)),
    ),
    note=marked(
        "Three different answers: found, searched and not found, not yet searched. What has not "
        "been searched may well exist."
    ),
)
AREA_PANELS: Final = (
    Question(
        "municipalities",
        marked("Municipalities"),
        "area_municipalities",
        (
            Column(MUNICIPALITY, ("municipality",)),
            Column(marked("Code"), ("code",)),
            Column(marked("Bodies known"), ("bodies",)),
            _PERIOD,
        ),
        record="membership",
    ),
    Question(
        "bodies",
        marked("Wellbeing work in the municipalities"),
        "area_work",
        (Column(MUNICIPALITY, ("municipality",)), Column(BODY, ("body",)), _KIND, _PERIOD),
        rows_by=("municipality", "body"),
    ),
)
BODY_PANELS: Final = (
    Question(
        "members",
        marked("Members"),
        "body_members",
        (
            Column(marked("Member"), ("member",)),
            Column(ROLE, ("role",)),
            Column(marked("On behalf of"), ("behalf",)),
            _PERIOD,
        ),
        record="membership",
        sorted=False,
    ),
    Question(
        "parts",
        marked("Subgroups"),
        "body_parts",
        (Column(NAME, ("body",)), _KIND, _PERIOD),
    ),
    Question(
        "documents",
        marked("Plans and documents"),
        "body_documents",
        (Column(NAME, ("document",)), Column(AS, ("work",)), _STATE, _PERIOD),
    ),
    Question(
        "events",
        marked("Meetings and events"),
        "body_meetings",
        (_PERIOD, Column(NAME, ("event",)), _KIND),
        rows_by=("event",),
        sorted=False,
    ),
    GOALS,
    Question(
        "peers",
        marked("The same kind of body elsewhere"),
        "body_peers",
        (Column(OWNER, ("owner",)), Column(NAME, ("body",)), _KIND, _PERIOD),
        rows_by=("body",),
    ),
)
PROJECT_PANELS: Final = (
    Question(
        "parties",
        marked("Parties"),
        "project_parties",
        (Column(NAME, ("party",)), Column(AS, ("as",))),
    ),
    Question(
        "bodies",
        marked("Bodies and areas"),
        "project_bodies",
        (
            Column(NAME, ("body",)),
            _KIND,
            Column(marked("Municipalities"), ("municipality",)),
            _PERIOD,
        ),
    ),
    Question(
        "events",
        marked("Meetings and events"),
        "project_events",
        (_PERIOD, Column(NAME, ("event",)), _KIND, Column(marked("Organiser"), ("organiser",))),
        rows_by=("event",),
        sorted=False,
    ),
    GOALS,
)
SEATS: Final = Question(
    "seats",
    marked("Where it is found"),
    "office_seats",
    (Column(BODY, ("body",)), Column(OWNER, ("owner",)), Column(ROLE, ("role",)), _PERIOD),
    record="node",
)
USES: Final = Question(
    "uses",
    marked("How it is used"),
    "concept_uses",
    (Column(marked("Property"), ("use",)), Column(marked("Things"), ("things",))),
    sorted=False,
)
_CERTAINTY: Final = Column(marked("Certainty"), ("certainty",))
_SUBJECT: Final = Column(marked("Evidence for"), ("subject",))

PANELS: Final = MappingProxyType(
    {
        "municipality": (*MUNICIPALITY_PANELS, MEMBERSHIPS, COVERAGE),
        "region": AREA_PANELS,
        "province": AREA_PANELS,
        "county-area": AREA_PANELS,
        "county": (*AREA_PANELS, PARTS),
        "network": BODY_PANELS,
        "body": (*BODY_PANELS, MEMBERSHIPS),
        "unit": (BODY_PANELS[1], BODY_PANELS[0], MEMBERSHIPS, PARTS),
        "organisation": (MEMBERSHIPS, PARTS, *BODY_PANELS[:2]),
        "described": (MEMBERSHIPS, PARTS),
        "person": (MEMBERSHIPS,),
        "document": (
            Question(
                "measures",
                marked("Goals and measures"),
                "document_measures",
                (
                    Column(GOAL, ("goal",)),
                    Column(marked("Measures"), ("measure",)),
                    Column(marked("Responsible"), ("responsible",)),
                ),
            ),
            Question(
                "matters",
                marked("Meetings and matters"),
                "document_matters",
                (
                    Column(marked("Matter"), ("matter",)),
                    Column(marked("Meeting"), ("event",)),
                    _PERIOD,
                ),
                rows_by=("matter", "event"),
                sorted=False,
            ),
        ),
        "project": PROJECT_PANELS,
        "model": PROJECT_PANELS,
        "event": (
            Question(
                "participants",
                marked("Who took part"),
                "event_participants",
                (Column(NAME, ("party",)), Column(AS, ("as",))),
            ),
            Question(
                "matters",
                marked("Matters dealt with"),
                "event_matters",
                (Column(NAME, ("matter",)), Column(marked("Presented by"), ("presenter",))),
            ),
        ),
        "source": (
            Question(
                "passages",
                marked("What the document is evidence for"),
                "source_passages",
                (Column(marked("Passage"), ("passage",)), _SUBJECT, _CERTAINTY),
                rows_by=("passage",),
                sorted=False,
            ),
            Question(
                "coverage",
                marked("What was searched in it"),
                "source_coverage",
                (
                    Column(marked("Topic"), ("topic",)),
                    Column(marked("Found"), ("status",)),
                    Column(MUNICIPALITY, ("municipality",)),
                    Column(marked("Searched on"), ("searchedOn",)),
                ),
                rows_by=("topic", "status"),
            ),
        ),
        "passage": (
            Question(
                "statements",
                marked("What the passage is evidence for"),
                "passage_statements",
                (_SUBJECT, Column(marked("Property"), ("property",)), _CERTAINTY),
            ),
        ),
        "dataset": (
            Question(
                "graphs",
                marked("Graphs of the dataset"),
                "dataset_graphs",
                (Column(NAME, ("graph",)),),
            ),
        ),
        "release": (
            Question(
                "graphs",
                marked("Graphs of the release"),
                "release_graphs",
                (Column(NAME, ("graph",)), Column(marked("Dataset"), ("dataset",))),
            ),
        ),
        "def/office": (SEATS, USES),
        "def/role": (SEATS, USES),
        "concept": (USES,),
        "scheme": (
            Question(
                "concepts",
                marked("Concepts"),
                "scheme_concepts",
                (
                    Column(marked("Concept"), ("concept",)),
                    Column(marked("Definition"), ("definition",)),
                    Column(marked("Used by"), ("things",)),
                ),
            ),
        ),
    }
)
"""The panels of each kind, by the kind in its address; other kinds have none."""

EVIDENCE_AROUND: Final = MappingProxyType(
    {"municipality": ("evidence_incoming", "evidence_around", "evidence_outgoing")}
)
"""Where the evidence of a page's rows is looked for; other kinds look at both sides."""

TOLD_BY_PANELS: Final = MappingProxyType(
    {
        "municipality": frozenset(
            {
                "bodyOf",
                "postIn",
                "owner",
                "municipality",
                "areaOf",
                "originalOrganization",
                "resultingOrganization",
                "onBehalfOf",
                "setBy",
                "responsible",
                "place",
                "implementedIn",
            }
        ),
        "region": frozenset({"inArea"}),
        "province": frozenset({"inArea"}),
        "county-area": frozenset({"inArea"}),
        "network": frozenset(
            {
                "organization",
                "heldBy",
                "updatedBy",
                "preparedBy",
                "evaluatedBy",
                "consulted",
                "setBy",
                "responsible",
                "subOrganizationOf",
                "organiser",
                "involves",
                "invites",
                "owner",
            }
        ),
        "body": frozenset(
            {
                "organization",
                "heldBy",
                "updatedBy",
                "preparedBy",
                "evaluatedBy",
                "consulted",
                "setBy",
                "responsible",
                "subOrganizationOf",
                "organiser",
                "invites",
                "owner",
                "member",
            }
        ),
        "person": frozenset({"member"}),
        "document": frozenset({"documentDealtWith"}),
        "project": frozenset({"bodyOf"}),
        "source": frozenset({"searchedIn", "wasDerivedFrom", "hasSource"}),
        "scheme": frozenset({"inScheme", "topConceptOf"}),
        "passage": frozenset({"hasTarget"}),
    }
)
"""The incoming relations whose things the panels of a kind show already, by the last word."""

STATED_IN_PANELS: Final = MappingProxyType(
    {
        "municipality": frozenset({"changedBy", "compiles"}),
        "network": frozenset({"hasGoal"}),
        "body": frozenset({"hasGoal"}),
        "document": frozenset({"hasGoal", "subject", "takesIntoAccount"}),
        "project": frozenset(
            {"hasGoal", "hasPartyRole", "hasEvent", "hasDevelopmentArea", "involves", "hasFunding"}
        ),
        "model": frozenset(
            {"hasGoal", "hasEvent", "involves", "developedBy", "implementedIn", "spreadTo"}
        ),
        "event": frozenset(
            {
                "dealtWith",
                "documentDealtWith",
                "hasOutput",
                "heldBy",
                "organiser",
                "invites",
                "involves",
            }
        ),
        "dataset": frozenset({"graph"}),
        "release": frozenset({"hasPart"}),
        "scheme": frozenset({"hasTopConcept"}),
    }
)
"""The relations of a thing whose values its panels show already, by the last word."""

KEY_FACTS: Final = tuple(
    PREFIXES[prefix] + name
    for prefix, names in (
        ("dct", ("identifier",)),
        ("hyte", ("bodyOf",)),
        ("org", ("classification",)),
        ("hyte", ("owner",)),
        ("dct", ("type",)),
        ("hyte", ("office",)),
        ("org", ("postIn", "organization", "member")),
        ("hyte", ("memberOffice", "memberDescription")),
        ("org", ("role", "unitOf", "subOrganizationOf")),
        ("hyte", ("municipality", "inArea", "areaSystem", "coverageTopic", "coverageStatus")),
        ("hyte", ("populationCount", "languageStatus", "status", "actualPeriod")),
        ("dct", ("temporal", "date")),
        ("org", ("memberDuring",)),
        ("hyte", ("place",)),
        ("dct", ("publisher",)),
        ("oa", ("hasSource",)),
        ("skos", ("inScheme",)),
    )
    for name in names
)
"""The properties a reader wants to know first, in this order."""
