"""Commands that exchange questions and courses with other learning systems."""
