"""The service's command line."""

from functools import cache

from services.chassis.cli import main
from services.chassis.settings import Settings
from services.intake.app import definition

main(definition(cache(lambda: Settings().secret())), Settings)
