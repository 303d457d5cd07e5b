"""Finds the sentences of the commands for the catalogue: what they say, and what `--help` says of them."""

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from babel.messages.extract import extract_python


def found(file: IO[bytes], keywords: Mapping[str, Any], tags: Sequence[str], options: Any) -> Iterator[tuple[Any, ...]]:
    """Line, keyword, sentence, comments, as Babel asks: docstrings of commands and `help=`, besides `say`."""
    yield from extract_python(file, keywords, tags, options)
    file.seek(0)
    for node in ast.walk(ast.parse(file.read())):
        match node:
            case ast.FunctionDef(decorator_list=[ast.Call(func=ast.Attribute(attr="command")), *_]):
                yield node.lineno, "say", inspect.cleandoc(ast.get_docstring(node) or ""), []
            case ast.keyword(arg="help", value=ast.Constant(value=str() as sentence)):
                yield node.lineno, "say", sentence, []
