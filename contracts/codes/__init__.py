"""Every code that may stand in a command, an event or a register, with its words; `contracts/codes/*.csv` are made from these."""

from datetime import date
from enum import IntEnum, StrEnum
from typing import Final, Self


class Code(StrEnum):
    """A token, its words for people, and the days between which it may be used, where they are known."""

    label: str
    first: date | None
    last: date | None

    def __new__(cls, token: str, label: str = "", first: date | None = None, last: date | None = None) -> Self:
        """A token without words of its own is read as it is spelt."""
        code = str.__new__(cls, token)
        code._value_ = token
        code.label = label or token.replace("_", " ").capitalize()
        code.first, code.last = first, last
        return code


class Number(IntEnum):
    """A code that is a number on every border."""

    label: str

    def __new__(cls, number: int, label: str) -> Self:
        """A number and its words."""
        code = int.__new__(cls, number)
        code._value_ = number
        code.label = label
        return code


# The notification (domain 1.3)


class Criterion(Code):
    """Why it must be notified; at least one holds (R-02)."""

    C1 = "C1", "Charged with, or recalled for, an offence that caused death or serious harm to another person"
    C2 = "C2", "Significant concern about the involvement of professionals or services"
    C3 = "C3", "The person died or was seriously injured, and public concern is likely"


class IncidentType(Code):
    """The statistical category: the report's Table 3, in its words."""

    T01 = "T01", "Murder (perpetrator)"
    T02 = "T02", "Sexual offences (including rape, sexual assault)"
    T03 = "T03", "Unexplained death (mostly likely drug related; post mortem may be pending)"
    T04 = "T04", "Suicide"
    T05 = "T05", "Assault and robbery"
    T06 = "T06", "Serious assault (danger to life, disfigurement, severe injury, or intent to rob)"
    T07 = "T07", "Attempted murder"
    T08 = "T08", "Child abuse (historical)"
    T09 = "T09", "Murder (victim)"
    T10 = "T10", "Stalking"
    T11 = "T11", "Assault to severe injury and attempted murder"
    T12 = "T12", "Burglary"
    T13 = "T13", "Possession of a firearm"
    T14 = "T14", "Terrorism offences"
    T15 = "T15", "Death from serious assault"
    T16 = "T16", "Assault, carrying an offensive weapon and breach of the peace"
    T17 = "T17", "Abduction"
    T18 = "T18", "Death by accident"


class OffenceCode(Code):
    """The report's Table 1, which is not exhaustive (R-04)."""

    S1 = "S1", "Sexually motivated murder, or attempted murder, of a child"
    S2 = "S2", "Sexually motivated murder, or attempted murder, of an adult"
    S3 = "S3", "Rape, or attempted rape, of a child"
    S4 = "S4", "Rape, or attempted rape, of an adult"
    S5 = "S5", "Other contact sex offence against a child"
    S6 = "S6", "Other contact sex offence against an adult"
    S7 = "S7", "Non-contact sex offence against a child"
    S8 = "S8", "Non-contact sex offence against an adult"
    S9 = "S9", "Possession, taking or distribution of indecent images of persons under 18"
    N1 = "N1", "Assault to severe injury and permanent disfigurement"
    N2 = "N2", "Assault, neglect or cruelty to children"
    N3 = "N3", "Robbery (aggravated by use of a weapon)"
    N4 = "N4", "Abduction, holding hostage, terrorism"
    N5 = "N5", "Attempted murder"
    N6 = "N6", "Murder or culpable homicide"
    N7 = "N7", "Fire-raising with intent to cause harm"
    O1 = "O1", "Stalking"
    OTHER = "other", "Other, said in the summary"


class RoleOfPerson(Code):
    """What the person supervised was in the incident."""

    PERPETRATOR_SUSPECTED = "perpetrator_suspected"
    VICTIM = "victim"
    DECEASED_SELF = "deceased_self", "Died by own act"
    DECEASED_UNEXPLAINED = "deceased_unexplained", "Died, cause unexplained"
    INJURED = "injured"


class OutcomeOfHarm(Code):
    """The worst that came of it."""

    DEATH = "death"
    LIFE_THREATENING = "life_threatening", "Life-threatening"
    SERIOUS = "serious"
    OTHER = "other"


class AwarenessSource(Code):
    """How the council learned of it."""

    POLICE = "police"
    COURT = "court"
    PRISON = "prison"
    MEDIA = "media"
    FAMILY = "family"
    PARTNER = "partner", "Partner agency"
    FILE_AUDIT = "file_audit"


class YesNoUnknown(Code):
    """Three answers, because nothing said is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Interest(Code):
    """Of media or Ministers."""

    NONE = "none"
    POSSIBLE = "possible"
    KNOWN = "known"


class LateReason(Code):
    """Why a notification came after its due day (R-08)."""

    NOT_AWARE = "not_aware", "Not aware in time"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    GUIDANCE_MISREAD = "guidance_misread"
    STAFFING = "staffing"
    ADMINISTRATIVE = "administrative"
    RETROSPECTIVE = "retrospective", "Found by retrospective scrutiny"
    OTHER = "other"


class Sex(Code):
    """As recorded by the council."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


class Precision(Code):
    """How exactly the day of an incident is known; below a day lateness is not measurable."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class Grade(Code):
    """Who signed, from the lowest to the highest."""

    SUPERVISING_OFFICER = "supervising_officer"
    FIRST_LINE_MANAGER = "first_line_manager"
    SERVICE_MANAGER = "service_manager"
    SENIOR_MANAGER = "senior_manager"
    HEAD_OF_CJSW = "head_of_cjsw", "Head of criminal justice social work"
    CSWO = "cswo", "Chief social work officer"

    def at_least(self, other: "Grade") -> bool:
        """Whether this grade stands as high as the other, or higher."""
        grades = list(Grade)
        return grades.index(self) >= grades.index(other)


SIGNS_NOTIFICATIONS: Final = Grade.SERVICE_MANAGER
"""The lowest grade that the guidance lets sign a notification (R-07)."""

SIGNS_REVIEWS: Final = Grade.HEAD_OF_CJSW
"""The lowest grade that the guidance lets sign a review (R-23)."""


# Orders and licences (domain 3.3)


class OrderType(Code):
    """What the person was supervised under; what is voluntary or before final disposal is known, to be refused (R-01)."""

    CPO = "CPO", "Community payback order", date(2011, 2, 1)
    DTTO = "DTTO", "Drug treatment and testing order"
    PAROLE = "PAROLE", "Parole licence"
    NON_PAROLE = "NON_PAROLE", "Non-parole licence"
    EXTENDED = "EXTENDED", "Extended sentence"
    SRO = "SRO", "Supervised release order"
    STSO = "STSO", "Short-term sex offender licence"
    LIFE = "LIFE", "Life licence"
    OLR = "OLR", "Order for lifelong restriction"
    LEGACY = "legacy", "An order for an offence before 1 February 2011, kind not said"
    PROBATION = "probation", "Probation order (offences before 1 February 2011)"
    COMMUNITY_SERVICE = "community_service", "Community service order (offences before 1 February 2011)"
    SUPERVISED_ATTENDANCE = "supervised_attendance", "Supervised attendance order (offences before 1 February 2011)"
    VOLUNTARY_THROUGHCARE = "voluntary_throughcare", "Voluntary throughcare (out of scope)"
    DIVERSION = "diversion", "Diversion from prosecution (out of scope)"
    FISCAL_WORK_ORDER = "fiscal_work_order", "Fiscal work order (out of scope)"
    BAIL_SUPERVISION = "bail_supervision", "Bail supervision (out of scope)"
    STRUCTURED_DEFERRED_SENTENCE = "structured_deferred_sentence", "Structured deferred sentence (out of scope)"
    HOME_DETENTION_CURFEW = "home_detention_curfew", "Home detention curfew alone (out of scope)"
    RESTRICTION_OF_LIBERTY = "restriction_of_liberty", "Restriction of liberty order alone (out of scope)"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """The abbreviations are read in either case: `cpo` is CPO."""
        return next((code for code in cls if isinstance(value, str) and code.value.casefold() == value.casefold()), None)

    @property
    def in_scope(self) -> bool:
        """Whether an incident under it is for this scheme: statutory supervision or licence after final disposal (R-01)."""
        return self not in OUT_OF_SCOPE


OUT_OF_SCOPE: Final = frozenset(
    {
        OrderType.VOLUNTARY_THROUGHCARE,
        OrderType.DIVERSION,
        OrderType.FISCAL_WORK_ORDER,
        OrderType.BAIL_SUPERVISION,
        OrderType.STRUCTURED_DEFERRED_SENTENCE,
        OrderType.HOME_DETENTION_CURFEW,
        OrderType.RESTRICTION_OF_LIBERTY,
    }
)
"""Recognised and refused (R-01)."""


class Requirement(Code):
    """What a community payback order may require."""

    UNPAID_WORK = "unpaid_work", "Unpaid work or other activity"
    OFFENDER_SUPERVISION = "offender_supervision"
    CONDUCT = "conduct"
    PROGRAMME = "programme"
    ALCOHOL_TREATMENT = "alcohol_treatment"
    DRUG_TREATMENT = "drug_treatment"
    MENTAL_HEALTH_TREATMENT = "mental_health_treatment"
    RESIDENCE = "residence"
    COMPENSATION = "compensation"
    RESTRICTED_MOVEMENT = "restricted_movement", "Restricted movement (only on breach)"

    @classmethod
    def _missing_(cls, value: object) -> "Requirement | None":
        """The Act's full name of the first is the same requirement."""
        return cls.UNPAID_WORK if value == "unpaid_work_or_other_activity" else None


# MAPPA


class MappaCategory(Number):
    """Why the person is managed under MAPPA; category 3 is in force since the guidance of 2016."""

    REGISTERED_SEX_OFFENDER = 1, "Registered sex offender"
    RESTRICTED_PATIENT = 2, "Restricted patient"
    OTHER_RISK_OF_SERIOUS_HARM = 3, "Other risk of serious harm"


class MappaLevel(Number):
    """How the person is managed under MAPPA."""

    ONE = 1, "Routine risk management"
    TWO = 2, "Multi-agency risk management"
    THREE = 3, "Multi-agency public protection panel"


class SogDecision(Code):
    """What the Strategic Oversight Group decided (R-10)."""

    SCR = "scr", "MAPPA significant case review"
    NO_SCR = "no_scr", "No MAPPA significant case review"


# The review


class ReviewKind(Code):
    """The two kinds of review, by the names of both editions; PART1 counts as IAR and PART2 as CR."""

    IAR = "IAR", "Initial analysis review"
    CR = "CR", "Comprehensive review"
    PART1 = "PART1", "Part One: case review", date(2022, 1, 1)
    PART2 = "PART2", "Part Two: reflective learning review", date(2022, 1, 1)

    @property
    def counts_as(self) -> "ReviewKind":
        """IAR or CR."""
        return ReviewKind.IAR if self in {ReviewKind.IAR, ReviewKind.PART1} else ReviewKind.CR


class Check(Code):
    """What a review shows of one item; not referenced does not mean that it did not happen."""

    EVIDENCED = "evidenced"
    REFERENCED_NOT_DONE = "referenced_not_done", "Referenced, not done"
    NOT_REFERENCED = "not_referenced"
    NOT_APPLICABLE = "not_applicable"


class CheckItem(Code):
    """What the inspectorate looks for in a review."""

    RISK_ASSESSMENT_COMPLETED = "risk_assessment_completed"
    RISK_ASSESSMENT_UP_TO_DATE = "risk_assessment_up_to_date"
    RISK_MANAGEMENT_PLAN = "risk_management_plan", "Risk management plan in place"
    PLAN_INFORMED_BY_ASSESSMENT = "plan_informed_by_assessment"
    ORDER_REVIEWS = "order_reviews", "Statutory reviews of the order or licence held"
    LSCMI_WITHIN_20_DAYS = "lscmi_within_20_days", "LS/CMI completed within 20 days"
    LSCMI_EXPORTED_FROM_PRISON = "lscmi_exported_from_prison", "LS/CMI exported from prison"
    CONTACT_LEVELS_APPROPRIATE = "contact_levels_appropriate"
    NON_COMPLIANCE_MANAGED = "non_compliance_managed", "Non-compliance managed appropriately"
    PARTNERSHIP_WORKING = "partnership_working"
    STAFFING_FACTOR = "staffing_factor", "Staffing factor present (absence, sickness, shortage)"


class AssessmentTool(Code):
    """What risk and needs were assessed with."""

    LSCMI = "LSCMI", "LS/CMI"
    SA07 = "SA07", "Stable and Acute 2007"
    SARA = "SARA", "Spousal Assault Risk Assessment"
    OTHER = "other"


class ReviewerRelationship(Code):
    """How near the reviewer stands to the case (R-22)."""

    NONE = "none"
    LINE_MANAGES_CASE_MANAGER = "line_manages_case_manager"
    MANAGES_CASE = "manages_case"
    SAME_TEAM = "same_team"
    OTHER_COUNCIL = "other_council"


class Contributor(Code):
    """Who contributed to a review besides the reviewer (R-26): a part in the case, never a name."""

    CASE_MANAGER = "case_manager"
    LINE_MANAGER = "line_manager", "Line manager of the case manager"
    PARTNER_AGENCY = "partner_agency"
    OTHER = "other"


class Conclusion(Code):
    """What the council concludes from its initial analysis (R-20, R-21)."""

    IAR_SUFFICIENT = "iar_sufficient", "The initial analysis is enough"
    CR_NEEDED = "cr_needed", "A comprehensive review is needed"


class ActionStatus(Code):
    """Where an item of the action plan stands."""

    OPEN = "open"
    DONE = "done"
    OVERDUE = "overdue"
    DROPPED = "dropped"


# The inspectorate


class TriageOutcome(Code):
    """What the administrator found on receipt."""

    IN_SCOPE = "in_scope"
    OUT_OF_SCOPE = "out_of_scope"
    DUPLICATE = "duplicate"


class RegisterOutcome(Code):
    """How a row of a register ended without a review."""

    OUT_OF_SCOPE = "out_of_scope"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class IarDecision(Code):
    """What the inspector judged of an initial analysis (R-30)."""

    APPROPRIATE = "appropriate"
    COMPREHENSIVE_REQUIRED = "comprehensive_required", "Comprehensive review required"


class Quality(Code):
    """How good the inspector found a review."""

    HIGH = "high"
    SATISFACTORY = "satisfactory"
    NEEDS_INFORMATION = "needs_information"


class FeedbackResponse(Code):
    """What the council answered."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_COMMENTS = "accepted_with_comments"
    DISPUTED = "disputed"


class DisputeOutcome(Code):
    """What the lead officer decided on a disputed letter."""

    UPHELD = "upheld", "The letter stands"
    CHANGED = "changed", "A corrected letter follows"


class FoundBy(Code):
    """Who found an example of good practice (R-27)."""

    COUNCIL = "council", "Named by the council in its review"
    INSPECTOR = "inspector", "Found by the inspector"


class ErasureBasis(Code):
    """Why personal data is erased."""

    RETENTION_ENDED = "retention_ended", "The retention period has ended"
    DATA_SUBJECT_REQUEST = "data_subject_request", "The person asked for it"
    RECEIVED_IN_ERROR = "received_in_error", "It should never have been sent"


class CaseStatus(Code):
    """Where a case stands (domain 1.4)."""

    NOTIFIED = "notified"
    OUT_OF_SCOPE = "out_of_scope"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    AWAITING_SOG_DECISION = "awaiting_sog_decision", "Awaiting the Strategic Oversight Group's decision"
    CLOSED_MAPPA_SCR = "closed_mappa_scr", "Closed: MAPPA significant case review"
    REVIEW_IN_PROGRESS = "review_in_progress"
    CR_IN_PROGRESS = "cr_in_progress", "Comprehensive review in progress"
    REVIEW_SUBMITTED = "review_submitted"
    UNDER_SCRUTINY = "under_scrutiny"
    INFORMATION_REQUESTED = "information_requested"
    INFORMATION_SUPPLIED = "information_supplied"
    CR_REQUIRED_BY_INSPECTOR = "cr_required_by_inspector", "Comprehensive review required by the inspector"
    ASSESSED = "assessed", "Assessed, feedback not sent yet"
    FEEDBACK_SENT = "feedback_sent"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    CLOSED = "closed"
    REOPENED = "reopened"


# Who asks (api 2)


class Role(Code):
    """What a token may do."""

    COUNCIL = "council", "Prepares and submits for a council"
    COUNCIL_MANAGER = "council_manager", "Signs notifications for a council"
    COUNCIL_HEAD = "council_head", "Signs reviews for a council"
    ADMINISTRATOR = "administrator", "Receives and triages at the Care Inspectorate"
    INSPECTOR = "inspector", "Assesses reviews at the Care Inspectorate"
    LEAD_OFFICER = "lead_officer", "Owns the scheme at the Care Inspectorate"
    ANALYST = "analyst", "Makes figures and reports, without personal data"
    GOVERNMENT = "government", "Receives what was notified"
    REGISTRAR = "registrar", "Brings in what happened before the system existed"
    OPERATOR = "operator", "Runs the platform, without personal data"


COUNCIL_ROLES: Final = frozenset({Role.COUNCIL, Role.COUNCIL_MANAGER, Role.COUNCIL_HEAD})
"""Roles that belong to one council and see its cases only."""
