"""What was learnt of a case -> what is asked of its clocks."""

from services.deadlines.domain.case_clocks import Judge
from services.deadlines.domain.facts import Facts

RULE = "judge"
"""Once for each event that was heard."""


def reaction(facts: Facts, calendar: str) -> Judge | None:
    """The question that follows; none before the notification itself is known, since nothing is owed yet."""
    return Judge(facts=facts, calendar=calendar) if facts.received is not None else None
