"""The mechanism under every service: store, relay, consumer, rebuild, HTTP. No word of the domain appears here."""
