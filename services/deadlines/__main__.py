"""The service's command line."""

from services.chassis.cli import main
from services.deadlines.app import DEADLINES
from services.deadlines.settings import DeadlinesSettings

main(DEADLINES, DeadlinesSettings)
