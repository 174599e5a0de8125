"""What a learner moves, hears and speaks into: one module a widget, its JavaScript and CSS as files beside it."""

from .bring import real_voices as real_voices
from .explorer import explorer as explorer
from .feature_explorer import feature_explorer as feature_explorer
from .question import question as question
from .recorder import recorder as recorder
from .splits import leak_meter as leak_meter
from .splits import split_explorer as split_explorer
