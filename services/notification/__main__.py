"""The service's command line."""

from services.chassis.cli import main
from services.notification.app import definition
from services.notification.settings import NotificationSettings

main(definition(), NotificationSettings)
