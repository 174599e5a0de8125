"""Every figure of the course: a function each, which takes the data first and returns a `Picture`.

A `Picture` is a matplotlib figure and the sentence that says what it shows, for those who see it and those who do not.
Each label has a colour (`COLOURS` for the six), chosen to differ from the others also for colour-blind eyes, and a marker
or a written label besides, so that colour is never the only cue. All sounds are 16 kHz mono.

Every function takes ``title``, which names what is drawn in the figure and in its sentence ("Actor 1001, angry"; for
practice voices say so: "Synthetic voice 9001, angry"). With ``ax`` it draws on those axes instead of on a new figure.

`picture` holds what they share; `sound`, `fourier`, `features`, `labels`, `training` and `scores` the figures, by what they
show.
"""

from matplotlib.figure import Figure as Figure

from ..pitch import fundamental as fundamental
from .features import cosines as cosines
from .features import feature_maps as feature_maps
from .features import mel_filter_bank as mel_filter_bank
from .features import mfcc_steps as mfcc_steps
from .features import padding as padding
from .features import snr_ladder as snr_ladder
from .fourier import frames as frames
from .fourier import sines as sines
from .fourier import windows as windows
from .labels import confusion as confusion
from .labels import confusion_pair as confusion_pair
from .labels import emotion_counts as emotion_counts
from .labels import probabilities as probabilities
from .labels import votes as votes
from .picture import COLOURS as COLOURS
from .picture import GREY as GREY
from .picture import Picture as Picture
from .picture import describe as describe
from .scores import actor_scores as actor_scores
from .scores import chain_meter as chain_meter
from .scores import clean_and_noisy as clean_and_noisy
from .scores import leak_meter as leak_meter
from .scores import recall_bars as recall_bars
from .scores import reliability as reliability
from .sound import levels as levels
from .sound import mel_spectrogram as mel_spectrogram
from .sound import pitch as pitch
from .sound import pitches as pitches
from .sound import spectrogram as spectrogram
from .sound import spectrum_pair as spectrum_pair
from .sound import waveform as waveform
from .sound import waveforms as waveforms
from .training import learning_curves as learning_curves
from .training import loss_curve as loss_curve
from .training import network as network
from .training import split_dots as split_dots
