"""What colleagues call things: rights, states, flags, channels, roles. Translated where they are shown."""

from collections.abc import Mapping
from typing import Final

from bot.console.words import N_

LABELS: Final[Mapping[str, str]] = {
    # rights
    "information": N_("information"),
    "access": N_("access"),
    "rectification": N_("correction"),
    "erasure": N_("erasure"),
    "restriction": N_("restriction"),
    "portability": N_("portability"),
    "objection": N_("objection"),
    "complaint": N_("complaint"),
    "unsubscribe": N_("opt-out"),
    "consent_withdrawal": N_("consent withdrawn"),
    "human_review": N_("human review"),
    "other": N_("something else"),
    # states of an item
    "open": N_("just arrived"),
    "clarifying": N_("asked what is meant"),
    "verifying": N_("asked who it is"),
    "review": N_("on your desk"),
    "sending": N_("being sent"),
    "answered": N_("answered"),
    "closed": N_("closed"),
    "withdrawn": N_("withdrawn"),
    "merged": N_("joined with another case"),
    # what shows who somebody is
    "FORGED": N_("forged sender"),
    "CLAIMED": N_("nothing shown yet"),
    "PLAUSIBLE": N_("plausible"),
    "PROVEN": N_("proven"),
    "MATCHED": N_("proven, facts match"),
    "VOUCHED": N_("vouched for by a colleague"),
    # lanes
    "general": N_("everybody’s"),
    "dpo": N_("data protection officer"),
    "hr": N_("staff matters"),
    "authority": N_("authority"),
    # flags
    "marketing": N_("marketing"),
    "breach": N_("reports a breach"),
    "threat": N_("announces a complaint"),
    "unsafe": N_("unsafe address"),
    "identity_theft": N_("identity theft"),
    "minor": N_("a minor"),
    "parent": N_("a parent"),
    "agent": N_("an agent"),
    "heir": N_("an heir"),
    "employee": N_("an employee"),
    "processor": N_("a processor"),
    # channels
    "email": N_("e-mail"),
    "telegram": N_("Telegram"),
    # what a letter is for
    "acknowledgement": N_("acknowledgement"),
    "identity_question": N_("question who it is"),
    "clarification": N_("question what is meant"),
    "unsubscribe_confirmation": N_("opt-out confirmed"),
    "holding": N_("holding letter"),
    "answer": N_("answer"),
    "notice": N_("notice to colleagues"),
    # drafts and deliveries
    "waiting": N_("waits for approval"),
    "approved": N_("approved"),
    "rejected": N_("sent back"),
    "stale": N_("overtaken"),
    "queued": N_("about to leave"),
    "sent": N_("sent"),
    "uncertain": N_("may have arrived"),
    "parked": N_("stuck"),
    "withheld": N_("not sent: observing"),
    # roles
    "reader": N_("reader"),
    "drafter": N_("drafter"),
    "approver": N_("approver"),
    "administrator": N_("administrator"),
    # what an opt-out stops
    "phone": N_("calls and text messages"),
    "post": N_("post"),
    "survey": N_("surveys"),
    "all": N_("all mailings"),
    # languages of people
    "fr": N_("French"),
    "en": N_("English"),
    "nl": N_("Dutch"),
    "de": N_("German"),
    "und": N_("another language"),
}
