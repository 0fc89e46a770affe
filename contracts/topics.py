"""The topics that cross borders; their settings stand in deploy/topics.toml."""

from typing import Final

CASE_EVENTS: Final = "sir.case-events.v1"
"""Every event of every service, keyed by its subject, kept for ever."""

GOVERNMENT: Final = "sir.government.v1"
"""The outward events: one partition, structured CloudEvents, keyed by case."""
