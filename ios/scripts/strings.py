#!/usr/bin/env python3
"""Takes the words of the screens over from the master (android/.../strings.xml, Chinese and English).

Writes Xunge/Localizable.xcstrings with the same keys and texts, placeholders as this platform writes them. `strings.py --check` writes nothing
and fails where that is not what it would write. `strings.py --keys` writes XungeKit/Words/Key.swift, so that a wrong key does not compile;
like the bindings it is made wherever the package is built (generate.sh) and never committed.
"""

import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

IOS = pathlib.Path(__file__).resolve().parent.parent
MASTER = IOS.parent / "android" / "src" / "main" / "res"
LANGUAGES = {"zh-Hans": "values", "en": "values-en"}
KEYWORDS = {"default", "in", "is", "as", "self", "return", "case", "where", "do", "for", "if", "else"}


def texts(folder):
    """The strings of one language, by key. Android's escapes (\\' \\" \\n \\@) are undone."""
    found = {}
    for element in xml.parse(MASTER / folder / "strings.xml").getroot():
        if element.tag != "string":
            raise SystemExit(f"{element.tag} {element.get('name')}: only <string> can be taken over")
        text = "".join(element.itertext())
        text = text.replace("\\n", "\n")
        found[element.get("name")] = re.sub(r"\\(.)", r"\1", text)
    return found


def placeholders(text):
    """Android's %1$s and %1$d as Foundation's %1$@ and %1$lld."""
    return re.sub(r"%(\d+)\$([sd])", lambda m: f"%{m[1]}${'@' if m[2] == 's' else 'lld'}", text)


def catalogue(tables):
    strings = {}
    for key in sorted(tables["zh-Hans"]):
        units = {}
        for language in sorted(tables):
            value = placeholders(tables[language][key])
            units[language] = {"stringUnit": {"state": "translated", "value": value}}
        strings[key] = {"extractionState": "manual", "localizations": units}
    whole = {"sourceLanguage": "zh-Hans", "strings": strings, "version": "1.0"}
    return json.dumps(whole, ensure_ascii=False, indent=1, separators=(",", " : ")) + "\n"


def swift_name(key):
    first, *rest = key.split("_")
    name = first + "".join(part.capitalize() for part in rest)
    return f"`{name}`" if name in KEYWORDS else name


def keys(table):
    lines = [
        "// Written by scripts/strings.py from the master of all words on screen; never edited by hand, never committed.",
        "",
        "/// The name of a text on screen. Both phones have the same.",
        "public enum Key: String, CaseIterable, Sendable {",
    ]
    line = ""
    for key in sorted(table):
        case = f'{swift_name(key)} = "{key}"'
        if line and len(line) + len(case) + 2 > 108:
            lines.append(line)
            line = ""
        line = f"{line}, {case}" if line else f"    case {case}"
    lines += [line, "}"]
    return "\n".join(lines) + "\n"


def main():
    tables = {language: texts(folder) for language, folder in LANGUAGES.items()}
    zh, en = (set(table) for table in tables.values())
    if zh != en:
        raise SystemExit(f"keys in one language only: {sorted(zh ^ en)}")
    if "--keys" in sys.argv:
        path, text = IOS / "XungeKit" / "Words" / "Key.swift", keys(tables["zh-Hans"])
    else:
        path, text = IOS / "Xunge" / "Localizable.xcstrings", catalogue(tables)
    # A file that stays the same keeps its time, so that nothing compiles twice.
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    if "--check" in sys.argv:
        raise SystemExit(f"{path.name} is not what the master says: run ios/scripts/strings.py")
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(zh)} texts in {len(tables)} languages")


main()
