"""The database by SQLModel, SQLAlchemy and Alembic: SQLite and MariaDB behind the same ports."""
