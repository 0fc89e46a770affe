"""What Government is told: thin events of codes and dates, no person and no free text, each rendered once for every channel.

Structured CloudEvents 1.0. `sequence` is the place in the feed, twenty digits, rising by one; `dataref` says where the notified
copy can be read. A member that a reader does not know must be ignored.
"""

from contracts.government.cloudevent import CloudEvent, Data, render
from contracts.government.notification_amended import NotificationAmended
from contracts.government.notification_copied import NotificationCopied
from contracts.government.notification_withdrawn import NotificationWithdrawn
from contracts.government.published import EVENTS, files

__all__ = [
    "EVENTS",
    "CloudEvent",
    "Data",
    "NotificationAmended",
    "NotificationCopied",
    "NotificationWithdrawn",
    "files",
    "render",
]
