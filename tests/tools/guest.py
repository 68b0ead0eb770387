# SPDX-License-Identifier: GPL-2.0-or-later
"""What the comparisons with facts.json share."""


def escape(raw):
    """A path as every text view prints it: the rule of escape.h, written a second time."""
    text = ""
    for char in raw.decode("utf-8", "surrogateescape"):
        code = ord(char)
        if char in "\n\t":
            text += {"\n": "\\n", "\t": "\\t"}[char]
        elif 0xDC80 <= code <= 0xDCFF:
            text += f"\\x{code - 0xDC00:02x}"
        elif code < 0x20 or 0x7F <= code < 0xA0:
            text += "".join(f"\\x{byte:02x}" for byte in char.encode())
        else:
            text += char
    return text
