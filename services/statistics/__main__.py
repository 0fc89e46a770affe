"""The service's command line."""

from services.chassis.cli import main
from services.chassis.settings import Settings
from services.statistics.app import STATISTICS

main(STATISTICS, Settings)
