"""The addresses of all channels, put together."""

from fastapi import APIRouter

from hyteverkko.harvest.dump_routes import dump_routes
from hyteverkko.settings import Settings
from hyteverkko.store.current import CurrentRelease


def harvest_routes(current: CurrentRelease, settings: Settings) -> APIRouter:
    """Give the routes by which a release is harvested."""
    router = APIRouter(include_in_schema=False)
    router.include_router(dump_routes(current, settings))
    return router
