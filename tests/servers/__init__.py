"""Real servers on ephemeral loopback ports."""
