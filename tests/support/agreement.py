"""Issues and parties for the example strip, as files beside its scenario."""

from __future__ import annotations

from pathlib import Path

import yaml

ISSUES = """\
id,label,label_ar,kind,unit,low,high,step,options,options_ar,reads,default,basis,source,note
zone_hours,Pause in all,مجموع ساعات الهدنة,number,zone-hours,0,120,10,,,zone_hours,,assumed,example,x
trucks,Trucks of aid,شاحنات المساعدات,number,trucks/day,0,200,50,,,,0,assumed,example,x
monitoring,Monitoring,الرصد,choice,,,,,nobody = Nobody; un = UN,nobody = لا أحد; un = الأمم المتحدة,,,assumed,example,x
extension,Extension by agreement,التمديد بالاتفاق,yes_no,,,,,,,,,assumed,example,x
"""

PREFERENCES = """\
party,issue,weight,weight_low,weight_high,worth,most,never,basis,source,note
party_a,zone_hours,2,1,3,0 = 1; 60 = 0.6; 120 = 0,,,assumed,example,x
party_a,trucks,1,,,0 = 1; 200 = 0.2,150,,assumed,example,x
party_a,monitoring,1,0.5,2,nobody = 1; un = 0,,,assumed,example,x
party_b,zone_hours,1,,,0 = 0; 40 = 0.8; 120 = 1,,,assumed,example,x
party_b,trucks,2,1,3,0 = 0; 200 = 1,,,assumed,example,x
party_b,monitoring,1,,,nobody = 0; un = 0.6..1,,,assumed,example,x
party_b,extension,0.5,,,yes = 1; no = 0,,,assumed,example,x
"""

INFLUENCES = """\
from,to,kind,strength,strength_low,strength_high,basis,source,note
ally,party_a,ally,0.5,0.2,0.8,assumed,example,x
"""

PARTIES = [
    {"id": "party_a", "name": "Party A", "name_ar": "الطرف أ", "consents_to": ["north", "mill", "bridge"],
     "reservation": 0.45, "reservation_low": 0.35, "reservation_high": 0.6},
    {"id": "party_b", "name": "Party B", "name_ar": "الطرف ب", "reservation_low": 0.2, "reservation_high": 0.6},
    {"id": "ally", "name": "An ally of A", "kind": "influences", "reservation": 0.1},
]  # fmt: skip


def add_agreement(folder: Path, *, reservation: float | None = None) -> None:
    """Write what is to be agreed into a scenario's folder."""
    for name, text in (("issues", ISSUES), ("preferences", PREFERENCES), ("influences", INFLUENCES)):
        (folder / f"{name}.csv").write_text(text, "utf-8")
    for other in ("statements", "concessions"):  # about the issues of the example
        (folder / f"{other}.csv").unlink(missing_ok=True)
    parties = [dict(party, basis="assumed", source="example", note="made up") for party in PARTIES]
    if reservation is not None:
        parties[0].update(reservation=reservation, reservation_low=reservation, reservation_high=reservation)
    (folder / "parties.yaml").write_text(yaml.safe_dump(parties, allow_unicode=True, sort_keys=False), "utf-8")
