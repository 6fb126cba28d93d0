"""What happens to certificates, told in ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CertificateHeld:
    """Somebody earned a certificate that waits for a review or a confirmed name; with the digest of its record."""

    award_id: str
    person_id: str
    programme_id: str
    record_sha256: str


@dataclass(frozen=True)
class CertificateIssued:
    """A certificate is valid from now on; the digest is that of its record, which holds no name."""

    award_id: str
    person_id: str
    programme_id: str
    record_sha256: str


@dataclass(frozen=True)
class DocumentStored:
    """A certificate's PDF is kept, for good."""

    award_id: str
    person_id: str
    programme_id: str
    sha256: str


@dataclass(frozen=True)
class CertificateWithdrawn:
    """A programme withdrew a certificate; the reason is a class, and private."""

    award_id: str
    person_id: str
    programme_id: str
    reason: str


@dataclass(frozen=True)
class NameShown:
    """A holder switched the name on their certificate's page on or off."""

    award_id: str
    person_id: str
    programme_id: str
    shown: bool


@dataclass(frozen=True)
class BadgeOpened:
    """A holder opened the address of their badge to everybody, or closed it."""

    award_id: str
    person_id: str
    programme_id: str
    opened: bool


@dataclass(frozen=True)
class ApiKeyMade:
    """A key to ask the register with was given out."""

    label: str


@dataclass(frozen=True)
class ApiKeyEnded:
    """A key opens nothing any more."""

    label: str


@dataclass(frozen=True)
class CertificateReinstated:
    """A programme took a withdrawal back."""

    award_id: str
    person_id: str
    programme_id: str


@dataclass(frozen=True)
class NameAsked:
    """A holder asked for their certificate in another name."""

    award_id: str
    person_id: str
    programme_id: str


@dataclass(frozen=True)
class NameNotChanged:
    """A programme answered such a request with no, or its holder took it back."""

    award_id: str
    person_id: str
    programme_id: str


@dataclass(frozen=True)
class CertificateRenewed:
    """Somebody passed again in time; the certificate before it stays what it was, until its day."""

    award_id: str
    person_id: str
    programme_id: str
    new_award_id: str


@dataclass(frozen=True)
class ValiditySet:
    """A programme set how long the certificates of a course stand."""

    programme_id: str
    course_id: str


@dataclass(frozen=True)
class CertificateReplaced:
    """A certificate was made anew under a new code; the earlier one says that it was replaced."""

    award_id: str
    person_id: str
    programme_id: str
    new_award_id: str
    because: str


@dataclass(frozen=True)
class EndTold:
    """Somebody was told by letter until when their certificate stands."""

    person_id: str
    programme_id: str
    award_id: str
    valid_until: date
    notice: str


@dataclass(frozen=True)
class PracticeObserved:
    """Somebody's practice was observed, and recorded; how it went stands in the record alone."""

    person_id: str
    programme_id: str
    enrolment_id: str
    observation_id: str


@dataclass(frozen=True)
class ObservationUndone:
    """A record of observed practice no longer counts; the reason is a class."""

    person_id: str
    programme_id: str
    enrolment_id: str
    observation_id: str
    reason: str


@dataclass(frozen=True)
class ObserverConfirmed:
    """A second person confirmed that the person named observed a practice."""

    person_id: str
    programme_id: str
    enrolment_id: str
    observation_id: str


@dataclass(frozen=True)
class ReadinessSet:
    """A programme set how many observed practices it asks for in a course."""

    programme_id: str
    course_id: str
    observations: int


@dataclass(frozen=True)
class CertificateRaised:
    """The certificate of the second level follows one of the first, which stays what it is."""

    award_id: str
    person_id: str
    programme_id: str
    new_award_id: str


@dataclass(frozen=True)
class PdfWaitsForLetters:
    """A certificate and its badge are issued, and no font has some letters of the name for its PDF."""

    award_id: str
    person_id: str
    programme_id: str


@dataclass(frozen=True)
class SpellingAsked:
    """A coordinator asked a holder for a spelling of the name that can be printed."""

    award_id: str
    person_id: str
    programme_id: str


@dataclass(frozen=True)
class NameConfirmed:
    """A coordinator confirmed the name on somebody's certificate."""

    award_id: str
    person_id: str
    programme_id: str


@dataclass(frozen=True)
class CertificateMoved:
    """A certificate belongs to another account of its holder; the digest is that of its record, which names it."""

    award_id: str
    person_id: str
    programme_id: str
    former_person_id: str
    record_sha256: str
