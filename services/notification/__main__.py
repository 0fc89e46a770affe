"""`python -m services.notification`: serve it, rebuild its read models, verify its store, see to what is set aside."""

from services.chassis.cli import main
from services.notification.app import definition
from services.notification.settings import NotificationSettings

main(__doc__, definition, NotificationSettings)
