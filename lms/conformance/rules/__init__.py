"""The rules, one to a file, in the order in which they run. Rules that watch a page come first, and rules that act on it come last."""

from __future__ import annotations

from importlib import import_module

from lms.conformance.findings import Rule

ORDER = (
    "interruptions.no_modal_on_load", "interruptions.nothing_moves", "interruptions.nothing_sounds", "reading.language_named", "reading.headings_in_order",
    "reading.calm_lines", "reading.tables_headed", "controls.targets_24", "controls.targets_44", "controls.result_announced", "reading.captions",
    "controls.no_drag_only", "forms.groups_named", "forms.fields_named", "forms.error_linked", "forms.error_in_words", "forms.password_manager", "forms.no_puzzle",
    "forms.no_forced_disclosure", "forms.consent_unticked", "forms.name_once", "support.pause_near", "support.leave_near", "support.support_same_place",
    "support.navigation_same_order", "support.note_before_content", "support.error_three_parts", "support.retry_said", "wording.kind_words", "wording.no_urgency",
    "wording.no_games", "wording.no_comparison", "wording.no_attempts_left", "reading.without_javascript", "reading.contrast", "forms.paste_allowed",
    "controls.focus_shows", "controls.focus_uncovered", "reading.fits_320", "interruptions.no_countdown", "interruptions.no_refresh", "privacy.no_third_party",
    "privacy.few_cookies", "controls.native_controls", "wording.no_guilt",
)  # fmt: skip
WITH_AXE = "reading.axe_clean"


def all_rules(with_axe: bool = False) -> tuple[Rule, ...]:
    """Return every rule; `with_axe` adds the one that runs axe."""
    names = (*ORDER, WITH_AXE) if with_axe else ORDER
    return tuple(import_module(f"lms.conformance.rules.{name}").RULE for name in names)
