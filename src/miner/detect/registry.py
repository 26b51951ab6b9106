"""The detectors, in order: one line for each form of evidence."""

from __future__ import annotations

from miner.detect import (
    class_flag,
    declaration,
    deprecation,
    documentation,
    enforcement_decorator,
    environment_variable,
    file_rule,
    guarded_name,
    help_text,
    inner_import,
    module_alias,
    option_default,
    option_field,
    parameter_domain,
    placeholder,
    predicate,
    raising_call,
    runtime_gate,
    soft_use,
    substitution,
    table_row,
    warning,
)
from miner.detect.detector import Detector

DETECTORS: tuple[Detector, ...] = (
    class_flag.DETECTOR,
    declaration.DETECTOR,
    enforcement_decorator.DETECTOR,
    environment_variable.DETECTOR,
    file_rule.DETECTOR,
    inner_import.DETECTOR,
    module_alias.DETECTOR,
    raising_call.DETECTOR,
    table_row.DETECTOR,
    placeholder.DETECTOR,
    predicate.DETECTOR,
    runtime_gate.DETECTOR,
    soft_use.DETECTOR,
    guarded_name.DETECTOR,
    substitution.DETECTOR,
    parameter_domain.DETECTOR,
    warning.DETECTOR,
    deprecation.DETECTOR,
    documentation.DETECTOR,
    help_text.DETECTOR,
    option_field.DETECTOR,
    option_default.DETECTOR,
)
