"""What the desk itself says to colleagues (findings, refusals, reasons), in the colleague's language.

The desk speaks English sentences, some with a fact in them; each is found again by its pattern. One that nobody
translated is shown as it is.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from bot.console.labels import labelled
from bot.console.words import N_

REFUSED: Final = N_("this can't be approved: ")
"""What goes before several findings, parted by a semicolon."""

_LABELLED: Final = frozenset({"rights", "kind", "state", "scope"})
_SPOKEN_TOO: Final = frozenset({"point", "private", "failure", "whom"})

SPOKEN: Final = (
    # what is wrong with a row of customers
    N_("has more cells than the header"),
    N_("has no number"),
    N_("repeats the number %(number)s"),
    N_("%(word)s is no e-mail address"),
    N_("%(word)s is none of %(languages)s; leave it empty"),
    N_("%(word)s is no numeric Telegram id"),
    N_("%(word)s is no telephone number"),
    N_("was erased on %(day)s: take the row out of the file"),
    N_("the header lacks %(names)s; it needs at least %(needed)s"),
    N_("nothing from here on was read (%(why)s): look for a lone quotation mark before"),
    # what is wrong with a way in
    N_("the server refuses our login: check user and password"),
    N_("the server can't log us in now"),
    N_("the server does not offer what the settings ask for (STARTTLS?)"),
    N_("the server broke the connection off"),
    N_("the server refused a command"),
    N_("the server's certificate can't be verified"),
    N_("no TLS with this server: check port and tls"),
    N_("the server's name can't be found"),
    N_("nobody answers on this host and port"),
    N_("the server does not answer in time"),
    N_("the connection broke"),
    N_("our storage can't take mail now"),
    N_("our storage can't take messages now"),
    N_("an error of our own (%(kind)s); the log says where"),
    # what is wrong with another system
    N_("gave up trying: %(failure)s"),
    N_("%(whom)s can't be reached (%(why)s)"),
    N_("the line to %(whom)s broke (%(why)s)"),
    N_("%(whom)s asks to wait"),
    N_("%(whom)s has trouble of its own (%(status)s)"),
    N_("the way out to %(whom)s is closed"),
    N_("%(host)s answers %(status)s: it must take POST at `url`, signed with our secret, with a 2xx"),
    N_("there is no [[webhook]] of this name in the settings any more"),
    N_("an error of ours: %(place)s"),
    N_("the webhook %(name)s"),
    # what keeps a draft from approval
    N_("fill in or delete %(place)s"),
    N_("fill these first: %(places)s"),
    N_("a bracket of an open slot is left over: delete it"),
    N_("two brackets hold nothing: say what belongs between them"),
    N_("a refusal must name the supervisory authority the person can complain to (Art. 12(4)), with its site"),
    N_("a refusal must say that the person can go to court (Art. 12(4))"),
    N_("a refusal must say why (Art. 12(4)): add a line that begins with “Reason:”, in the letter's language"),
    N_("this answer must name the authority the person can complain to, with its site (Art. 12(4), 15(1)(f), 77)"),
    N_("nothing was done, so this answer must say that the person can go to court (Art. 12(4))"),
    N_("the letter must say %(point)s, or that there is nothing to tell: put the line back"),
    N_("who receives the data (Art. 15(1)(c))"),
    N_("how long they are kept (Art. 15(1)(d))"),
    N_("where they come from (Art. 15(1)(g))"),
    N_("where they go outside the EEA (Art. 15(2))"),
    N_("what is decided by machines (Art. 15(1)(h))"),
    N_("how long opt-outs are kept (Art. 15(1)(d))"),
    N_("how long requests are kept (Art. 15(1)(d))"),
    N_("what was erased (Art. 17)"),
    N_("what is kept (Art. 17(3))"),
    N_("until when it is kept (Art. 17(3))"),
    N_("from when on no backup holds the data (Art. 17)"),
    N_("what became of data that rested on consent (Art. 17(1)(b))"),
    N_("what we go on doing, and on which basis (Art. 7(3))"),
    N_("what the person can do instead (Art. 21(1))"),
    N_("what it says no to (Art. 12(4))"),
    N_("the letter must say %(point)s: put the sentence back"),
    N_("that the person may add a statement (Art. 16)"),
    N_("that we can be asked not to use the data meanwhile (Art. 18(1)(a))"),
    N_("which details would help to find the person (Art. 11(2))"),
    N_("that a copy not wanted costs nothing (Art. 15(3))"),
    N_("an extension must say until which day, and why (Art. 12(3)): put it back"),
    N_("our promise to this person was missed: put the apology back, no later letter makes it"),
    N_("the first letter must keep its part “%(heading)s” (%(law)s): put it back"),
    N_("Art. 12(3) sets no date for this: name our own promise only"),
    N_("a sentence has %(count)s words: make two of “%(words)s…”"),
    N_("a code is written out: put %(slot)s in its place"),
    N_("the letter says nothing of the code it must carry: put %(slot)s where it belongs"),
    N_("%(slot)s stands where no code can be put in: delete it"),
    N_("the HTML does not say the same as the text: edit the text once more, and the HTML follows"),
    N_("an opt-out can't be refused (Art. 21(3)): carry it out"),
    N_("an acknowledgement must carry the reference"),
    N_("an acknowledgement must say by which day we promise an answer"),
    N_("“%(words)s” is promotion, a survey or an attempt to win somebody back: delete it"),
    N_("“%(words)s” guesses a title: greet the person by name"),
    N_("the letter loads or links something that could track the person: delete it"),
    N_("an e-mail address stands in a chat message: delete it"),
    N_("a telephone or account number stands in a chat message: delete it"),
    N_("something we hold of this person stands in a chat message: delete it, and write it by mail"),
    N_("%(private)s stands in a chat message: delete it"),
    N_("a bank account"),
    N_("a date in figures"),
    N_("a postcode"),
    N_("a chat message can't have HTML"),
    N_("a chat message may not be longer than %(most)s characters"),
    N_("the subject holds a line break or a control character: delete it"),
    N_("the letter has no subject"),
    N_("this address is new to us: data may go there from %(moment)s on"),
    N_("new contact data wait first: recipients may hear of them from %(moment)s on"),
    N_("nobody has proven yet to be the person: %(rights)s"),
    N_("a second proof is still missing, and not from the same mailbox (rule 12): %(rights)s"),
    N_("the recipient is not the address that was proven for this case"),
    N_("somebody who reads the mailbox says that it was not them: find out who asked, then settle it"),
    # what the desk refuses
    N_("nobody denies case %(reference)s"),
    N_("the desk can't write there: ask the person yourself, and enter the answer"),
    N_("this draft is stale: the case has changed since it was written; look at the new one"),
    N_("this draft is %(state)s, not waiting"),
    N_("this draft is %(state)s: only a waiting one can be edited"),
    N_("this draft is %(state)s: only a waiting one can be rejected"),
    N_("this draft is %(state)s: only a waiting one can end differently"),
    N_("%(who)s has approved this already; a second, different colleague is needed"),
    N_("somebody changed this draft while you had it open: read it again"),
    N_("it is too late: this letter has left, or is leaving now"),
    N_("nothing in this case waits for a proof: to ask all the same, say why you doubt who writes"),
    N_("no letter can ask more here: it is proven twice, or on a colleague's word, or needs no proof"),
    N_("nobody doubts who writes in case %(case)s"),
    N_("%(day)s is over: give the day by which the authority wants its answer"),
    N_("this message could not be read: look at its raw text and enter it by hand"),
    N_("%(who)s is no colleague here and sees nothing anyway: check the address"),
    N_("say why: the reason goes on file"),
    N_("say what shows that it is unfounded or excessive: the company has to prove it (Art. 12(5))"),
    N_("the first copy is free (Art. 15(3)): say as evidence which copy of the same data this person had before"),
    N_(
        "%(scope)s is not stopped for %(address)s; all mailings are: lift that, then stop again what is to stay stopped"
    ),
    N_("%(scope)s is not stopped for %(address)s"),
    N_("%(words)s is no e-mail address, telephone number, or account such as telegram:777"),
    N_("no answer that grants %(kind)s waits in case %(case)s: somebody has to be proven first"),
    N_(
        "the address proven in case %(case)s is not on record of exactly one customer, and nobody vouched for whom "
        "it asks: a package goes nowhere else"
    ),
    N_("the record holds fewer than %(number)s of the facts named under [identity] %(setting)s"),
    N_("nothing holds case %(case)s"),
    # tasks
    N_("not done yet, and not excepted either: %(names)s"),
    N_("approve its notice, or say why this recipient is not told"),
    N_("%(name)s was marked already by %(who)s"),
    N_("%(name)s was told already, or is being told now: the notice was approved"),
    N_("%(name)s is still to be done"),
    N_("say what was sent, to which service, how and when: it goes on file"),
    N_("we know this address only lately: nothing may be sent on its word for three days"),
    N_("nothing is to be sent to another service for %(task)s"),
    N_("first another colleague approves the answer that says so: nobody sends data alone"),
    N_(
        "where it can't be sent there, the letter says why: `nexio-intake cases outcome %(case)s "
        "portability=not_transferred`"
    ),
    N_("customer %(number)s was erased: no row comes back"),
    N_("a legal hold keeps everything of case %(case)s: %(why)s"),
    N_("a legal hold keeps what we have of this person: ask the data protection officer"),
    N_("the answer has not left yet: until then the record says who they are"),
    N_("the service the person named"),
    N_("%(who)s may not work on %(case)s: choose another colleague"),
    N_("write something: an empty note tells nobody anything"),
    N_("this case is answered in that language already"),
    N_("choose one of the languages we write in"),
    N_("say where the person is reached: either an e-mail address, or a postal address or profile"),
    N_("say why it is entered by hand: the reason goes on file"),
    N_("nothing was said: give the words, or a file that holds them"),
    N_("it can't have come at a time that is still ahead"),
    N_("there is no case %(case)s"),
    N_("nobody has named %(address)s in this case: ask the person which address we know"),
    N_("first let the person show that their address is theirs: ask for a code"),
    N_("say what was seen or checked: it goes on file"),
    N_(
        "%(address)s is not on record of %(number)s: a second channel adds to a proof of an address on record; for a "
        "lost mailbox ask facts, and vouch on them"
    ),
    N_("say what was seen and why it is not needed any more: that stays on file"),
    N_("this message has no file that is still there"),
    N_("facts were asked here and have not matched: ask again, or vouch on another ground"),
    N_("the facts that matched here are not those of %(number)s: ask that customer's, or vouch for whom they are of"),
    N_(
        "a second proof is asked for %(rights)s, and mails of ours may say these facts: ask those under [identity] "
        "second_facts, which have to match, or vouch on a document"
    ),
    N_("nothing in this case waits for that: what it asks is proven as far, or has ended"),
    N_(
        "on %(ground)s things are only told, which does not do for %(rights)s: ask for a code, "
        "or vouch on what shows who they are (document, facts, mandate)"
    ),
    N_("nobody has vouched for anybody in case %(case)s"),
    N_("say what they said: it goes on file"),
    N_("what a person chose for a chat is recorded by the data protection officer alone"),
    N_("nothing is chosen for a chat in case %(case)s"),
    N_("name what they chose to read in the chat, column by column"),
    N_("may not stand in a chat, or is not on record: %(names)s; there are %(columns)s"),
    N_("they were not sent this yet, so read it to them: %(words)s"),
    N_("this was not asked in a chat: its answer goes where it always does"),
    N_("this case is carried on in another one: record the choice there"),
    N_("nothing of this case may be told in a chat while it is flagged (law.md rule 17)"),
    N_("they have e-mail: the answer goes to the address they proved"),
    N_("nobody has shown who holds this chat: vouch on document or facts first"),
    N_("this account is on record of somebody else: nothing of this person is told there"),
    N_("things are only told in a chat, which does not do for %(rights)s: split that off first"),
    N_("nothing that is proven waits for an answer in this case"),
    N_("holds what may not be read in this chat any more: it was drafted anew, approve that one"),
    N_("no postal address is on record of %(number)s: call them instead (phone_number)"),
    N_("no postal address is on record of %(number)s: have their record completed first"),
    N_("first send, or send back, the notice to: %(addresses)s"),
    N_("the notice to the record went by post: who got it may object until %(moment)s"),
    N_("this notice waited too long: the day it names comes too soon for the post; have it drafted anew"),
    N_("no notice to the record has arrived: draft the answer anew, and send the notice to %(addresses)s"),
    N_(
        "what is open here is proven for somebody else: split off first what is asked for this person, or take the "
        "word back"
    ),
    N_("no number is on record of %(number)s: post the answer instead (postal_address)"),
    N_("write the address on record the answer goes to, or let it be posted (postal_address) or told (phone_number)"),
    N_(
        "something we hold on record stands in this letter, and its reader has not proven who they are, nor written it"
        " themselves (rule 12): delete it, or ask for a proof first"
    ),
    N_("something sensitive that we hold would be said on the telephone: delete it, and offer to post it"),
    N_("has no e-mail: asked whether by post or by telephone (law.md rule 42)"),
    N_("has no e-mail and asks for post: vouch on postal_address, it goes to the address on record"),
    N_("has no e-mail and asks for a call: vouch on phone_number, you call the number on record"),
    N_(
        "has no e-mail, and neither post nor telephone suits: find a way with them in the chat, such as a link "
        "(chat_link)"
    ),
    N_("nobody outside can open our pages: post the answer instead (postal_address), or call (phone_number)"),
    N_("this was not asked in a chat: choose another way for the answer"),
    N_("%(number)s has no number on record to give the code at: post the answer instead (postal_address)"),
    N_("no link in this chat can be opened with a code now, or no number is on record"),
    N_("too many codes were given today: try again tomorrow"),
    N_("this account has not written for a day, and may be somebody else's by now: it has to write again first"),
    N_("somebody says that this account is in other hands, or that they did not ask: make sure first"),
    N_("an e-mail address is proven here: the whole answer goes there"),
    N_("this answer is about the chat account alone, and nobody on record: leave their address empty"),
    N_("say whose data it is about: an address on record, or a customer number"),
    N_("nobody is on record under %(address)s"),
    N_("several customers are on record under %(address)s: give one of the numbers %(numbers)s"),
    N_("you vouched for who this is: another colleague approves"),
    N_("a case can't be merged into itself: name two"),
    N_("case %(case)s has ended: there is nothing to merge"),
    N_("case %(case)s has ended: merge it the other way round, or take it up again first"),
    N_("a letter about %(rights)s is on its way in %(case)s: wait until it is sent"),
    N_("a code for %(case)s is on its way: merge into it instead, or wait for the answer"),
    N_("these messages are of several people: split them off one person at a time"),
    N_("name some of what is open in this case, and leave some"),
    N_("nothing has ended in case %(case)s"),
    N_("manifestly unfounded or excessive is for the data protection officer (Art. 12(5))"),
    N_("`other` stands alone: name either it or the rights"),
    N_("the answer about %(rights)s is on its way already"),
    N_("case %(case)s is carried on in %(into)s: put it right there"),
    N_("all this has ended in case %(case)s: take it up again, or name what was overlooked"),
    # the copy
    N_("something is left out: let the answer end as partly for %(rights)s, then prepare it"),
    N_("these words do not stand there: copy them from the text"),
    N_("these words are left out there already"),
    N_("%(name)s is there already: take it away first, or give this one another name"),
    N_("there are %(most)s files already: put several into one"),
    N_("%(name)s: add one of these kinds: %(kinds)s"),
    N_("%(name)s is empty"),
    N_("%(name)s is larger than %(most)s MB: split it"),
    N_("%(name)s is no %(kind)s: its content says otherwise"),
    N_("%(name)s holds macros, embedded objects or links to other files: save it without them, or as PDF"),
    N_("%(name)s holds scripts or forms that send, or is locked so that nobody can see: print it as a new PDF"),
    N_("case %(case)s asks for no copy"),
    # the rehearsal of an erasure
    N_("everything of this case"),
    N_("a legal hold keeps it"),
    N_("customer %(number)s"),
    N_("this desk's own row: a task erases it once the answer has left; no import brings it back"),
    N_("a colleague erases it there and marks the task"),
    N_("the settings say what is kept there and why"),
    N_("nobody has confirmed how long it is kept: `register import`"),
    N_("the record of processing says how long; does a duty keep it (Art. 17(3))?"),
    N_("letters, decisions and reasons of this case"),
    N_("closed archive until claims are over: %(years)s years after the last thing that happened"),
    N_("what was asked to be sure of the person"),
    N_("%(days)s days after the case is closed"),
    N_("files handed over"),
    N_("%(days)s days after they were made"),
    N_("an opt-out in force: without it mailings would come back (Art. 21(3))"),
    N_("the history of this case"),
    N_("anonymous from the end of the archive on: salted hashes"),
    # why a sender is trusted so far
    N_("the very handle on record"),
    N_("a handle we do not know"),
    N_("our own domain without a DMARC pass"),
    N_("the address resembles one on record"),
    N_("entered by a colleague, nothing proven"),
    N_("the address is on record, and its mail server vouches for it (DMARC)"),
    N_("its mail server vouches for the address (DMARC), but it is not on record"),
    N_("malformed sender: %(oddities)s"),
    # what a scanner says of a file
    N_("the virus scanner found %(virus)s in %(name)s: it is not handed out"),
    N_("the virus scanner could not look into %(name)s (%(why)s): it is not handed out"),
    N_("the virus scanner does not answer at %(where)s"),
    N_("the virus scanner at %(where)s hung up"),
    # what a colleague carries out
    N_("print and post it, then say that it arrived"),
    N_(
        "call them, make sure who picked up, and say what the answer says; what stands as […] is never said: offer to "
        "post it. Then say that they were told"
    ),
    # why a person should look
    N_("the facts match"),
    N_("the facts do not match"),
    N_("the facts do not match, and that was the last try"),
    N_("sent the code of another case, and asks for more: read it"),
    N_("no more tries at the facts"),
    N_("stop the use now: %(rights)s"),
    N_("joined by %(case)s"),
    N_("the person never opened the data we prepared"),
    N_("the code we told for the link in the chat was used up by wrong tries: call them and tell a new one"),
    N_("asks how far we are"),
    N_("a recipient of the data answered our notice"),
    N_("came by another way: a person goes on"),
    N_("an earlier message was changed"),
    N_("the person named an address"),
    N_("too many wrong codes: a person looks"),
    N_("wants to withdraw: a person confirms"),
    N_("took the request back: approve the letter that says so"),
    N_("wrote after taking the request back"),
    N_("never answer a forged sender; a person looks"),
    N_("a second address was proven; the first one stays"),
)


def spoken(text: str, say: Callable[[str], str]) -> str:
    """Return a sentence of the desk in the language of `say`."""
    if text.startswith(REFUSED):
        findings = text.removeprefix(REFUSED).split("; ")
        return say(REFUSED) + "; ".join(spoken(finding, say) for finding in findings)
    for sentence in SPOKEN:
        if found := _pattern(sentence).fullmatch(text):
            facts = {name: _fact(name, value, say) for name, value in found.groupdict().items()}
            return say(sentence) % facts if facts else say(sentence)
    return say(text)


def _fact(name: str, value: str, say: Callable[[str], str]) -> str:
    """Return a fact as colleagues call it: what is asked, how a draft is, what an opt-out stops, whom it is about."""
    if name in _SPOKEN_TOO:
        return spoken(value, say)
    return labelled(value, say) if name in _LABELLED else value


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = re.split(r"%\((\w+)\)s", sentence)
    return re.compile(
        "".join(f"(?P<{piece}>.+)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces)),
        re.DOTALL,
    )
