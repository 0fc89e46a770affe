"""Notification and feedback as processes, with intake's voice on the topic."""
