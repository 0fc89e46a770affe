"""Intake on real parts, asked over HTTP."""
