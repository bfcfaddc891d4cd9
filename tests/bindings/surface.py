"""Every exported function, method, record, enum and field, as the generated Python says it: surface.py BINDINGS_FOLDER [--write].

Compared with surface.txt: what appears or goes shows in a review, and a shell never loses a name by accident. Then the generated Swift: a
panic in a function that cannot throw ends the app, so only those below, which add or copy a little, are such.
"""

import ast
import os
import re
import sys

CANNOT_THROW = ["cancel", "changed", "feed", "hasCipher", "info", "libraryVersion", "phrases", "placeQuality", "toGcj02", "waitAdvice"]


def signature(function):
    given = function.args.args + function.args.kwonlyargs
    names = [argument.arg for argument in given if argument.arg not in ("self", "cls")]
    return f"{function.name}({', '.join(names)})"


def members(node):
    for item in node.body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if item.name == "__init__" or not item.name.startswith("_"):
                kind = "async " if isinstance(item, ast.AsyncFunctionDef) else ""
                yield kind + signature(item)
        elif isinstance(item, ast.ClassDef) and not item.name.startswith("_"):
            yield from (f"{item.name}.{inner}" for inner in members(item))
            yield item.name
        elif isinstance(item, ast.Assign):
            for target in item.targets:
                if isinstance(target, ast.Name) and not target.id.startswith("_"):
                    yield target.id


def surface(path):
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    exported = next(
        {element.value for element in node.value.elts}
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
    )
    lines = set()
    for node in tree.body:
        name = getattr(node, "name", "")
        # A class has a protocol of the same methods beside it.
        if name not in exported or name.endswith("Protocol"):
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines.add(signature(node))
        elif isinstance(node, ast.ClassDef):
            lines.update(f"{name}.{member}" for member in members(node))
            lines.add(name)
    return sorted(lines)


def cannot_throw(path):
    """The generated functions of Swift that call the library and cannot throw."""
    with open(path, encoding="utf-8") as file:
        found = re.findall(r"^(?:open|public) func (\w+)\(([^{]*)\{\s*(?:return\s+)?try!", file.read(), re.MULTILINE)
    return sorted({name for name, rest in found if "throws" not in rest})


def main():
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "surface.txt")
    now = surface(os.path.join(sys.argv[1], "python", "xunge_bindings.py"))
    if "--write" in sys.argv:
        with open(here, "w", encoding="utf-8") as file:
            file.write("\n".join(now) + "\n")
        return
    with open(here, encoding="utf-8") as file:
        before = file.read().splitlines()
    for line in sorted(set(before) ^ set(now)):
        print(f"{'gone' if line in before else 'new'}: {line}")
    fatal = cannot_throw(os.path.join(sys.argv[1], "swift", "XungeCore.swift"))
    for name in sorted(set(fatal) ^ set(CANNOT_THROW)):
        print(f"{'new' if name in fatal else 'gone'} among what cannot throw in Swift: {name}")
    holds = [before == now, fatal == CANNOT_THROW]
    print(f"surface: {len(now)} names, {sum(holds)} passed, {len(holds) - sum(holds)} failed")
    sys.exit(0 if all(holds) else 1)


main()
