"""Questions about the import graph and the names in a source tree.

A tree is {path: source}, paths relative to the repository. Every check gives its findings as
"path:line: what is wrong", so that a test can plant a mistake in a copy and see it found.
"""

import ast
import re
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

Tree = Mapping[str, str]
Globs = Iterable[str]


@dataclass(frozen=True)
class Import:
    """One imported module: where it is written and what it names."""

    path: str
    line: int
    target: str


def read_tree(root: Path, packages: Iterable[str]) -> dict[str, str]:
    """The Python files of these packages under `root`."""
    files = (file for package in packages for file in sorted((root / package).rglob("*.py")))
    return {file.relative_to(root).as_posix(): file.read_text(encoding="utf-8") for file in files}


def module_name(path: str) -> str:
    """relay/dialogue.py -> relay.dialogue; sync/link/__init__.py -> sync.link."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def is_under(path: str, globs: Globs) -> bool:
    """Whether a path is one of these modules; "sync/link" means link.py and the folder link/ alike."""
    return any(fnmatch(path, f"{glob}.py") or fnmatch(path, f"{glob}/*") for glob in globs)


@lru_cache(maxsize=2048)
def _parsed(path: str, source: str) -> ast.Module:
    return ast.parse(source, path)


@lru_cache(maxsize=8192)
def _walked(path: str, source: str, kinds: tuple[type[ast.AST], ...]) -> tuple[ast.AST, ...]:
    return tuple(node for node in ast.walk(_parsed(path, source)) if isinstance(node, kinds))


def _nodes(tree: Tree, *kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for path, source in tree.items():
        for node in _walked(path, source, kinds):
            yield path, node


def imports(tree: Tree) -> list[Import]:
    """Every import, also those inside functions, under TYPE_CHECKING and through importlib."""
    modules = {module_name(path) for path in tree}
    return [
        Import(path, line, target)
        for path, source in tree.items()
        for line, base, names in _written(path, source)
        for target in sorted({name if not base or name in modules else base for name in names})
    ]


@lru_cache(maxsize=2048)
def _written(path: str, source: str) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """(line, the module that names come from or "", the full names) of each import of a file."""
    nodes = _walked(path, source, (ast.Import, ast.ImportFrom, ast.Call))
    found = (_targets(node, path) for node in nodes)
    lines = (getattr(node, "lineno", 0) for node in nodes)
    return tuple((line, base, names) for line, (base, names) in zip(lines, found, strict=True) if names)


def _targets(node: ast.AST, path: str) -> tuple[str, tuple[str, ...]]:
    if isinstance(node, ast.Import):
        return "", tuple(alias.name for alias in node.names)
    if isinstance(node, ast.Call):
        return "", tuple(_dynamic_target(node))
    assert isinstance(node, ast.ImportFrom)
    base = _base(node, path)
    return base, tuple(f"{base}.{alias.name}" for alias in node.names)


def _dynamic_target(call: ast.Call) -> list[str]:
    name = dotted(call.func)
    if name.rpartition(".")[2] not in {"import_module", "__import__"} or not call.args:
        return []
    argument = call.args[0]
    return [argument.value] if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else []


def _base(node: ast.ImportFrom, path: str) -> str:
    if not node.level:
        return node.module or ""
    folder = path.split("/")[: -node.level]
    return ".".join([*folder, node.module] if node.module else folder)


def dotted(node: ast.AST) -> str:
    """os.environ.get -> "os.environ.get"; anything that is not a plain chain of names -> ""."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        value = dotted(node.value)
        return f"{value}.{node.attr}" if value else ""
    return ""


def wrong_packages(tree: Tree, allowed: Mapping[str, set[str]]) -> list[str]:
    """Imports between our packages that the table does not have."""
    return [
        f"{i.path}:{i.line}: {package} must not import {i.target}"
        for i in imports(tree)
        if (package := i.path.split("/")[0]) != (other := i.target.split(".")[0])
        and other in allowed
        and other not in allowed[package]
    ]


def rank(module: str, ranks: Mapping[str, int], default: int) -> int:
    """How high a module stands inside its package: by the first part of its name that has a rank."""
    return next((ranks[part] for part in module.split(".")[1:] if part in ranks), default)


def wrong_layers(tree: Tree, ranks: Mapping[str, int], default: int) -> list[str]:
    """Imports inside a package that point upwards; a command line is imported by command lines only."""
    ours = {module_name(path) for path in tree}
    found = []
    for i in imports(tree):
        mine, theirs = module_name(i.path), i.target
        height = rank(theirs, ranks, default)
        concerns = mine.split(".")[0] == theirs.split(".")[0] or height == max(ranks.values())
        if theirs in ours and concerns and height > rank(mine, ranks, default):
            found.append(f"{i.path}:{i.line}: {mine} must not import {theirs}, which stands above it")
    return found


def cycles(tree: Tree) -> list[str]:
    """Every import that is part of a circle of modules."""
    edges = _edges(tree)
    reach = {module: _reachable(module, edges) for module in edges}
    return [
        f"{i.path}:{i.line}: {mine} imports {i.target}, which leads back to it"
        for i in imports(tree)
        if (mine := module_name(i.path)) != i.target and mine in reach.get(i.target, set())
    ]


def _edges(tree: Tree) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {module_name(path): set() for path in tree}
    for i in imports(tree):
        if i.target in edges and i.target != module_name(i.path):
            edges[module_name(i.path)].add(i.target)
    return edges


def _reachable(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for following in edges[waiting.pop()] - seen:
            seen.add(following)
            waiting.append(following)
    return seen


def wrong_importers(tree: Tree, importers: Mapping[str, Globs], ours: Container[str]) -> list[str]:
    """Imports of a foreign library where the table does not have it; a library it lacks is wrong anywhere."""
    return [
        f"{i.path}:{i.line}: {library} may be imported by {sorted(importers.get(library, ())) or 'nobody'}"
        for i in imports(tree)
        if (library := i.target.split(".")[0]) not in ours
        and library not in sys.stdlib_module_names
        and not is_under(i.path, importers.get(library, ()))
    ]


def wrong_calls(tree: Tree, names: str, allowed: Globs) -> list[str]:
    """Uses of dotted names that match the pattern `names`, outside the modules that may have them."""
    pattern = re.compile(names)
    return [
        f"{path}:{line}: {name}() belongs to {sorted(allowed)}"
        for path, source in tree.items()
        for line, name in _called(path, source)
        if pattern.fullmatch(name) and not is_under(path, allowed)
    ]


@lru_cache(maxsize=2048)
def _called(path: str, source: str) -> tuple[tuple[int, str], ...]:
    """(line, dotted name) of every call in a file."""
    calls = (node for node in _walked(path, source, (ast.Call,)) if isinstance(node, ast.Call))
    return tuple((call.lineno, name) for call in calls if (name := dotted(call.func)))


def environment_readers(tree: Tree, allowed: Globs) -> list[str]:
    """os.environ, os.getenv and their imports, outside the modules that read configuration."""
    found = []
    for path, node in _nodes(tree, ast.Attribute, ast.ImportFrom):
        if isinstance(node, ast.Attribute):
            names = [dotted(node)]
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            names = [f"os.{alias.name}" for alias in node.names]
        else:
            continue
        if {"os.environ", "os.getenv", "os.environb"} & set(names) and not is_under(path, allowed):
            found.append(f"{path}:{node.lineno}: the environment is read by {sorted(allowed)} only")
    return found


def imports_of_ours(tree: Tree, folder: str) -> list[str]:
    """Imports in `folder` of anything of ours outside it."""
    inside = folder.replace("/", ".")
    ours = {path.split("/")[0] for path in tree}
    return [
        f"{i.path}:{i.line}: {folder} stands alone, it must not import {i.target}"
        for i in imports(tree)
        if i.path.startswith(f"{folder}/")
        and i.target.split(".")[0] in ours
        and i.target != inside
        and not i.target.startswith(f"{inside}.")
    ]


def named_identifiers(tree: Tree, words: str, allowed: Globs) -> list[str]:
    """Identifiers and string constants (docstrings apart) in which the pattern `words` occurs."""
    pattern = re.compile(words)
    return [
        f"{path}:{line}: {word.group()} is a word of the relay's alone"
        for path, source in tree.items()
        if not is_under(path, allowed)
        for line, text in _texts(path, source)
        if (word := pattern.search(text))
    ]


@lru_cache(maxsize=2048)
def _texts(path: str, source: str) -> tuple[tuple[int, str], ...]:
    return tuple(_each_text(_parsed(path, source)))


def _each_text(module: ast.Module) -> Iterator[tuple[int, str]]:
    docs = {id(doc) for node in ast.walk(module) if (doc := _docstring(node))}
    for node in ast.walk(module):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in docs:
            yield line, node.value if isinstance(node.value, str) else node.value.decode("latin-1")
        yield from ((line, name) for name in _identifiers(node))


def _identifiers(node: ast.AST) -> list[str]:
    values = [getattr(node, field, None) for field in ("id", "attr", "arg", "name", "asname")]
    return [value for value in values if isinstance(value, str)]


def _docstring(node: ast.AST) -> ast.AST | None:
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return first.value
    return None
