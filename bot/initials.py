"""Pinyin initials of a scheme's names; run in a process of its own, since pypinyin takes 58 MB."""

from __future__ import annotations

import subprocess
import sys

import msgspec

from rules.schemes import Scheme


def initials_of(scheme: Scheme) -> dict[str, list[str]]:
    """Criterion → the initials of its name and short names (志愿服务 → zyfw)."""
    names = {each.code: [each.name, *each.aliases] for each in scheme.criteria.values()}
    ran = subprocess.run(
        [sys.executable, "-m", "bot.initials"],
        input=msgspec.json.encode(names),
        capture_output=True,
        check=True,
    )
    return msgspec.json.decode(ran.stdout, type=dict[str, list[str]])


def main() -> None:
    """Reads names from standard input and writes their initials."""
    from pypinyin import Style, lazy_pinyin

    names = msgspec.json.decode(sys.stdin.buffer.read(), type=dict[str, list[str]])
    found = {
        code: sorted(
            {
                "".join(part[0] for part in lazy_pinyin(name, style=Style.FIRST_LETTER) if part).casefold()
                for name in some
            }
        )
        for code, some in names.items()
    }
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
