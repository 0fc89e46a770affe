"""What a clock is, what is known of a case, which duties follow from it, and what has to be recorded. Pure."""
