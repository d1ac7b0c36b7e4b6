"""The titles of check-in's problem codes, for people."""

from fastapi import Request
from fastapi.responses import JSONResponse

from shared.platform.web.problems import Problem, Titles, problem_response

TITLES: Titles = {
    "code-expired": ("签到码已过期", "The code has expired"),
    "code-invalid": ("签到码无效", "The code is not valid here"),
    "code-replayed": ("签到码已使用", "The code has been used already"),
    "time-in-future": ("时间晚于当前时间", "The time lies in the future"),
    "outside-geofence": ("不在岗位范围内", "Outside the post's geofence"),
    "not-a-member": ("不是该单元成员", "Not a member of this unit"),
    "not-on-duty": ("当前不在岗", "Not on duty"),
    "unit-suspended": ("单元已停用", "The unit is suspended"),
    "unknown-unit": ("单元不存在", "No such unit"),
    "unknown-station": ("单位不存在", "No such station"),
    "too-many-attempts": ("尝试次数过多", "Too many attempts"),
    "import-rejected": ("导入未完成，未写入任何数据", "The import was rejected; nothing was written"),
    "registry-changed": ("登记数据已变更，请重试", "The registry changed meanwhile; try again"),
    "still-used": ("仍被引用，不能删除", "Still referred to; not deleted"),
    "wrong-credentials": ("用户名、密码或验证码有误", "Login, password or code are wrong"),
    "try-later": ("尝试次数过多，请稍后再试", "Too many tries; wait a while"),
    "password-weak": ("密码不够安全", "The password is not good enough"),
    "no-right": ("账号尚未授权", "The account has not been given a right yet"),
    "no-provider": ("未启用统一身份认证登录", "Logging in with the city's own account is not set up"),
    "session-ended": ("登录已结束，请重新登录", "The session has ended; log in again"),
    "account-unknown": ("账号不存在", "No such account"),
    "account-taken": ("账号或用户名已被使用", "The id or the login is taken"),
    "not-yours-to-give": ("无权授予该权限", "Not yours to give"),
    "role-without-login": ("该角色不能登录", "This role never logs in"),
    "unit-needed": ("须指明所属单元", "The unit must be named"),
    "link-invalid": ("链接无效或已使用", "The link is not valid, or was used"),
    "unknown-hazard": ("隐患不存在", "No such hazard"),
    "already-reported": ("该隐患已上报", "This hazard has been reported already"),
    "already-rectified": ("该隐患已整改", "This hazard has been put right already"),
    "already-verified": ("该隐患已复查", "This hazard has been verified already"),
    "not-rectified": ("该隐患尚未整改", "This hazard has not been put right yet"),
    "own-work": ("整改人不能复查自己的整改", "Who put it right does not verify it"),
    "photo-too-large": ("照片过大", "The photo is too large"),
    "photo-invalid": ("照片格式不支持", "No photo of a kind that is taken"),
    "too-many-photos": ("照片过多，请稍后再试", "Too many photos; wait a while"),
    "no-fixed-code": ("该岗位不允许固定码", "This post has no printed code"),
}


async def database_away(request: Request, error: Exception) -> JSONResponse:
    """The registry's database does not answer."""
    problem = Problem(503, "unavailable", type(error).__name__, headers={"Retry-After": "2"})
    return problem_response(request, problem, TITLES)


async def not_storable(request: Request, error: Exception) -> JSONResponse:
    """What a text or number holds is nothing that this database knows: PostgreSQL has no NUL character."""
    return problem_response(request, Problem(422, "invalid", "the database does not take such a value"), TITLES)
