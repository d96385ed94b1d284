"""The edges: each translates one wire to the core's words and back, and decides nothing."""
