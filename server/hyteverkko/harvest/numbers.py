"""Numbers in addresses, ``{name:number}`` in a route: of as many digits as anything here has.

Starlette's own ``int`` takes any number of digits, and Python refuses to read thousands.
"""

from typing import Final

from starlette.convertors import IntegerConvertor, register_url_convertor


class NumberConvertor(IntegerConvertor):
    """Reads a whole number of up to nine digits; what has more is no address of ours."""

    regex = "[0-9]{1,9}"


NUMBER: Final = "number"
"""What it is called in a route."""

register_url_convertor(NUMBER, NumberConvertor())
