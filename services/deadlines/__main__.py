"""The service's command line."""

from services.chassis.cli import main
from services.chassis.settings import Settings
from services.deadlines.app import DEADLINES

main(DEADLINES, Settings)
