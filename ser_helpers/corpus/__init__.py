"""Clips and what is known of them: names, tables, votes, and where the audio is.

A corpus is a part with a name: ``"crema-d"`` (7,442 clips of 91 actors, its tables ship with the course, its audio is
fetched), ``"practice"`` (288 synthetic clips that ship with the course), ``"ravdess"`` and ``"emodb"`` (where somebody
has them), and any that you describe in a CSV (`own`) or add as a part (`base`). `corpora` holds what spans them; `by_name`
is for files whose names say everything; `fetch` brings CREMA-D's recordings.
"""

from .base import LABELS as LABELS
from .base import Corpus as Corpus
from .base import Source as Source
from .base import check_table as check_table
from .corpora import CORPORA as CORPORA
from .corpora import clip_table as clip_table
from .corpora import crowd_label as crowd_label
from .corpora import find_audio as find_audio
from .corpora import lesson_clips as lesson_clips
from .corpora import named as named
from .corpora import of_people as of_people
from .corpora import overview as overview
from .corpora import register as register
from .corpora import votes as votes
from .crema_d import COLUMNS as COLUMNS
from .crema_d import EMOTION_CODES as EMOTION_CODES
from .crema_d import HOMES as HOMES
from .crema_d import LEVEL_CODES as LEVEL_CODES
from .crema_d import SENTENCES as SENTENCES
from .crema_d import VOTES as VOTES
from .crema_d import audio_home as audio_home
from .crema_d import clip_of as clip_of
from .crema_d import parse_clip_name as parse_clip_name
