"""Owns what a council says: notifications and all that follows them, case references, and the case keys."""
