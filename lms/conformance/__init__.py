"""The conformance suite: trauma-informed design as rules that check any learning system in a real browser."""
