"""The desk's memory: tables, sealed fields, and units of work on SQLite or PostgreSQL."""

from storage.customer_view import CustomerView, ViewUnreadable
from storage.duties import open_duties
from storage.erasure_journal import FileJournal, JournalUnusable
from storage.keyfile import KeysUnusable, add_key
from storage.migrating import migrate
from storage.opening import NotMigrated, open_store
from storage.unit_of_work import SqlStore

__all__ = [
    "CustomerView",
    "FileJournal",
    "JournalUnusable",
    "KeysUnusable",
    "NotMigrated",
    "SqlStore",
    "ViewUnreadable",
    "add_key",
    "migrate",
    "open_duties",
    "open_store",
]
