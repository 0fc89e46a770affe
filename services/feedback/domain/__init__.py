"""What the inspectorate may decide of a case. Pure."""
