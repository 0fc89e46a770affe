"""Two small services on the chassis, `ping` and `pong`: what the mechanism's own tests run, since it knows no noun of the domain."""
