"""The addresses of all channels, put together."""

from fastapi import APIRouter

from hyteverkko.harvest.catalogue import catalogue_routes
from hyteverkko.harvest.ckan_routes import ckan_routes
from hyteverkko.harvest.discovery import discovery_routes
from hyteverkko.harvest.dump_routes import dump_routes
from hyteverkko.harvest.feed_routes import feed_routes
from hyteverkko.harvest.oai_routes import oai_routes
from hyteverkko.harvest.reconcile import reconcile_routes
from hyteverkko.settings import Settings
from hyteverkko.store.chronicle import Chronicles
from hyteverkko.store.current import CurrentRelease


def harvest_routes(current: CurrentRelease, settings: Settings) -> APIRouter:
    """Give the routes by which a release is harvested."""
    router = APIRouter(include_in_schema=False)
    chronicles = Chronicles(settings.home)
    router.include_router(catalogue_routes(current, chronicles))
    router.include_router(ckan_routes(current, chronicles))
    router.include_router(feed_routes(current, chronicles))
    router.include_router(oai_routes(current, chronicles))
    router.include_router(discovery_routes(current, chronicles, settings))
    router.include_router(reconcile_routes(current, settings))
    router.include_router(dump_routes(current, settings))
    return router
