"""How people and their programs write a value, a table or a file in another form than the one that is asked for.

Each form is a function from what was there to what somebody writes in its place. A reader may read it as it was meant,
or say that it cannot: what it must not do is read it as something else and say nothing.
"""

from __future__ import annotations

from collections.abc import Callable

Form = Callable[[str], str]

ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
LATIN = {arabic: chr(latin) for latin, arabic in ARABIC.items()}
WIDE = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}


def _grouped(separator: str, decimal: str = ".") -> Form:
    def form(text: str) -> str:
        whole, point, rest = text.partition(".")
        groups = f"{int(whole):,}".replace(",", separator) if whole.isdigit() else whole
        return groups + (decimal + rest if point else "")

    return form


#: Of a number such as ``1234.5``.
NUMBERS: dict[str, Form] = {
    "thousands set off by commas": _grouped(","),
    "thousands set off by points": _grouped(".", ","),
    "thousands set off by spaces": _grouped(" "),
    "thousands set off by thin spaces": _grouped("\u202f"),
    "thousands set off by apostrophes": _grouped("'"),
    "a decimal comma": lambda text: text.replace(".", ",") if "." in text else f"{text},0",
    "three decimals": lambda text: f"{float(text):.3f}",
    "one decimal": lambda text: f"{float(text):.1f}",
    "a power of ten": lambda text: f"{float(text):.6e}",
    "Arabic digits": lambda text: text.translate(ARABIC),
    "full-width digits": lambda text: text.translate(WIDE),
    "a percentage": lambda text: f"{float(text) * 100:g}%",
    "a unit behind it": lambda text: f"{text} people",
    "about": lambda text: f"~{text}",
    "more than": lambda text: f">{text}",
    "a range": lambda text: f"{text}-{text}9",
    "a star for a footnote": lambda text: f"{text}*",
    "brackets around it": lambda text: f"({text})",
    "a plus before it": lambda text: f"+{text}",
    "a letter for the nought": lambda text: text.replace("0", "O") if "0" in text else f"{text}O",
    "a space behind it": lambda text: f"{text} ",
    "a space that does not break": lambda text: f"\u00a0{text}",
    "an apostrophe before it": lambda text: f"'{text}",
    "a dash": lambda _: "-",
    "not available": lambda _: "n/a",
    "words": lambda _: "some",
    "the error of a spreadsheet": lambda _: "#VALUE!",
}

#: Of true and false.
BOOLEANS: dict[str, Form] = {
    "yes and no": lambda text: "yes" if text == "true" else "no",
    "one and nought": lambda text: "1" if text == "true" else "0",
    "capital letters": str.upper,
    "one letter": lambda text: text[0],
    "a tick": lambda text: "x" if text == "true" else "-",
    "in French": lambda text: "oui" if text == "true" else "non",
    "in Arabic": lambda text: "نعم" if text == "true" else "لا",
    "as a spreadsheet in German": lambda text: "WAHR" if text == "true" else "FALSCH",
}

#: Of an id, a reference or a word among a few.
WORDS: dict[str, Form] = {
    "capital letters": str.upper,
    "a capital letter": str.capitalize,
    "a space behind it": lambda text: f"{text} ",
    "a space before it": lambda text: f" {text}",
    "a space that does not break": lambda text: f"{text}\u00a0",
    "a mark that nobody sees": lambda text: f"{text}\u200b",
    "a letter missing": lambda text: text[:-1] if len(text) > 1 else f"{text}{text}",
    "a letter too many": lambda text: f"{text}s",
    "hyphens for underscores": lambda text: text.replace("_", "-") if "_" in text else text.replace("-", "_"),
    "in quotation marks": lambda text: f"“{text}”",
    "a letter of another script": lambda text: text.replace("o", "о").replace("a", "а"),
    "full-width letters": lambda text: "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in text),
    "a word that is none": lambda _: "other",
    "two of them": lambda text: f"{text}, {text}",
    "with a slash": lambda text: f"{text}/other",
}

#: Of opening hours such as ``10:00-14:00``.
HOURS: dict[str, Form] = {
    "an en dash": lambda text: text.replace("-", "–"),
    "hours alone": lambda text: text.replace(":00", ""),
    "points": lambda text: text.replace(":", "."),
    "morning and afternoon": lambda text: text.replace(":00", " am"),
    "a comma between": lambda text: text.replace("-", ","),
    "turned round": lambda text: "-".join(reversed(text.split("-"))),
    "always": lambda _: "24/7",
    "in words": lambda _: "mornings",
    "Arabic digits": lambda text: text.translate(ARABIC),
}

#: Of a list of names with semicolons between them.
LISTS: dict[str, Form] = {
    "commas": lambda text: text.replace(";", ","),
    "bars": lambda text: text.replace(";", "|"),
    "spaces": lambda text: text.replace(";", " "),
    "and": lambda text: text.replace(";", " and "),
    "capital letters": str.upper,
    "a semicolon at the end": lambda text: f"{text};",
    "another name added": lambda text: f"{text};somewhere",
    "the first twice": lambda text: f"{text.partition(';')[0]};{text}",
}

#: Of a date and time with its offset.
MOMENTS: dict[str, Form] = {
    "without offset": lambda text: text[:16],
    "the date alone": lambda text: text[:10],
    "day first": lambda text: f"{text[8:10]}/{text[5:7]}/{text[:4]} {text[11:16]}",
    "points": lambda text: f"{text[8:10]}.{text[5:7]}.{text[:4]}",
    "a name of a zone": lambda text: f"{text[:16]} EET",
    "a day that there is not": lambda text: f"{text[:8]}32{text[10:]}",
    "two digits of the year": lambda text: text[2:],
}

#: Of the bytes of a text file.
FILES: dict[str, Callable[[bytes], bytes]] = {
    "UTF-16": lambda data: data.decode("utf-8").encode("utf-16"),
    "Windows-1256": lambda data: ("ملاحظة".join(data.decode("utf-8").rsplit("example", 1))).encode("cp1256", "replace"),
    "Windows-1252": lambda data: ("Überblick".join(data.decode("utf-8").rsplit("example", 1))).encode(
        "cp1252", "replace"
    ),
    "a byte-order mark": lambda data: b"\xef\xbb\xbf" + data,
    "lines that end as on Windows": lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "lines that end as on an old Mac": lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r"),
    "cut off": lambda data: data[: len(data) * 2 // 3],
    "twice behind itself": lambda data: data + data,
    "a zero byte": lambda data: data[:40] + b"\x00" + data[40:],
    "a packed file": lambda data: b"PK\x03\x04" + data,
}
