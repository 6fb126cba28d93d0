"""Rules against what happens unasked: countdowns, motion, sound, reloads, dialogs."""
