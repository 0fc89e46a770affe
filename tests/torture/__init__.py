"""Long random lives under faults, each followed by the conservation check; and the bugs that the tests must find."""
