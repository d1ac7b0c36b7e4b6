"""The columns of each kind of import, with the headers they may have. English first, then Chinese."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.checkin.application import cells
from services.checkin.domain.registry import Kind
from shared.vocabulary.geography import Crs
from shared.vocabulary.terms import Role


@dataclass(frozen=True, slots=True)
class Column:
    """`parse` makes a value of a cell that is not empty; an empty one is `default`, or an error when required."""

    name: str
    also: tuple[str, ...]
    parse: Callable[[str], Any]
    required: bool = False
    default: Any = None


_LON, _LAT = cells.number(-180, 180), cells.number(-90, 90)
_CODE = Column("code", ("编码", "代码"), cells.code, required=True)
_NAME = Column("name", ("名称",), cells.name, required=True)
_PLACE = (
    Column("lon", ("经度",), _LON, required=True),
    Column("lat", ("纬度",), _LAT, required=True),
    Column("crs", ("坐标系",), cells.crs, default=Crs.WGS84),
)

COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.STATIONS: (
        _CODE,
        _NAME,
        Column("level", ("级别", "层级"), cells.level, required=True),
        Column("parent", ("上级", "上级编码"), cells.code),
        *_PLACE,
    ),
    Kind.SITES: (
        _CODE,
        _NAME,
        Column("class", ("类别", "场所类别"), cells.site_class, required=True),
        Column("station", ("派出所", "派出所编码"), cells.code, required=True),
        *_PLACE,
        Column("geofence_radius_m", ("围栏半径",), cells.number(1, 5000), default=150.0),
        Column("address", ("地址",), cells.text_of(400), default=""),
        Column("post_code", ("点位编码",), cells.code),
        Column("post_name", ("点位名称",), cells.name),
        Column("post_lon", ("点位经度",), _LON),
        Column("post_lat", ("点位纬度",), _LAT),
        Column("fixed_code_allowed", ("允许固定码",), cells.yes_or_no, default=False),
    ),
    Kind.UNITS: (
        _CODE,
        _NAME,
        Column("site", ("场所", "场所编码"), cells.code, required=True),
        Column("quorum", ("最少在岗人数",), cells.whole_number(1, 100)),
        Column("capabilities", ("能力",), cells.capabilities, default=()),
        Column("suspended", ("停用",), cells.yes_or_no, default=False),
    ),
    Kind.MEMBERS: (
        _CODE,
        Column("name", ("姓名",), cells.name, required=True),
        Column("phone", ("手机号", "手机", "电话"), cells.phone, default=""),
        Column("id_number", ("身份证号", "身份证号码"), cells.id_number, default=""),
        Column("unit", ("单元", "单元编码"), cells.code),
        Column("station", ("派出所", "派出所编码"), cells.code),
        Column("role", ("角色", "岗位"), cells.role, default=Role.MEMBER),
        Column("language", ("语言",), cells.language, default="zh-CN"),
        Column("active", ("在职",), cells.yes_or_no, default=True),
        Column("channels", ("通知渠道",), cells.channels, default=()),
        Column("webhook_url", ("回调地址",), cells.http_url, default=""),
    ),
    Kind.EQUIPMENT: (
        _CODE,
        Column("unit", ("单元", "单元编码"), cells.code, required=True),
        Column("kind", ("种类", "装备"), cells.equipment_kind, required=True),
        Column("count", ("数量",), cells.whole_number(0, 1000), default=1),
        Column("inspected_on", ("检查日期",), cells.day),
        Column("expires_on", ("有效期至",), cells.day),
    ),
    Kind.ROSTERS: (
        Column("unit", ("unit_code", "单元", "单元编码"), cells.code, required=True),
        Column("member", ("member_code", "队员", "队员编码"), cells.code, required=True),
        Column("weekday", ("星期",), cells.weekday, required=True),
        Column("from", ("上岗时间", "开始时间"), cells.time_of_day, required=True),
        Column("to", ("下岗时间", "结束时间"), cells.time_of_day, required=True),
        Column("post", ("post_code", "点位", "点位编码"), cells.code),
    ),
}

CODE_COLUMN: dict[Kind, str] = {Kind.ROSTERS: "unit"}
"""The column that names an entry, where it is not `code`."""


def column_named(kind: Kind, header: str) -> Column | None:
    """The column that a file's header means: any case, blanks for underscores; None when there is none."""
    wanted = header.strip().lower().replace(" ", "_")
    return next((c for c in COLUMNS[kind] if wanted == c.name or wanted in c.also), None)
