"""The places of the scenarios, where they really are, with the units that the scenarios name.

WGS-84 degrees. In Tianhe and at Dasha and Wenchong: within some 300 metres of the metro stations and landmarks as
published maps have them (converted from BD-09 and GCJ-02). Luogang, Yunpu and Shuangsha have been checked against no
map: right to a kilometre or so. The markets and plazas are named after their quarter. What surrounds them is generated;
the neighbours here are fixed, so that a city of any size plays the scenarios alike.
"""

from dataclasses import dataclass, field

from deploy.local.demo.equipment import BASIC, FULL, UNARMED
from shared.vocabulary.terms import EquipmentKind as Kind
from shared.vocabulary.terms import SiteClass


@dataclass(frozen=True, slots=True)
class PlaceUnit:
    """A unit of a named place. `key` becomes its id; `per_watch` people stand each of its `watches`."""

    key: str
    name: str
    watches: int
    per_watch: int
    kinds: tuple[Kind, ...]
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A site that exists by name. `station` is the name of its police station."""

    key: str
    name: str
    site_class: SiteClass
    station: str
    lon: float
    lat: float
    radius_m: float
    address: str
    posts: tuple[str, ...] = ("值班室",)
    units: tuple[PlaceUnit, ...] = field(default=())


def _alone(key: str, watches: int, per_watch: int, kinds: tuple[Kind, ...]) -> tuple[PlaceUnit, ...]:
    return (PlaceUnit(key, "", watches, per_watch, kinds),)


NAMED_PLACES: tuple[NamedPlace, ...] = (
    # S1: four units, three people each round the clock, and their neighbours.
    NamedPlace(
        "tianhe-sports",
        "天河体育中心",
        SiteClass.B,
        "天河南",
        113.3193,
        23.1395,
        450,
        "天河区天河路299号",
        ("东门", "南门", "西门", "北门"),
        (
            PlaceUnit("tianhe-sports-east", "东门", 3, 3, FULL, ("crisis-support",)),
            PlaceUnit("tianhe-sports-south", "南门", 3, 3, FULL),
            PlaceUnit("tianhe-sports-west", "西门", 3, 3, FULL),
            PlaceUnit("tianhe-sports-north", "北门", 3, 3, FULL),
        ),
    ),
    NamedPlace(
        "grandview",
        "正佳广场",
        SiteClass.B,
        "天河南",
        113.3215,
        23.1339,
        250,
        "天河区天河路228号",
        units=_alone("grandview", 3, 6, (*FULL, Kind.FIRST_AID)),
    ),
    NamedPlace(
        "liuyun",
        "六运社区",
        SiteClass.D,
        "天河南",
        113.3190,
        23.1318,
        300,
        "天河区天河南一路",
        units=_alone("liuyun", 1, 8, BASIC),
    ),
    # S2: a plaza's unit with shield and fork; shopkeepers close by who must not be sent to a weapon.
    NamedPlace(
        "chebei-plaza",
        "车陂购物广场",
        SiteClass.B,
        "车陂",
        113.3926,
        23.1290,
        200,
        "天河区中山大道中",
        units=_alone("chebei-plaza", 3, 8, (*FULL, Kind.FIRST_AID)),
    ),
    NamedPlace(
        "chebei-shops",
        "车陂商铺联防",
        SiteClass.D,
        "车陂",
        113.3936,
        23.1296,
        200,
        "天河区车陂路",
        units=_alone("chebei-shops", 1, 3, UNARMED),
    ),
    NamedPlace(
        "chebei-village",
        "车陂村",
        SiteClass.D,
        "车陂",
        113.3982,
        23.1262,
        400,
        "天河区车陂大街",
        units=_alone("chebei-village", 3, 7, FULL),
    ),
    NamedPlace(
        "chebei-park",
        "车陂涌公园",
        SiteClass.B,
        "车陂",
        113.3999,
        23.1296,
        200,
        "天河区车陂北街",
        units=_alone("chebei-park", 1, 7, FULL),
    ),
    NamedPlace(
        "chebei-metro",
        "车陂地铁站",
        SiteClass.A,
        "车陂",
        113.3904,
        23.1270,
        200,
        "天河区中山大道中",
        units=_alone("chebei-metro", 3, 4, FULL),
    ),
    # S3: a mall with a stretcher and people who know first aid.
    NamedPlace(
        "buynow",
        "岗顶百脑汇",
        SiteClass.B,
        "石牌",
        113.3346,
        23.1370,
        200,
        "天河区天河路598号",
        units=(PlaceUnit("buynow", "", 3, 5, (*FULL, Kind.STRETCHER, Kind.FIRST_AID), ("first-aid", "stretcher")),),
    ),
    NamedPlace(
        "shipai-village",
        "石牌村",
        SiteClass.D,
        "石牌",
        113.3352,
        23.1335,
        350,
        "天河区石牌东路",
        units=_alone("shipai-village", 3, 6, BASIC),
    ),
    # S4: the units of Huangpu that hear of the missing child, who is found in Yunpu.
    NamedPlace(
        "yunpu-park",
        "云埔工业园",
        SiteClass.C,
        "云埔",
        113.5263,
        23.1546,
        400,
        "黄埔区云埔一路",
        units=_alone("yunpu-park", 3, 5, (*BASIC, Kind.RADIO)),
    ),
    NamedPlace(
        "canglian",
        "沧联社区",
        SiteClass.D,
        "云埔",
        113.5331,
        23.1492,
        350,
        "黄埔区沧联大道",
        units=_alone("canglian", 1, 6, BASIC),
    ),
    NamedPlace(
        "luogang-plaza",
        "萝岗购物广场",
        SiteClass.B,
        "萝岗",
        113.4880,
        23.1770,
        250,
        "黄埔区科丰路",
        units=_alone("luogang-plaza", 3, 6, (*FULL, Kind.FIRST_AID)),
    ),
    NamedPlace(
        "dasha-station",
        "大沙东客运站",
        SiteClass.A,
        "大沙",
        113.4518,
        23.1064,
        200,
        "黄埔区黄埔东路",
        units=_alone("dasha-station", 3, 5, FULL),
    ),
    NamedPlace(
        "wenchong",
        "文冲社区",
        SiteClass.D,
        "文冲",
        113.4655,
        23.1072,
        350,
        "黄埔区文冲街",
        units=_alone("wenchong", 3, 5, (*BASIC, Kind.RADIO)),
    ),
    # S5: a market whose unit acts first and reports after.
    NamedPlace(
        "shuangsha-market",
        "双沙市场",
        SiteClass.B,
        "文冲",
        113.4742,
        23.1002,
        150,
        "黄埔区双沙中路",
        units=_alone("shuangsha-market", 1, 6, FULL),
    ),
)
