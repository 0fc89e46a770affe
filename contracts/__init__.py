"""The published language: every fact, code, clock and calendar that crosses a border between services."""
