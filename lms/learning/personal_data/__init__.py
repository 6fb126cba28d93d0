"""What learning stores about a person: the notice, the export, and deletion."""
