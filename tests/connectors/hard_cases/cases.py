"""What each of the hard cases is given, how its service behaves, and what has to come of it."""

from tests.connectors.hard_cases.case import Case
from tests.connectors.hard_cases.oauth import OAUTH_CASES
from tests.connectors.hard_cases.other import OTHER_CASES

CASES: tuple[Case, ...] = OAUTH_CASES + OTHER_CASES
