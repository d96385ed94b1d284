"""Pages for colleagues, and the addresses machines call."""
