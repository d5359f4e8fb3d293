"""Names and choices that a person made: ids of zones, names in Latin script, which sites are kept."""

from __future__ import annotations

#: Name in OpenStreetMap to id, spelling shown, and side of Wadi Gaza.
ZONES = {
    "Beit Hanoun": ("beit-hanoun", "Beit Hanoun", "north"),
    "Beit Lahiya": ("beit-lahiya", "Beit Lahiya", "north"),
    "Um a-Nasser": ("um-a-nasser", "Um a-Nasser", "north"),
    "Jabalia": ("jabalia", "Jabalia", "north"),
    "Gaza": ("gaza", "Gaza", "north"),
    "Az-Zahra": ("az-zahra", "Az-Zahra", "north"),
    "al-Mughraqa": ("al-mughraqa", "Al-Mughraqa", "north"),
    "Juhor a-Dik": ("juhor-a-dik", "Juhor a-Dik", "north"),
    "Nuseirat": ("nuseirat", "Nuseirat", "south"),
    "Bureij": ("bureij", "Bureij", "south"),
    "al-Maghazi": ("al-maghazi", "Al-Maghazi", "south"),
    "a-Zawayda": ("az-zawayda", "Az-Zawayda", "south"),
    "al-Musaddar": ("al-musaddar", "Al-Musaddar", "south"),
    "Deir el-Balah": ("deir-al-balah", "Deir al-Balah", "south"),
    "Wadi a-Salqa": ("wadi-a-salqa", "Wadi a-Salqa", "south"),
    "al-Qarara": ("al-qarara", "Al-Qarara", "south"),
    "Khan Yunis": ("khan-yunis", "Khan Yunis", "south"),
    "Bani Suheila": ("bani-suheila", "Bani Suheila", "south"),
    "'Abasan al-Saghira": ("abasan-al-saghira", "Abasan al-Saghira", "south"),
    "Abasan al-Kabira": ("abasan-al-kabira", "Abasan al-Kabira", "south"),
    "Khuza'a": ("khuzaa", "Khuza'a", "south"),
    "Al-Fukhari": ("al-fukhari", "Al-Fukhari", "south"),
    "Al-Nasr": ("al-nasr", "Al-Nasr", "south"),
    "Shokat aa-Sufi": ("shokat-as-sufi", "Shokat as-Sufi", "south"),
    "Rafah": ("rafah", "Rafah", "south"),
}

#: Spelling of a populated place where it differs from the municipality's.
PLACE_OF_ZONE = {
    "az-zawayda": "Az-Zawayda",
    "deir-al-balah": "Deir el-Balah",
    "abasan-al-saghira": "Abasan al-Saghira",
    "shokat-as-sufi": "Shokat a-Sufi",
}

ROADS = {
    "صلاح الدين": "Salah al-Din",
    "الرشيد": "Al-Rashid",
    "العروبة": "Al-Uruba",
    "القدس": "Al-Quds",
    "المطاحن": "Al-Matahin",
    "جمال عبد الناصر": "Jamal Abd al-Nasser",
    "شارع جمال عبد الناصر": "Jamal Abd al-Nasser",
    "شارع أحمد ياسين": "Ahmad Yasin",
    "شارع البحر": "Al-Bahr",
    "شارع البرازيل": "Al-Brazil",
    "شارع الحكر": "Al-Hakar",
    "شارع الشهداء": "Al-Shuhada",
    "شارع القادسية": "Al-Qadisiya",
    "شارع المسلخ": "Al-Maslakh",
    "شارع اليرموك": "Al-Yarmouk",
    "شارع صلاح خلف": "Salah Khalaf",
}

#: OpenStreetMap node to name: mapped as hospital, or named so. Left out: a bakery and an unnamed node mapped as
#: hospital, a node whose name is a row of one letter, doctors' own practices (named after a person), and a second
#: node of the Turkish-Palestinian Friendship hospital and of Al-Shifa.
HOSPITALS = {
    "11806695605": "Al-Shifa hospital",
    "4639297591": "Public Service hospital (heart unit)",
    "4722959289": "El Wafa elderly care centre",
    "4711969419": "Turkish-Palestinian Friendship hospital",
    "4486068989": "Artificial Limbs hospital",
    "4679361798": "Al-Yaman al-Said hospital",
    "4729217994": "El Wafa rehabilitation and surgery hospital",
    "5444759933": "Al-Hayat heart hospital",
    "6324029589": "Al-Hilo International hospital",
    "5591150621": "Mahdi maternity hospital",
}

#: OpenStreetMap node to name: clinics and health centres of an institution. Left out: laboratories, opticians,
#: practices named after a person, and nodes without a name of their own.
SITES = {
    "505119662": "Al-Awda health centre",
    "504255998": "Al-Salam health centre",
    "504272104": "Al-Sabra health centre",
    "504295248": "Al-Salah clinic centre",
    "6805031185": "Abasan al-Saghira clinic",
    "9233582224": "Al-Tawba charity clinic",
    "5837946995": "Al-Zahra clinic",
    "4232047990": "Al-Hayat clinic",
    "7760605985": "Hala al-Shawa clinic",
    "4486069193": "Shuhada al-Atatra clinic",
    "5837946993": "Bureij clinic 2",
    "9898893817": "Bureij old central clinic",
    "5837946589": "Deir al-Balah health centre",
    "5837946991": "Hikr al-Jami clinic",
    "9894896017": "Al-Baraka health centre",
    "6032004390": "Haifa medical centre",
    "6869432687": "Caritas Gaza medical centre",
    "4803313924": "Union of Health Care Committees",
    "504273383": "Al-Salamah clinic",
    "4803317123": "Ard al-Insan, Gaza",
    "6807539296": "Al-Falah clinic",
    "9288520345": "St John eye clinic",
    "6753448885": "Palestinian Medical Relief clinic",
    "8110400517": "Al-Sabra health centre (south)",
    "4579709589": "Union of Health Work Committees",
    "9568139417": "Council of Churches family care centre",
    "6611727509": "Al-Radwan medical centre",
    "8568684017": "Sheikh Radwan health centre (UNRWA)",
    "8525018717": "Asqalan medical centre",
    "4895010522": "Istanbul medical centre",
    "4679384492": "UNRWA clinic, Jabalia camp",
    "4679384193": "Al-Fakhura health centre (UNRWA)",
    "4456596590": "UNRWA clinic, Jabalia",
    "4724730889": "Al-Safa clinic",
    "11299618641": "Ma'an medical centre (Red Crescent)",
    "4550544990": "Khan Yunis health centre",
    "5668706622": "Ard al-Insan, Khan Yunis",
    "5837946996": "West Nuseirat clinic",
    "6807543793": "Al-Khawalda clinic",
    "7783253585": "Az-Zawayda clinic",
    "4417268391": "Al-Salah society clinic",
    "5837946992": "Al-Musaddar clinic",
    "6805099485": "Al-Zanna clinic",
}
