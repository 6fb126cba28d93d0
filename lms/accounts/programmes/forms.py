"""The parent of every form on a programme's settings: it brings back what it was opened with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from wtforms import HiddenField

from lms.accounts.actions import FormError
from lms.accounts.programmes.facts import tidy
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import Form


class SettingsForm(Form):
    """Some settings of a programme, by name, and what they were when the form was opened."""

    KEYS: ClassVar[tuple[str, ...]] = ()
    was = HiddenField()

    @classmethod
    def of(cls, now: Mapping[str, str]) -> Self:
        """Return the form as the settings are now."""
        form = cls(data=cls.data_of(now))
        form.reopen(now)
        return form

    @classmethod
    def data_of(cls, now: Mapping[str, str]) -> dict[str, Any]:
        """Return what the fields contain for settings."""
        return {key: now[key] for key in cls.KEYS}

    def reopen(self, now: Mapping[str, str]) -> None:
        """Let the form stand on what is set now; what was typed stays."""
        self.was.data = json.dumps({key: now[key] for key in self.KEYS}, ensure_ascii=False)

    def seen(self) -> dict[str, str]:
        """Return the settings that the form was opened with; one that was tampered with saw nothing."""
        try:
            found = json.loads(self.was.data or "")
        except ValueError:
            return {}
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}

    def wanted(self) -> dict[str, str]:
        """Return the settings that somebody entered."""
        return {key: tidy(key, " ".join(str(self[key].data or "").split())) for key in self.KEYS}

    def refuse_all(self, problems: list[FormError]) -> None:
        """Show what can't be set beside its field."""
        for problem in problems:
            self.refuse(problem.field, problem.message)

    def changed(self, now: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return (anchor, words) for each setting that somebody else changed since the form was opened."""
        seen = self.seen()
        return [(f"f-{key}", self.changed_words(key, now[key])) for key in self.KEYS if now[key] != seen.get(key, "")]

    def changed_words(self, key: str, value: str) -> str:
        """Return what a setting is now, in words."""
        named = dict(getattr(self[key], "choices", None) or ())
        return _("%(what)s is now: %(value)s", what=self[key].label.text, value=named.get(value, value) or _("nothing"))
