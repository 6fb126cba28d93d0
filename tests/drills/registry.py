"""Every drill, with what the site promises, the fault that the drill has to catch, and how long it's played."""

from __future__ import annotations

from tests.drills import clocks, connections, crowds, disks, kills, servers, waits
from tests.drills.report import Drill, Scale

SQLITE, POSTGRES = ("sqlite",), ("postgres",)

DRILLS = (
    Drill(
        "workers-killed",
        "kill -9 of a web worker loses, tears and doubles no check, and everybody comes to their end",
        kills.kill_workers,
        "pass_kept_in_two_steps",
        Scale(30, 500, 0),
        Scale(4, 40, 0),
    ),
    Drill(
        "jobs-killed",
        "kill -9 of the job process loses no certificate and no email, and makes none twice",
        kills.kill_jobs,
        "email_noted_before_it_left",
        Scale(30, 120, 0),
        Scale(3, 12, 0),
    ),
    Drill(
        "power-cut",
        "what was acknowledged is on the disk",
        disks.lose_power,
        "commits_wait_in_memory",
        Scale(5, 90, 0),
        Scale(1, 60, 0),
        SQLITE,
    ),
    Drill(
        "disk-full",
        "a full disk is said calmly (503), pages can be read, and saving goes on once there's room",
        disks.fill_disk,
        "sulks_after_an_error",
        Scale(1, 6, 10),
        Scale(1, 3, 2),
        SQLITE,
    ),
    Drill(
        "disk-errors",
        "a disk that reports errors is said calmly (503), pages can be read, and saving goes on once it's well",
        disks.report_errors,
        "sulks_after_an_error",
        Scale(1, 6, 10),
        Scale(1, 3, 2),
        SQLITE,
    ),
    Drill(
        "foreign-lock",
        "whoever saves waits for up to 5 s and is told then, and whoever reads doesn't wait",
        waits.hold_lock,
        "waits_for_a_minute",
        Scale(1, 12, 20),
        Scale(1, 6, 9),
    ),
    Drill(
        "many-clients",
        "64 clients at once meet no failure; 99 of 100 answers come within 2 s and 15 times the median",
        crowds.many_clients,
        "sweeps_hold_the_lock",
        Scale(64, 640, 0),
        Scale(16, 320, 0),
    ),
    Drill(
        "same-form",
        "a form that is sent twenty times at once happens once, and every sender gets the same answer",
        crowds.same_form,
        "repeats_are_noted_again",
        Scale(1, 10, 0),
        Scale(1, 1, 0),
    ),
    Drill(
        "clock-moved",
        "a clock that is two hours or 400 days off, and put right again, loses and holds up nothing",
        clocks.move_clock,
        "rests_by_the_calendar",
        Scale(1, 4, 0),
        Scale(1, 2, 0),
    ),
    Drill(
        "postgres-restarted",
        "the site saves again within 5 s once PostgreSQL answers, and nobody loses what was acknowledged",
        servers.restart_postgres,
        "sulks_after_an_error",
        Scale(6, 400, 0),
        Scale(1, 80, 0),
        POSTGRES,
    ),
    Drill(
        "mail-hangs",
        "a mail server that never answers holds up no certificate; once it answers, each email leaves once",
        waits.hang_mail,
        "one_lane_for_everything",
        Scale(1, 20, 40),
        Scale(1, 6, 40),
    ),
    Drill(
        "slow-connections",
        "200 slow connections leave pages within three times their time",
        connections.slow_connections,
        "plain_workers",
        Scale(6, 200, 1.5),
        Scale(1, 200, 1),
        SQLITE,
    ),
    Drill(
        "upgrade-killed",
        "an upgrade that is killed changes nothing, and the next start does it",
        servers.kill_upgrades,
        "migrates_step_by_step",
        Scale(60, 0, 0),
        Scale(5, 0, 0),
        SQLITE,
    ),
    Drill(
        "backup-under-load",
        "a backup that is made while people save holds what was acknowledged before it, and whole changes only",
        servers.back_up_under_load,
        "backs_up_table_by_table",
        Scale(3, 1200, 0),
        Scale(1, 300, 0),
    ),
)
