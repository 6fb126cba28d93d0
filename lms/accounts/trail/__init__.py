"""The audit trail as operators read it: filtered, in words, a page at a time."""
