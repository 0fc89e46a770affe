"""Feedback on real parts: what the inspectorate's people ask of a case, what it answers, and who sees it."""
