"""`python -m services.intake`: serve it, rebuild its read models, verify its store, see to what is set aside."""

from services.chassis.cli import main
from services.intake.app import definition
from services.intake.drawing import drawn
from services.intake.settings import IntakeSettings

main(__doc__, definition, IntakeSettings, drawn)
