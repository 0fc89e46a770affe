"""Stored data of version n to n + 1: no event of this service has a second version yet."""

from typing import Final

from services.chassis.codec import Upcasters

UPCASTERS: Final[Upcasters] = {}
HEARD_UPCASTERS: Final[Upcasters] = {}
