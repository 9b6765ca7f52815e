"""Schedule: the times of day at which the service is called without anybody's press.

Cloud Scheduler keeps them (`infra/gcp/schedule.tf`). Whoever changes one changes it there and in the
documents too; tests compare them.
"""

from datetime import time

NIGHT = time(5)
"""When the nightly runs start, by the clocks of each wisp's time zone."""

WATCH = time(6, 30)
"""When the watchdog looks, by the clocks of the people who look after the service."""
