"""Rules about help: pause, support lines, content notes, a steady navigation, calm error pages."""
