"""Reading mail: raw bytes to the core's `Message`, linear in time and bounded in memory (RFC 5322, 2045-2049)."""
