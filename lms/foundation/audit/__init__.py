"""The audit trail: its entries, their seals, and what is found when they are compared."""
