"""The 32 councils that may notify (R-06), in the order of the report's Table 2, and how a written name finds one of them."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Council:
    """A council: its GSS code, the names it goes by, the codes it had before (latest first), people in mid-2014, MAPPA area."""

    gss_code: str
    name: str
    report_spelling: str
    previous_codes: tuple[str, ...]
    population: int
    mappa_area: str


EDINBURGH: Final = "Edinburgh, Lothians and Borders"
FORTH_VALLEY: Final = "Forth Valley"
GRAMPIAN: Final = "Grampian"
HIGHLAND: Final = "Highland and Islands"
LANARKSHIRE: Final = "Lanarkshire"
NORTH_STRATHCLYDE: Final = "North Strathclyde"
SOUTH_WEST: Final = "South West Scotland"
TAYSIDE: Final = "Tayside"

COUNCILS: Final = (
    Council("S12000033", "Aberdeen City Council", "Aberdeen City Council", (), 228_990, GRAMPIAN),
    Council("S12000034", "Aberdeenshire Council", "Aberdeenshire Council", (), 260_500, GRAMPIAN),
    Council("S12000041", "Angus Council", "Angus Council", (), 116_660, TAYSIDE),
    Council("S12000035", "Argyll and Bute Council", "Argyll and Bute Council", (), 87_660, NORTH_STRATHCLYDE),
    Council("S12000005", "Clackmannanshire Council", "Clackmannanshire Council", (), 51_190, FORTH_VALLEY),
    Council("S12000006", "Dumfries and Galloway Council", "Dumfries & Galloway Council", (), 149_940, SOUTH_WEST),
    Council("S12000042", "Dundee City Council", "Dundee City Council", (), 148_260, TAYSIDE),
    Council("S12000008", "East Ayrshire Council", "East Ayrshire Council", (), 122_150, SOUTH_WEST),
    Council("S12000045", "East Dunbartonshire Council", "East Dunbartonshire", ("S12000009",), 106_730, NORTH_STRATHCLYDE),
    Council("S12000010", "East Lothian Council", "East Lothian Council", (), 102_050, EDINBURGH),
    Council("S12000011", "East Renfrewshire Council", "East Renfrewshire Council", (), 92_380, NORTH_STRATHCLYDE),
    Council("S12000036", "The City of Edinburgh Council", "City of Edinburgh Council", (), 492_680, EDINBURGH),
    Council("S12000013", "Comhairle nan Eilean Siar", "Eileen Siar", (), 27_250, HIGHLAND),
    Council("S12000014", "Falkirk Council", "Falkirk", (), 157_640, FORTH_VALLEY),
    Council("S12000047", "Fife Council", "Fife Council", ("S12000015",), 367_260, "Fife"),
    Council("S12000049", "Glasgow City Council", "Glasgow City Council", ("S12000046", "S12000043"), 599_650, "Glasgow"),
    Council("S12000017", "The Highland Council", "Highland Council", (), 233_100, HIGHLAND),
    Council("S12000018", "Inverclyde Council", "Inverclyde Council", (), 79_860, NORTH_STRATHCLYDE),
    Council("S12000019", "Midlothian Council", "Midlothian Council", (), 86_210, EDINBURGH),
    Council("S12000020", "Moray Council", "Moray", (), 94_750, GRAMPIAN),
    Council("S12000021", "North Ayrshire Council", "North Ayrshire Council", (), 136_450, SOUTH_WEST),
    Council("S12000050", "North Lanarkshire Council", "North Lanarkshire Council", ("S12000044",), 337_950, LANARKSHIRE),
    Council("S12000023", "Orkney Islands Council", "Orkney Islands", (), 21_590, HIGHLAND),
    Council("S12000048", "Perth and Kinross Council", "Perth & Kinross", ("S12000024",), 148_880, TAYSIDE),
    Council("S12000038", "Renfrewshire Council", "Renfrewshire Council", (), 174_230, NORTH_STRATHCLYDE),
    Council("S12000026", "Scottish Borders Council", "Scottish Borders Council", (), 114_030, EDINBURGH),
    Council("S12000027", "Shetland Islands Council", "Shetland Islands", (), 23_230, HIGHLAND),
    Council("S12000028", "South Ayrshire Council", "South Ayrshire Council", (), 112_510, SOUTH_WEST),
    Council("S12000029", "South Lanarkshire Council", "South Lanarkshire", (), 315_360, LANARKSHIRE),
    Council("S12000030", "Stirling Council", "Stirling Council", (), 91_580, FORTH_VALLEY),
    Council("S12000039", "West Dunbartonshire Council", "West Dunbartonshire", (), 89_730, NORTH_STRATHCLYDE),
    Council("S12000040", "West Lothian Council", "West Lothian Council", (), 177_150, EDINBURGH),
)
"""In the order of every table."""

LAST_DAY_OF_CODE: Final = {
    "S12000009": date(2011, 3, 31),  # SSI 2010/353, the boundary of East Dunbartonshire and Glasgow
    "S12000043": date(2011, 3, 31),
    "S12000015": date(2018, 2, 1),  # SSI 2017/430, Fife and Perth and Kinross at Kelty
    "S12000024": date(2018, 2, 1),
    "S12000046": date(2019, 3, 31),  # Glasgow and North Lanarkshire
    "S12000044": date(2019, 3, 31),
}
"""A code changes when a boundary does, and is never used again."""


def council_named(text: str) -> Council | None:
    """The council of that official name, report's spelling, or GSS code, current or former; None if there is none.

    Case, spacing, "&" for "and", a leading "The" and a missing or added "Council" make no difference.
    """
    return _BY_NAME.get(_key(text))


def current_code(text: str) -> str:
    """The code that the council of that name or code has now; the text itself if there is none."""
    council = council_named(text)
    return council.gss_code if council else text


def _key(text: str) -> str:
    words = " ".join(text.casefold().replace("&", " and ").split())
    return re.sub(r"^the | council$", "", words)


_BY_NAME: Final = {
    _key(text): council
    for council in COUNCILS
    for text in (council.name, council.report_spelling, council.gss_code, *council.previous_codes)
}
