"""Intake: the councils' front door; it owns case ids and references, drafts, narratives and the case keys."""
