"""How the system is run: the local stack, and the console that speaks to it over HTTP."""
