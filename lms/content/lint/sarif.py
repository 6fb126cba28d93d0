"""Writes problems as SARIF 2.1.0, which code hosts and editors show beside the lines of a change."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from lms.content.lint.codes.explain import Explanation, as_text, list_explanations, section
from lms.content.model.report import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(found: Mapping[str, Sequence[Finding]]) -> dict[str, Any]:
    """Return one run over several courses; each key is a course's folder, written from the root of the repository."""
    explanations = list_explanations()
    places = {one.code: place for place, one in enumerate(explanations)}
    seen: Counter[tuple[str, str, str]] = Counter()
    results = []
    for folder, findings in found.items():
        for finding in findings:
            path = f"{folder}/{finding.path}" if folder else finding.path
            same = (finding.code, path, finding.excerpt)
            seen[same] += 1
            results.append(_result(finding, path, places[finding.code], seen[same]))
    driver = {"name": "lms check", "rules": [_rule(one) for one in explanations]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(explanation: Explanation) -> dict[str, Any]:
    """A code with its meaning, and its page as help."""
    return {
        "id": explanation.code,
        "shortDescription": {"text": explanation.what},
        "fullDescription": {"text": f"{explanation.what} {explanation.fix}"},
        "help": {"text": as_text(explanation), "markdown": section(explanation)},
        "defaultConfiguration": {"level": explanation.severity},
    }


def _result(finding: Finding, path: str, rule: int, times: int) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line, "startColumn": finding.column}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": f"{finding.message} {finding.fix}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": quote(path)}, "region": region}}],
        "partialFingerprints": {"lmsCheck/v1": _fingerprint(finding, path, times)},
    }


def _fingerprint(finding: Finding, path: str, times: int) -> str:
    """What stays the same when lines above come and go: the code, the file, the line's words, and which of them."""
    return hashlib.sha256("\0".join((finding.code, path, finding.excerpt, str(times))).encode()).hexdigest()[:32]
