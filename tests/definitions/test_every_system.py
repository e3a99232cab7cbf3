"""What the project asks of the system it runs on is what Windows has as well."""

import ast
from collections.abc import Iterator
from pathlib import Path

from orchestration.settings import PROJECT

POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios"}
POSIX_CALLS = {
    f"os.{name}"
    for name in (
        "chown", "chroot", "fork", "geteuid", "getgid", "getpgid", "getuid", "kill", "killpg",
        "mkfifo", "nice", "setsid", "setuid", "sysconf", "uname", "wait",
    )
}  # fmt: skip
TEXT_CALLS = {"read_text": 0, "write_text": 1, "open": 2}


def asked_of_posix(tree: ast.AST) -> Iterator[str]:
    """Modules and calls that Python has on POSIX alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in POSIX_MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in POSIX_MODULES:
            yield node.module
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in POSIX_CALLS:
            yield ast.unparse(node)


def text_without_encoding(tree: ast.AST) -> Iterator[str]:
    """Files of text that would be read in the machine's own encoding, on Windows not UTF-8."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        called = node.func.attr
        if called not in TEXT_CALLS:
            continue
        first = node.args[0] if node.args else ast.Constant("r")
        # A member of an archive is opened by what it is, and holds bytes.
        if called == "open" and not (isinstance(first, ast.Constant) and "b" not in first.value):
            continue
        named = {keyword.arg for keyword in node.keywords}
        if "encoding" not in named and len(node.args) <= TEXT_CALLS[called]:
            yield f"{called} on line {node.lineno}"


def sources() -> list[Path]:
    """All but what starts a Spark cluster: Spark's own scripts are for POSIX."""
    room = PROJECT / "orchestration"
    return sorted(path for path in room.rglob("*.py") if path.parent.name != "spark")


def test_nothing_is_asked_that_only_posix_has():
    found = {
        path.name: list(asked_of_posix(ast.parse(path.read_text("utf-8")))) for path in sources()
    }

    assert {name: asked for name, asked in found.items() if asked} == {}
    assert list(asked_of_posix(ast.parse("import fcntl\nos.fork()"))) == ["fcntl", "os.fork"]


def test_every_file_of_text_says_its_encoding():
    found = {
        path.name: list(text_without_encoding(ast.parse(path.read_text("utf-8"))))
        for path in sources()
    }

    assert {name: asked for name, asked in found.items() if asked} == {}
    wrong = "file.read_text()\nfile.write_text(words)\nPath(name).open('w')\nfile.open()"
    assert len(list(text_without_encoding(ast.parse(wrong)))) == 4
    right = "file.read_text('utf-8')\nfile.open('rb')\nfile.open('w', encoding='utf-8')"
    assert list(text_without_encoding(ast.parse(right))) == []
