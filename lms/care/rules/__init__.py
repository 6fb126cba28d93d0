"""The rules, one to a file, in the order in which they are asked: those that touch a page come last."""

from __future__ import annotations

from importlib import import_module

from lms.care.findings import Rule

ORDER = (
    "language_named", "headings_in_order", "contrast", "calm_lines", "tables_headed", "targets_24", "targets_44",
    "result_announced", "no_countdown", "nothing_moves", "nothing_sounds", "captions", "no_refresh",
    "no_modal_on_load", "native_controls", "no_drag_only", "groups_named", "fields_named", "error_linked",
    "error_in_words", "password_manager", "no_puzzle", "no_forced_disclosure", "consent_unticked", "name_once",
    "pause_near", "leave_near", "support_same_place", "navigation_same_order", "note_before_content",
    "error_three_parts", "retry_said", "kind_words", "no_urgency", "no_games", "no_comparison", "no_attempts_left",
    "no_guilt", "no_third_party", "few_cookies", "without_javascript", "paste_allowed", "focus_shows",
    "focus_uncovered", "fits_320",
)  # fmt: skip
WITH_AXE = "axe_clean"


def all_rules(with_axe: bool = False) -> tuple[Rule, ...]:
    """Return every rule; the one that asks axe only when its file is there."""
    names = (*ORDER, WITH_AXE) if with_axe else ORDER
    return tuple(import_module(f"lms.care.rules.{name}").RULE for name in names)
