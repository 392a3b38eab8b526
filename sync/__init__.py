"""What crosses between machines: message types, sealing, outbox and link. Imports none of our other packages."""
