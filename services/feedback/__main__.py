"""`python -m services.feedback`: serve it, rebuild its read models, verify its store, see to what is set aside."""

from services.chassis.cli import main
from services.feedback.app import definition
from services.feedback.drawing import drawn
from services.feedback.settings import FeedbackSettings

main(__doc__, definition, FeedbackSettings, drawn)
