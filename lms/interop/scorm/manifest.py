"""The manifest of a SCORM 1.2 package with one page that holds the whole course."""

from __future__ import annotations

from collections.abc import Iterable

from lms.interop.questions.outgoing import xml

_CP = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
_ADL = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
_MD = "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"
_SCHEMAS = f"{_CP} imscp_rootv1p1p2.xsd {_MD} imsmd_rootv1p2p1.xsd {_ADL} adlcp_rootv1p2.xsd"


def write_manifest(course_id: str, version: str, title: str, launch: str, files: Iterable[str]) -> str:
    """Return imsmanifest.xml.

    No mastery score is named: learning systems would then decide by the score alone, and a pass here also needs every
    safety question right.
    """
    name = xml(f"{course_id}-{version}")
    listed = "".join(f'      <file href="{xml(path)}"/>\n' for path in sorted(files))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="sidelight-{name}" version="1.0" xmlns="{_CP}" xmlns:adlcp="{_ADL}"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{_SCHEMAS}">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>1.2</schemaversion>
  </metadata>
  <organizations default="course">
    <organization identifier="course">
      <title>{xml(title)}</title>
      <item identifier="item-course" identifierref="resource-course" isvisible="true">
        <title>{xml(title)}</title>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="resource-course" type="webcontent" adlcp:scormtype="sco" href="{xml(launch)}">
{listed}    </resource>
  </resources>
</manifest>
"""
