"""Rules about forms: labels, errors, passwords, and what a form may ask for."""
