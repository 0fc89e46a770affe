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
    note: str = ""


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
    "X-04": "'Six to 669 days' does not say which days. Ours are working days, as the limit of five is; "
    "six calendar days are nearly always in time, and 669 working days reach back about 2.6 years.",
}
