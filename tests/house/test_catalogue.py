"""Every sentence of the code stands in the Chinese catalogue, and what is shipped is what was translated."""

import string
import tomllib
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

HOUSE = Path(__file__).parents[2]
PO = HOUSE / "screens/locale/zh_CN/LC_MESSAGES/zhibu.po"
KEYWORDS = {"say": None}
WHERE_TO_MEND = f"run `make locale`, then translate in {PO.relative_to(HOUSE)}, then `make locale` again"


@cache
def translations() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


@cache
def used_in_code() -> dict[str, str]:
    """Sentence → file that says it, found the way `make locale` finds them."""
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
    used = {}
    for mapping in settings["tool"]["babel"]["mappings"]:
        patterns = [mapping["pattern"]] if isinstance(mapping["pattern"], str) else mapping["pattern"]
        methods = [(pattern, mapping["method"]) for pattern in patterns]
        for name, _line, sentence, _comments, _context in extract_from_dir(HOUSE, methods, keywords=KEYWORDS):
            assert isinstance(sentence, str), f"{name}: say takes one sentence, not {sentence}"
            used[sentence] = name
    return used


def facts_named_in(text: object) -> set[str]:
    """Names in braces; plural forms are not used, a sentence is one string."""
    assert isinstance(text, str), text
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_sentences_are_found_in_the_code():
    assert used_in_code()


def test_every_sentence_used_in_code_has_its_chinese():
    chinese = {message.id for message in translations() if message.string and not message.fuzzy}
    missing = {sentence: name for sentence, name in used_in_code().items() if sentence not in chinese}
    assert missing == {}, WHERE_TO_MEND


def test_a_translation_names_the_same_facts_as_its_sentence():
    differing = {
        message.id: message.string
        for message in translations()
        if message.id and message.string and facts_named_in(message.id) != facts_named_in(message.string)
    }
    assert differing == {}


def test_the_compiled_catalogue_is_a_fresh_compile():
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}
    written = {message.id: message.string for message in translations() if message.id and message.string}
    assert compiled == written, "run `make locale`"
