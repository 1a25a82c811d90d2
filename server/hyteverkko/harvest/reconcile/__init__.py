"""Reconciliation at ``/reconcile``: names in tables matched to what they mean (W3C, 0.2)."""

from hyteverkko.harvest.reconcile.routes import reconcile_routes

__all__ = ["reconcile_routes"]
