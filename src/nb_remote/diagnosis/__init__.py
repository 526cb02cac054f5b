"""Why an address opens or not, step by step: drives explore and reads one chunk."""

from nb_remote.diagnosis.diagnosing import diagnose
from nb_remote.diagnosis.report import Diagnosis, Step

__all__ = ["Diagnosis", "Step", "diagnose"]
