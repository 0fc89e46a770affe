"""The service's command line."""

from services.chassis.cli import main
from services.chassis.settings import Settings
from services.feedback.app import FEEDBACK

main(FEEDBACK, Settings)
