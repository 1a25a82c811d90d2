"""Conditions of a request: whether its client has the answer already."""


def is_named(tag: str, header: str) -> bool:
    """Say whether an If-None-Match names a tag, weakly compared (RFC 9110, section 13.1.2)."""
    if header.strip() == "*":
        return True
    return tag in {one.strip().removeprefix("W/") for one in header.split(",")}
