"""What the report of 2015 printed (domain 1.9, 3.1, 3.4), and where its own arithmetic fails (1.10)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

SINCE: Final = date(2012, 1, 1)
"""The first guidance; what the report counts "since January 2012" begins here."""

FIRST: Final = date(2013, 6, 1)
LAST: Final = date(2015, 1, 31)
"""The report's period, by day of receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A printed figure and the whole number behind it. `field` of figure `source` is what it is compared with."""

    id: str
    label: str
    printed: str
    number: int
    source: str
    field: str
    since_2012: bool = False
    of: int | None = None
    at_least: bool = False
    """Printed as "over": `number` is the smallest that it can be."""
    note: str = ""


REST: Final = "rest"
"""Not a field of an answer: what is left of ST-20 without the reviews received."""

REMAINDER: Final = {
    "not_yet_due": "not yet due",
    "overdue": "overdue",
    "held_for_sog": "held for the group",
    "closed_mappa_scr": "closed by its decision",
    "not_required": "not required",
}
"""What the remainder is made of, and how that is called in a line."""

UNPRINTED: Final = {
    "ST-07b": "the same, from awareness",
    "ST-24b": "the same, overdue ones counted",
    "ST-38": "Feedback answered in two weeks",
}
"""Figures that the report does not print, by id."""

FIGURES: Final = (
    Figure(id="ST-01", label="Notifications", printed="111", number=111, source="ST-01", field="value", note="X-01"),
    Figure(
        id="ST-02",
        label="Notifications since January 2012",
        printed="162",
        number=162,
        source="ST-01",
        field="value",
        since_2012=True,
    ),
    Figure(
        id="ST-03", label="Councils since January 2012", printed="28", number=28, source="ST-04", field="value", since_2012=True
    ),
    Figure(id="ST-04", label="Councils notifying, of 32", printed="24", number=24, source="ST-04", field="value"),
    Figure(
        id="ST-07", label="Notified in five working days", printed="36%", number=40, of=111, source="ST-07", field="numerator"
    ),
    Figure(id="ST-08", label="Late: notifications", printed="71", number=71, source="ST-08", field="count"),
    Figure(id="ST-08", label="Late: fewest days", printed="6", number=6, source="ST-08", field="min", note="X-04"),
    Figure(id="ST-08", label="Late: most days", printed="669", number=669, source="ST-08", field="max", note="X-04"),
    Figure(id="ST-09", label="Late: median of days", printed="11", number=11, source="ST-08", field="median", note="X-04"),
    Figure(id="ST-10", label="Late: mean of days", printed="61", number=61, source="ST-08", field="mean", note="X-04"),
    Figure(
        id="ST-12",
        label="Signed off by service manager or above",
        printed="71%",
        number=79,
        of=111,
        source="ST-12",
        field="numerator",
    ),
    Figure(
        id="ST-13",
        label="Government informed in two working days",
        printed="97%",
        number=108,
        of=111,
        source="ST-13",
        field="numerator",
    ),
    Figure(id="ST-20", label="Reviews received", printed="80", number=80, source="ST-20", field="value"),
    Figure(id="ST-21", label="The remainder, not yet due", printed="(31)", number=31, source="ST-20", field=REST, note="X-05"),
    Figure(
        id="ST-22",
        label="Initial analysis reviews",
        printed="75%",
        number=60,
        of=80,
        source="ST-22",
        field="numerator",
        note="X-17",
    ),
    Figure(id="ST-23", label="Comprehensive reviews", printed="25%", number=20, of=80, source="ST-23", field="numerator"),
    Figure(
        id="ST-24",
        label="Submitted within three months",
        printed="75%",
        number=60,
        of=80,
        source="ST-24",
        field="numerator",
        note="X-17",
    ),
    Figure(
        id="ST-25", label="Initial analysis review appropriate", printed="51", number=51, of=60, source="ST-25", field="numerator"
    ),
    Figure(id="ST-26", label="Comprehensive review necessary", printed="9", number=9, of=60, source="ST-26", field="numerator"),
    Figure(
        id="ST-27",
        label="Information requested on an initial analysis",
        printed="25",
        number=25,
        of=60,
        source="ST-27",
        field="numerator",
    ),
    Figure(
        id="ST-28",
        label="Comprehensive reviews of high quality",
        printed="over 50%",
        number=11,
        of=20,
        source="ST-28",
        field="numerator",
        at_least=True,
    ),
    Figure(
        id="ST-29",
        label="Signed off by head of CJSW or CSWO",
        printed="92.5%",
        number=74,
        of=80,
        source="ST-29",
        field="numerator",
    ),
    Figure(id="ST-30", label="Risk assessment completed", printed="72.5%", number=58, of=80, source="ST-30", field="numerator"),
    Figure(
        id="ST-31",
        label="Risk assessment up to date",
        printed="54% of these",
        number=43,
        of=80,
        source="ST-31",
        field="numerator",
        note="X-03",
    ),
    Figure(
        id="ST-32", label="Risk management plan referred to", printed="61%", number=49, of=80, source="ST-32", field="numerator"
    ),
    Figure(id="ST-33", label="No reference to a plan", printed="39%", number=31, of=80, source="ST-33", field="numerator"),
    Figure(
        id="ST-34",
        label="Plan informed by the assessment",
        printed="over half",
        number=25,
        of=49,
        source="ST-34",
        field="numerator",
        at_least=True,
    ),
    Figure(
        id="ST-35",
        label="Order or licence reviews referred to",
        printed="37.5%",
        number=30,
        of=80,
        source="ST-35",
        field="numerator",
    ),
    Figure(
        id="ST-37",
        label="Care Inspectorate responded within a month",
        printed="86%",
        number=69,
        of=80,
        source="ST-37",
        field="numerator",
    ),
)

TABLE_2: Final = {
    "Glasgow City Council": 18,
    "West Lothian Council": 12,
    "City of Edinburgh Council": 10,
    "North Ayrshire Council": 10,
    "North Lanarkshire Council": 9,
    "South Ayrshire Council": 8,
    "Scottish Borders Council": 5,
    "Renfrewshire Council": 5,
    "Stirling Council": 4,
    "Aberdeen City Council": 4,
    "Falkirk": 4,
    "Highland Council": 3,
    "Midlothian Council": 3,
    "East Ayrshire Council": 2,
    "Inverclyde Council": 2,
    "Dumfries & Galloway Council": 2,
    "Fife Council": 2,
    "East Lothian Council": 2,
    "Dundee City Council": 1,
    "Angus Council": 1,
    "East Renfrewshire Council": 1,
    "Aberdeenshire Council": 1,
    "Argyll and Bute Council": 1,
    "Clackmannanshire Council": 1,
    "Orkney Islands": 0,
    "Shetland Islands": 0,
    "Eileen Siar": 0,
    "South Lanarkshire": 0,
    "Moray": 0,
    "East Dunbartonshire": 0,
    "West Dunbartonshire": 0,
    "Perth & Kinross": 0,
}
"""Notifications by council, in the report's spelling and order."""

TABLE_3: Final = {
    "T01": (14, 13),
    "T02": (21, 19),
    "T03": (22, 19),
    "T04": (9, 8),
    "T05": (8, 7),
    "T06": (14, 13),
    "T07": (5, 5),
    "T08": (3, 3),
    "T09": (4, 4),
    "T10": (2, 2),
    "T11": (1, 1),
    "T12": (1, 1),
    "T13": (1, 1),
    "T14": (1, 1),
    "T15": (1, 1),
    "T16": (1, 1),
    "T17": (2, 2),
    "T18": (1, 1),
}
"""Type of incident: the number and the percentage that were printed."""

FOOTNOTES: Final = {
    "X-01": "The report calls 111 'an increase of 127%'. By its own 162 there were 51 before: +117.6%. "
    "The first report said 45: +146.7%. 127% would need 49, which nobody printed; and 17 months are compared with 20.",
    "X-02": "The printed percentages of Table 3 sum to 102, under a total of 100%. 22 of 111 is 20% (19.8), printed as 19%; "
    "rightly rounded they sum to 103.",
    "X-03": "'Completed in 72.5%, in 54% of these up to date': no whole number of 58 rounds to 54%. 43 of all 80 does (53.75%); "
    "of those completed it stands beside ST-31.",
    "X-04": "'Six to 669 days' does not say which days. Ours are working days, as the limit of five is; "
    "six calendar days are nearly always in time, and 669 working days reach back about 2.6 years.",
    "X-05": "'The remainder of reviews are not yet due' (31). Only what came in the last three months could be: ours says of "
    "each of the 31 whether it is not yet due, overdue, held for the Strategic Oversight Group, or closed by its decision.",
    "X-17": "75% appears twice: 60 of 80 reviews were initial analyses, and 60 of 80, not the same ones, were in time.",
}
