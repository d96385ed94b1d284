"""What every chat platform needs: calls answered once they are durable, proofs of origin, texts that fit, a pace."""
