"""The words: policy facts, templates in four languages, composing, and the legal lint."""

from replies.checks import check_templates
from replies.policy import Company
from replies.samples import Sample, iter_samples
from replies.specimens import SpecimenShelf
from replies.vocabulary import chat_answers, chat_commands, list_openers
from replies.writer import LetterWriter

__all__ = [
    "Company",
    "LetterWriter",
    "Sample",
    "SpecimenShelf",
    "chat_answers",
    "chat_commands",
    "check_templates",
    "iter_samples",
    "list_openers",
]
