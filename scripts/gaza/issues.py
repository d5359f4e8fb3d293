"""issues.csv: what an agreement on a pause had to settle, and the range that figures in hand were named in."""

from __future__ import annotations

from typing import Any

from gaza.citations import position

COLUMNS = [
    "id", "label", "label_ar", "kind", "unit", "low", "high", "step", "options", "options_ar", "higher", "default",
    "owed", "reads", "basis", "source", "note", "default_basis", "default_source", "default_note",
]  # fmt: skip

_NONE = "nothing was agreed on it by 3 November"


def issues() -> list[dict[str, Any]]:
    """Rows of issues.csv; ranges are assumed and hold every figure that was named in November 2023."""
    return [_row(*entry) for entry in (*_NUMBERS, *_CHOICES)]


def _row(name: str, label: str, arabic: str, source: str, note: str, more: dict[str, Any]) -> dict[str, Any]:
    row = {"id": name, "label": label, "label_ar": arabic, "basis": "assumed", "source": source, "note": note} | more
    if "default" in row and "default_note" not in row:
        row |= {"default_basis": "assumed", "default_note": _NONE}
    return row


def _number(unit: str, high: float, step: float, higher: str, default: float | None = 0, **more: Any) -> dict[str, Any]:
    return {"kind": "number", "unit": unit, "low": 0, "high": high, "step": step, "higher": higher} | (
        {} if default is None else {"default": default}
    ) | more  # fmt: skip


_NUMBERS: tuple[tuple[str, str, str, str, str, dict[str, Any]], ...] = (
    (
        "window", "Length of a pause in a zone", "مدة الهدنة في المنطقة",
        f"{position('P28')};{position('P34')}",
        "From none to the whole day: about an hour was spoken of on 6 November, four and seven hours on 11 November",
        _number("hours/day", 24, 4, "longer pauses", reads="window_hours"),
    ),
    (
        "days", "Days with pauses", "عدد أيام الهدنة",
        f"{position('P15')};{position('P84')}",
        "From none to the seven days that the scenario looks at: more than three were asked for on 9 November, five "
        "offered on 13 November",
        _number("days", 7, 1, "more days", reads="days"),
    ),
    (
        "zones", "Zones that are paused", "عدد المناطق المشمولة",
        f"{position('P71')};{position('P82')}",
        "From none to all 25: one area at a time was spoken of on 2 November, parts of the north on 9 November",
        _number("zones", 25, 5, "a larger area", reads="zones"),
    ),
    (
        "corridors", "Roads for leaving southward", "ممرات الخروج جنوباً",
        f"{position('P34')};{position('P82')}",
        "Two roads cross Wadi Gaza; a second one was named on 9 November",
        _number("roads", 2, 1, "more roads"),
    ),
    (
        "trucks", "Trucks of aid", "شاحنات المساعدات",
        f"{position('P69')};{position('P83')}",
        "Up to 100 a day was named on 30 October, 150 on 9 November, twice that is taken as the end of the range",
        _number("trucks/day", 300, 50, "more aid", 30, reads="trucks_per_day", default_basis="assumed",
                default_note="422 trucks came from 21 October to 3 November, about 30 a day; no number was agreed"),
    ),
    (
        "fuel", "Fuel", "الوقود",
        f"{position('P26')};{position('P64')}",
        "None was allowed on 3 November; 160,000 litres were named as the need of a day on 15 November",
        _number("litres/day", 200_000, 20_000, "more fuel"),
    ),
    (
        "crossings", "Crossings open for goods", "المعابر المفتوحة للبضائع",
        f"{position('P13')};{position('P65')}",
        "Rafah, Kerem Shalom and Erez; Kerem Shalom was asked for on 15 November",
        _number("crossings", 3, 1, "more crossings", 1, default_basis="observed", default_source="ocha-28",
                default_note="Rafah; Kerem Shalom and Erez were closed"),
    ),
    (
        "captives", "Captives released in the first phase", "المحتجزون المفرج عنهم في المرحلة الأولى",
        f"{position('P15')};{position('P36')}",
        "239 were said to be held on 16 November; up to 70 were offered on 13 November",
        _number("people", 240, 10, "more captives released"),
    ),
    (
        "ratio", "Prisoners released for each captive", "عدد الأسرى المفرج عنهم مقابل كل محتجز",
        f"{position('P12')};{position('P13')}",
        "An exchange was asked for on 1 November, without a ratio; ten is taken as the end of the range",
        _number("prisoners per captive", 10, 1, "more prisoners released"),
    ),
    (
        "extension", "Further captives for a day more", "عدد المحتجزين مقابل كل يوم إضافي",
        position("P43"),
        "An extension by days for further captives is in the decision of 22 November; twenty is taken as the end",
        _number("captives per day", 20, 5, "a dearer extension", None),
    ),
    (
        "flights", "Hours without surveillance flights", "ساعات بلا طيران استطلاع",
        "agreement-air_halt_drones;agreement-air_halt_north",
        "Six hours, and the whole day in the south, are in the terms reported on 22 and 26 November",
        _number("hours/day", 24, 6, "more hours without flights"),
    ),
    (
        "notice", "Notice before a pause", "الإشعار قبل الهدنة",
        position("P82"),
        "Three hours ahead was announced on 9 November; a day is taken as the end of the range",
        _number("hours", 24, 3, "longer notice", None),
    ),
)  # fmt: skip

_CHOICES: tuple[tuple[str, str, str, str, str, dict[str, Any]], ...] = (
    (
        "south", "Strikes in the area people were sent to", "الضربات في المنطقة التي وُجّه إليها السكان",
        position("P89"),
        "Refuges by name, and limits on where fighting goes, were asked for on 19 November",
        {"kind": "choice", "default": "none", "owed": "true",
         "options": "none = No limit; refuges = None on refuges named beforehand; halt = None during the pause",
         "options_ar": "none = بلا قيود; refuges = لا ضربات على ملاجئ مسمّاة مسبقاً; halt = لا ضربات خلال الهدنة"},
    ),
    (
        "monitoring", "Monitoring", "المراقبة",
        f"{position('P21')};{position('P63')}",
        "Terms that let the ICRC act, and time and place agreed with the United Nations, were asked for in November",
        {"kind": "choice", "default": "none",
         "options": "none = Nobody; mediators = A control room of the mediators; observers = Observers on the ground",
         "options_ar": "none = لا أحد; mediators = غرفة عمليات للوسطاء; observers = مراقبون على الأرض"},
    ),
    (
        "return", "Return to the north during the pause", "العودة إلى الشمال خلال الهدنة",
        f"{position('P19')};{position('P45')}",
        "Asked of people by one party and barred by the other on 24 November",
        {"kind": "yes_no", "default": "no", "owed": "true", "options": "yes = Allowed; no = Not allowed",
         "options_ar": "yes = مسموحة; no = غير مسموحة"},
    ),
    (
        "displacement", "Written word that nobody is displaced for good", "تعهد مكتوب بعدم التهجير الدائم",
        f"{position('P47')};{position('P78')}",
        "Rejected by Jordan on 4 November and by the United States on 5 November; in no terms that were reported",
        {"kind": "yes_no", "default": "no", "owed": "true", "options": "yes = Given; no = Not given",
         "options_ar": "yes = يُعطى; no = لا يُعطى"},
    ),
    (
        "after", "What follows the pause", "ما يلي الهدنة",
        f"{position('P25')};{position('P12')}",
        "From fighting that goes on to an end of it; talks during the pause lie between the two",
        {"kind": "choice", "default": "resumes",
         "options": "resumes = Fighting may go on; talks = Talks on an end of it; ceasefire = A lasting ceasefire",
         "options_ar": "resumes = قد يستمر القتال; talks = محادثات لإنهائه; ceasefire = وقف دائم لإطلاق النار"},
    ),
    (
        "pause", "A humanitarian pause at all", "هدنة إنسانية من حيث المبدأ",
        f"{position('P59')};{position('P70')}",
        "What statements on a truce or ceasefire as such are about; every other issue presupposes a yes",
        {"kind": "yes_no", "default": "no"},
    ),
)  # fmt: skip
