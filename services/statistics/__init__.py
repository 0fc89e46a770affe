"""Statistics: keeps every record of every service, and answers what was true at a date, as known at an instant."""
