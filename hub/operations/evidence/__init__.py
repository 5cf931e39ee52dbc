"""Evidence: sent words, made again and compared; the seals over them, and their verification."""

from hub.operations.evidence.flaws import Flaw, Mismatch
from hub.operations.evidence.reading import Proof, read_evidence
from hub.operations.evidence.remake import FINDINGS_ES, PROVEN, Finding, Remade, Remaker
from hub.operations.evidence.schemas import EvidenceRow, row_of
from hub.operations.evidence.verify import ALWAYS, Verification, verify

__all__ = [
    "ALWAYS",
    "FINDINGS_ES",
    "PROVEN",
    "EvidenceRow",
    "Finding",
    "Flaw",
    "Mismatch",
    "Proof",
    "Remade",
    "Remaker",
    "Verification",
    "read_evidence",
    "row_of",
    "verify",
]
