"""Alembic's way in: it works in the transaction of the connection it is given, which ends elsewhere."""

from alembic import context

from lms.foundation.db import db

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=db.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
