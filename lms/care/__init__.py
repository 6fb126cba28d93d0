"""The conformance suite for care: named rules that look at any learning system in a real browser, and a scorecard."""
