"""The service's command line."""

from services.chassis.cli import main
from services.chassis.settings import Settings
from services.intake.app import definition

main(definition(Settings().secret()), Settings)
