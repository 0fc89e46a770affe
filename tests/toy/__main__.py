"""`python -m tests.toy ping serve`: a toy service as a process of its own."""

import sys

from services.chassis.cli import main
from services.chassis.settings import Settings
from tests.toy.services import definition

if __name__ == "__main__":
    name = sys.argv.pop(1)
    main(__doc__, lambda _settings: definition(name), Settings)
