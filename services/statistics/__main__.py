"""`python -m services.statistics`: serve it, rebuild its read models, verify its store, see to what is set aside."""

from services.chassis.cli import main
from services.statistics.app import definition
from services.statistics.settings import StatisticsSettings

main(__doc__, definition, StatisticsSettings)
