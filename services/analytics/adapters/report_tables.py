"""Reports as tables for spreadsheets: a line a key, a column a number, headed in the reader's language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.analytics.application.report_figures import Report
from services.analytics.domain.figures import Attainment, Coverage, Figures, Responses
from services.analytics.domain.spreadsheet import Cell
from shared.vocabulary.terms import IncidentClass

Column = tuple[str, str, Cell]
"""Chinese heading, English heading, value."""

_CLASSES = {
    IncidentClass.SERIOUS_VIOLENCE: "严重暴力犯罪",
    IncidentClass.PUBLIC_ORDER: "一般刑事、治安案件",
    IncidentClass.ACCIDENT: "安全事故、灾害",
    IncidentClass.RESCUE: "求助、服务",
    IncidentClass.MISSING_PERSON: "寻人",
    IncidentClass.SELF_HARM: "自伤风险",
}
_KEYS = {
    "none": ("范围", "all"),
    "day": ("日期", "day"),
    "class": ("类别", "class"),
    "station": ("单位编号", "station"),
}


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A header, and as many cells in each line."""

    header: Sequence[str]
    lines: Sequence[Sequence[Cell]]


def report_table(report: Report, *, in_chinese: bool) -> ReportTable:
    """The table of a report; the stages that occur in any row have columns in all."""
    stages = sorted({stage.stage for row in report.rows for stage in row.figures.stages})
    lines = [
        [(*_KEYS[report.by], row.key), ("名称", "name", row.name), *_columns(row.figures, stages)]
        for row in report.rows
    ]
    blank = [(*_KEYS[report.by], ""), ("名称", "name", ""), *_columns(Figures(), stages)]
    header = [chinese if in_chinese else english for chinese, english, _ in blank]
    return ReportTable(header, [[value for _, _, value in line] for line in lines])


def _columns(figures: Figures, stages: list[int]) -> Iterator[Column]:
    coverage = figures.coverage
    yield "在岗率", "coverage_share", None if coverage is None else _rounded(coverage.share)
    yield "在岗小时", "on_duty_h", None if coverage is None else _hours(coverage, "on_duty_s")
    yield "登记小时", "registered_h", None if coverage is None else _hours(coverage, "registered_s")
    yield "警情数", "incidents", sum(figures.incidents.values())
    yield "其中撤销", "cancelled", figures.cancelled
    for incident_class, chinese in _CLASSES.items():
        yield chinese, f"incidents_{incident_class}", figures.incidents.get(incident_class, 0)
    yield from _responses("指令接受", "acknowledged", figures.acknowledged)
    yield from _responses("指令到场", "arrived", figures.arrived)
    yield from _responses("首达", "first_arrived", figures.first_arrived)
    attained = {stage.stage: stage for stage in figures.stages}
    for number in stages:
        stage = attained.get(number, Attainment(number, due=0, in_time=0, late=0))
        yield f"{number}分钟应达", f"stage_{number}_due", stage.due
        yield f"{number}分钟按时", f"stage_{number}_in_time", stage.in_time
        yield f"{number}分钟超时", f"stage_{number}_late", stage.late
        yield f"{number}分钟未达", f"stage_{number}_missed", stage.missed
        yield f"{number}分钟达标率", f"stage_{number}_share", _rounded(stage.share)
    yield "应通知人数", "recipients", figures.reach.recipients
    yield "已送达", "reached", figures.reach.reached
    yield "已读", "read", figures.reach.acknowledged
    yield "未送达", "failed", figures.reach.failed
    yield "送达率", "reach_share", _rounded(figures.reach.share)


def _responses(chinese: str, english: str, responses: Responses) -> Iterator[Column]:
    yield f"{chinese}总数", f"{english}_total", responses.total
    yield f"{chinese}完成", f"{english}_done", responses.done
    yield f"{chinese}未完成", f"{english}_never", responses.never
    yield f"{chinese}解除", f"{english}_stood_down", responses.stood_down
    yield f"{chinese}进行中", f"{english}_open", responses.open
    spread = responses.spread
    for percentile, value in (("p50", spread.p50_s), ("p90", spread.p90_s), ("p99", spread.p99_s)):
        yield f"{chinese}秒{percentile}", f"{english}_{percentile}_s", value


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _hours(coverage: Coverage, field: str) -> float:
    return round(getattr(coverage, field) / 3600, 2)
