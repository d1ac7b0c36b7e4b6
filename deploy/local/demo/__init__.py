"""The demo city, and all who act in it: through the public HTTP API only, as real clients would."""

from deploy.local.demo.accounts import demo_accounts
from deploy.local.demo.checks import CheckRow
from deploy.local.demo.hazards import play_hazards
from deploy.local.demo.life import live
from deploy.local.demo.life_stats import LifeStats
from deploy.local.demo.loading import load_city
from deploy.local.demo.scenarios import play

__all__ = ["CheckRow", "LifeStats", "demo_accounts", "live", "load_city", "play", "play_hazards"]
