"""`python -m services.deadlines`: serve it, rebuild its read models, verify its store, see to what is set aside."""

from services.chassis.cli import main
from services.deadlines.app import definition
from services.deadlines.settings import DeadlinesSettings

main(__doc__, definition, DeadlinesSettings)
