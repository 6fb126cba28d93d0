"""What coordinators change on one person's page: details, roles, membership and a link to a new password."""
