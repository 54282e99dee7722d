"""How the tables of the store come to be as they are: one file a change, in `versions/`, for SQLite and PostgreSQL."""
