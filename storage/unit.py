"""Everything one commit may touch, on SQL."""

from bot.core import accounts, announcing, figures, listings, unit, unsaved
from bot.core.copies import Copies
from bot.core.counters import Counters
from bot.core.directory import Directory
from bot.core.enclosures import Enclosures
from bot.core.ending import Shelves
from bot.core.errands import Errands
from bot.core.packages import Packages
from bot.core.passkeys import Passkeys
from bot.core.redaction import Redactions
from bot.core.register import Register
from bot.core.suppressions import Suppressions
from bot.core.tasks import Tasks
from bot.core.teamwork import Teamwork
from bot.core.tickets import Tickets
from bot.core.tokens import Tokens
from bot.core.vitals import Pulses
from storage.accounts import SqlAccounts
from storage.announcements import SqlAnnouncements
from storage.audit import SqlAudit
from storage.cases import SqlCases
from storage.challenges import SqlChallenges
from storage.copies import SqlCopies
from storage.corrections import SqlCorrections
from storage.counters import SqlCounters
from storage.directory import SqlDirectory
from storage.dossiers import SqlEnclosures, SqlRedactions
from storage.drafts import SqlDrafts
from storage.errands import SqlErrands
from storage.figures import SqlFigures
from storage.inbox import SqlInbox
from storage.listings import SqlListings
from storage.outbox import SqlOutbox
from storage.packages import SqlPackages
from storage.passkeys import SqlPasskeys
from storage.pulses import SqlPulses
from storage.register import SqlRegister
from storage.retention import SqlShelves
from storage.staff import SqlStaff
from storage.suppressions import SqlSuppressions
from storage.tasks import SqlTasks
from storage.teamwork import SqlTeamwork
from storage.tickets import SqlTickets
from storage.tokens import SqlTokens
from storage.transaction import Transaction
from storage.unsaved import SqlUnsaved


class SqlUnit:
    """The rooms of one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self.inbox: unit.Inbox = SqlInbox(tx)
        self.copies: Copies = SqlCopies(tx)
        cases, drafts = SqlCases(tx), SqlDrafts(tx)
        self.cases: unit.Cases = cases
        self.challenges: unit.Challenges = SqlChallenges(tx)
        self.drafts: unit.Drafts = drafts
        self.announcements: announcing.Announcements = SqlAnnouncements(tx, cases, drafts)
        self.tokens: Tokens = SqlTokens(tx)
        self.figures: figures.Figures = SqlFigures(tx)
        self.listings: listings.Listings = SqlListings(tx, cases, drafts)
        self.outbox: unit.Outbox = SqlOutbox(tx)
        self.directory: Directory = SqlDirectory(tx)
        self.suppressions: Suppressions = SqlSuppressions(tx)
        self.packages: Packages = SqlPackages(tx)
        self.tickets: Tickets = SqlTickets(tx)
        self.enclosures: Enclosures = SqlEnclosures(tx)
        self.redactions: Redactions = SqlRedactions(tx)
        self.tasks: Tasks = SqlTasks(tx)
        self.shelves: Shelves = SqlShelves(tx)
        self.corrections: unit.Corrections = SqlCorrections(tx)
        self.register: Register = SqlRegister(tx)
        self._audit = SqlAudit(tx)
        self.audit: unit.Audit = self._audit
        self.staff: accounts.Staff = SqlStaff(tx)
        self.accounts: accounts.Accounts = SqlAccounts(tx)
        self.passkeys: Passkeys = SqlPasskeys(tx)
        self.errands: Errands = SqlErrands(tx)
        self.teamwork: Teamwork = SqlTeamwork(tx)
        self.unsaved: unsaved.Unsaved = SqlUnsaved(tx)
        self.counters: Counters = SqlCounters(tx)
        self.pulses: Pulses = SqlPulses(tx)

    def complete(self) -> None:
        """Write what waits for the unit's end; to be called once the work is done, before the commit."""
        self._audit.write()
