"""Sound: any clip as 16 kHz mono samples (`files`), what is done to samples (`samples`), and the ways that recordings
go (`chains`).

Samples are float32, full scale 1.0. Levels are in dB relative to full scale (dBFS).
"""

from .chains import CHAINS as CHAINS
from .chains import Chain as Chain
from .files import printable as printable
from .files import read_clip as read_clip
from .samples import SAMPLE_RATE as SAMPLE_RATE
from .samples import AudioError as AudioError
from .samples import add_noise as add_noise
from .samples import clip_rng as clip_rng
from .samples import frames as frames
from .samples import level_db as level_db
from .samples import one_sound as one_sound
from .samples import pieces as pieces
from .samples import refuse_silence as refuse_silence
from .samples import to_16k_mono as to_16k_mono
