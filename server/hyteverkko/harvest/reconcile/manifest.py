"""What the service says of itself: its spaces, its types, and where each part of it answers."""

from typing import Any, Final

from hyteverkko import __version__
from hyteverkko.harvest.reconcile.entities import IDENTIFIER_SPACE, SCHEMA_SPACE, TYPES
from hyteverkko.harvest.reconcile.reading import BATCH_SIZE
from hyteverkko.store.current import Serving
from hyteverkko.translations import catalogue

PATH: Final = "/reconcile"
PREVIEW_WIDTH: Final = 430
PREVIEW_HEIGHT: Final = 300


def manifest(serving: Serving, language: str, base_url: str) -> dict[str, Any]:
    """Give the service manifest; every address in it keeps the language."""
    translate = catalogue(language).gettext

    def part(path: str) -> dict[str, str]:
        # Clients add a query of their own, and some of them put it in the place of one.
        return {"service_url": base_url, "service_path": f"{PATH}/{language}/{path}"}

    return {
        "versions": ["0.2"],
        "name": translate("hyteverkko: municipal wellbeing work in Finland"),
        "identifierSpace": IDENTIFIER_SPACE,
        "schemaSpace": SCHEMA_SPACE,
        "documentation": f"{base_url}{PATH}/about?lang={language}",
        "serviceVersion": __version__,
        "batchSize": BATCH_SIZE,
        "defaultTypes": [
            {"id": one.id, "name": one.name(serving.names, language)}
            for one in TYPES.values()
            if one.is_default
        ],
        "view": {"url": f"{base_url}{PATH}/view?id={{{{id}}}}&lang={language}"},
        "preview": {
            "url": f"{base_url}{PATH}/preview?id={{{{id}}}}&lang={language}",
            "width": PREVIEW_WIDTH,
            "height": PREVIEW_HEIGHT,
        },
        "suggest": {
            "entity": part("suggest/entity"),
            "property": part("suggest/property"),
            "type": part("suggest/type"),
        },
        "extend": {
            "propose_properties": part("properties"),
            "property_settings": [
                {
                    "name": "at",
                    "label": translate("As of a day or year"),
                    "type": "text",
                    "default": "",
                    "help_text": translate(
                        "A day such as 2008-12-31, or a year. Left empty it is today, or the last "
                        "day of what has ended."
                    ),
                }
            ],
        },
    }
