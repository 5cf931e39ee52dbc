"""Indicators: promises kept in a period, satisfaction of people, and people within reach today."""

from hub.operations.indicators.reading import MOST, IndicatorStores, reach_share, read, read_surveys
from hub.sla.indicator_rows import (
    Indicators,
    IndicatorStep,
    PromiseGroup,
    PromiseKept,
    ReachShare,
    RenewalRate,
    SurveyFigures,
    Surveys,
)

__all__ = [
    "MOST",
    "IndicatorStep",
    "IndicatorStores",
    "Indicators",
    "PromiseGroup",
    "PromiseKept",
    "ReachShare",
    "RenewalRate",
    "SurveyFigures",
    "Surveys",
    "reach_share",
    "read",
    "read_surveys",
]
