"""Writes ``protocol.ts`` from the dataclasses of `nb_remote.widget.protocol` and of the form's.

In a checkout, ``python -m nb_remote.widget.protocol_ts`` writes the files and ``--check``
says whether they are up to date; with ``-`` the text of all is printed.

It reads the *source* of a protocol, not the imported classes: the line below each
field, its meaning, exists only there, and it belongs into the TypeScript as well.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_PACKAGE = _HERE.parent
_JS = _PACKAGE.parents[1] / "js/src"
TARGETS = {
    _HERE / "protocol.py": _JS / "protocol.ts",
    _PACKAGE / "form/protocol.py": _JS / "form/protocol.ts",
}
"""Protocols, and where a checkout keeps the file that is generated from each."""

_NAMES = {"bool": "boolean", "int": "number", "float": "number", "str": "string"}

_HEADER = """\
// Generated from src/nb_remote/{} by `python -m nb_remote.widget.protocol_ts`.
// Change that file, not this one.
"""


def generate(source_file: Path) -> str:
    """Return the text of the ``protocol.ts`` that belongs to a protocol."""
    protocol = ast.parse(source_file.read_text("utf-8"))
    parts = [_HEADER.format(source_file.relative_to(_PACKAGE).as_posix())]
    for statement in protocol.body:
        if isinstance(statement, ast.ImportFrom) and (source := _source_of(statement)):
            imported = {alias.name for alias in statement.names}
            parts += _declarations(ast.parse(source.read_text("utf-8")), only=imported)
    return "\n".join([*parts, *_declarations(protocol)])


def _source_of(statement: ast.ImportFrom) -> Path | None:
    """Return the file of a module of this package, None for any other module."""
    package, *names = (statement.module or "").split(".")
    if package != _PACKAGE.name:
        return None
    return _PACKAGE.joinpath(*names).with_suffix(".py")


def _declarations(module: ast.Module, *, only: set[str] | None = None) -> Iterator[str]:
    for node, doc in _with_docs(module.body):
        match node:
            case ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]) if (
                only is not None and name not in only
            ):
                pass
            case ast.ClassDef():
                yield _interface(node)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant() as value):
                yield f"{_comment(doc)}export const {name} = {_literal(value)};\n"
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield f"{_comment(doc)}export type {name} = {_type(value)};\n"
            case _:
                pass


def _interface(node: ast.ClassDef) -> str:
    lines = [_comment(ast.get_docstring(node)), f"export interface {node.name} {{\n"]
    for field, doc in _with_docs(node.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            lines.append(_comment(doc, indent="  "))
            lines.append(f"  readonly {field.target.id}: {_type(field.annotation)};\n")
    return "".join([*lines, "}\n"])


def _with_docs(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, str | None]]:
    """Each statement with the string that stands right below it."""
    for node, following in zip(body, [*body[1:], None], strict=True):
        match following:
            case ast.Expr(value=ast.Constant(value=str(doc))):
                yield node, doc
            case _:
                yield node, None


def _type(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=None):
            return "null"
        case ast.Name(id=name):
            return _NAMES.get(name, name)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return f"{_type(left)} | {_type(right)}"
        case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
            return " | ".join(_literal(item) for item in _items(inner))
        case ast.Subscript(value=ast.Name(id="tuple"), slice=inner):
            return _tuple(_items(inner))
        case _:
            raise TypeError(f"the protocol may not use {ast.unparse(node)!r}")


def _tuple(items: list[ast.expr]) -> str:
    match items:
        case [item, ast.Constant(value=value)] if value is ...:
            inner = _type(item)
            return f"readonly ({inner})[]" if " " in inner else f"readonly {inner}[]"
        case _:
            return f"readonly [{', '.join(_type(item) for item in items)}]"


def _items(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _literal(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return f'"{text}"'
        case ast.Constant(value=int(number)):
            return str(number)
        case _:
            raise TypeError(f"the protocol may not use {ast.unparse(node)!r}")


def _comment(doc: str | None, *, indent: str = "") -> str:
    if not doc:
        return ""
    text = " ".join(doc.split()).replace("``", "`").replace("*/", "* /")
    return f"{indent}/** {text} */\n"


def main(arguments: list[str]) -> int:
    """Write the files, or check them; return the exit code."""
    match arguments:
        case ["--check"]:
            stale = [
                source
                for source, target in TARGETS.items()
                if not target.exists() or target.read_text("utf-8") != generate(source)
            ]
            for source in stale:
                sys.stderr.write(f"{source} is newer than its protocol.ts: run `make protocol`\n")
            return 1 if stale else 0
        case ["-"]:
            sys.stdout.write("\n".join(map(generate, TARGETS)))
        case []:
            for source, target in TARGETS.items():
                target.write_text(generate(source), "utf-8")
        case _:
            sys.stderr.write("usage: python -m nb_remote.widget.protocol_ts [--check | -]\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
