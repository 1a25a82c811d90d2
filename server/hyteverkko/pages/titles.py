"""What the kinds of thing, the modules of the ontology and its kinds of term are called."""

from types import MappingProxyType
from typing import Final

from hyteverkko.translations import marked

KIND_TITLES: Final = MappingProxyType(
    {
        "address": marked("Addresses"),
        "agent": marked("Agents"),
        "agreement": marked("Agreements"),
        "area": marked("Territories of municipalities"),
        "area-membership": marked("Area memberships"),
        "award": marked("Awards"),
        "body": marked("Bodies and working groups"),
        "change": marked("Changes of municipalities"),
        "council-term": marked("Council terms"),
        "county": marked("Wellbeing services counties"),
        "county-area": marked("Areas of wellbeing services counties"),
        "coverage": marked("What has been searched"),
        "dataset": marked("Datasets"),
        "described": marked("Members described but not named"),
        "development-area": marked("Development areas"),
        "document": marked("Plans and documents"),
        "event": marked("Meetings and events"),
        "evidence": marked("Evidence"),
        "feedback-channel": marked("Ways to give feedback"),
        "funding": marked("Funding"),
        "geometry": marked("Geometries"),
        "goal": marked("Goals"),
        "identifier": marked("Codes"),
        "interface": marked("Interfaces of municipality and county"),
        "language-status": marked("Language statuses"),
        "law": marked("Acts and sections"),
        "matter": marked("Matters dealt with"),
        "measure": marked("Measures"),
        "membership": marked("Memberships"),
        "model": marked("Operating models"),
        "municipality": marked("Municipalities"),
        "name": marked("Official names"),
        "network": marked("Cooperation networks"),
        "organisation": marked("Organisations"),
        "party-role": marked("Roles in projects"),
        "passage": marked("Passages"),
        "period": marked("Periods"),
        "person": marked("Persons"),
        "population": marked("Population figures"),
        "position": marked("Positions in texts"),
        "post": marked("Posts"),
        "project": marked("Projects"),
        "province": marked("Provinces"),
        "question": marked("Questions to residents"),
        "region": marked("Regions"),
        "release": marked("Releases"),
        "service": marked("Services"),
        "source": marked("Source documents"),
        "text": marked("Versions of texts"),
        "transfer": marked("Transfers of responsibility"),
        "unit": marked("Units of organisations"),
    }
)
"""The title of the list of each kind in namespaces.KINDS."""

MODULE_TITLES: Final = MappingProxyType(
    {
        "catalogue": marked("Catalogue and releases"),
        "event": marked("Meetings and events"),
        "hyteverkko": marked("The ontology itself"),
        "organisation": marked("Bodies and networks"),
        "place": marked("Places and public organisations"),
        "plan": marked("Plans, documents and goals"),
        "project": marked("Projects and operating models"),
        "role": marked("Posts, offices and memberships"),
        "service": marked("Services and interfaces"),
        "source": marked("Sources and evidence"),
        "time": marked("Time"),
    }
)
"""The title of each module of the ontology."""

TERM_KINDS: Final = MappingProxyType(
    {
        "AnnotationProperty": marked("annotation"),
        "Class": marked("class"),
        "DatatypeProperty": marked("property with a literal"),
        "ObjectProperty": marked("property with a thing"),
    }
)
"""What each OWL kind of term is called."""
