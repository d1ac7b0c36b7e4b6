"""Settings of dispatch."""

from pathlib import Path

from pydantic import Field

from shared.platform.settings import PlatformSettings


class DispatchSettings(PlatformSettings):
    """Read from the environment; the README's table documents each variable once."""

    playbook_dir: Path | None = Field(default=None, description="Folder of playbooks; by default those shipped.")
    playbook_time_factor: float = Field(
        default=1.0, gt=0, le=10, description="Scales every time of a playbook when it is frozen onto an incident."
    )
    position_max_age_s: float = Field(default=1800, gt=0, description="Units whose position is older are not sent.")
    rest_after_s: float = Field(default=120, ge=0, description="How long a unit that was at a scene is left alone.")
    walking_speed_m_s: float = Field(default=1.5, gt=0, description="For the ETA, in metres a second.")
    detour_factor: float = Field(default=1.4, ge=1, description="How much longer streets are than the straight line.")
