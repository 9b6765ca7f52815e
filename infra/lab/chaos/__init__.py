"""Chaos: the service against crashes, faults, users and rivals, in schedules that a seed decides and replays.

Each step of a run is a real process that can be killed or stopped, and speaks real HTTP to the stand-ins. All
of them stop before and after every request and every write, and are told who goes on; time is simulated. At
the end of a schedule the stand-in's own truth is judged (`verdict`).
"""
