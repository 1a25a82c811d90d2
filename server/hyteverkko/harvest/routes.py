"""The addresses of all channels, put together."""

from fastapi import APIRouter

from hyteverkko.settings import Settings
from hyteverkko.store.current import CurrentRelease


def harvest_routes(current: CurrentRelease, settings: Settings) -> APIRouter:
    """Give the routes by which a release is harvested."""
    del current, settings
    return APIRouter(include_in_schema=False)
