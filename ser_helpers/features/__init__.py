"""Numbers that stand for a clip: sound analysis, the sets of features made of it, computing them and keeping them.

`spectrum` goes from samples to mel bands and MFCC. A feature set (`base`) is a file: `means168`, the 168 means that the
lessons use, and `logmel`, 64 mel bands every 10 ms; `sets` knows them by name. `compute` takes many files through a
set in parallel, `store` keeps the result, a file per corpus and set.
"""

from .base import FeatureSet as FeatureSet
from .compute import extract as extract
from .means168 import BANDS as BANDS
from .means168 import FEATURE_NAMES as FEATURE_NAMES
from .means168 import clip_features as clip_features
from .sets import FEATURES as FEATURES
from .sets import named as named
from .sets import register as register
from .spectrum import HOP as HOP
from .spectrum import N_FFT as N_FFT
from .spectrum import N_MELS as N_MELS
from .spectrum import N_MFCC as N_MFCC
from .spectrum import TOP_DB as TOP_DB
from .spectrum import hann as hann
from .spectrum import hz_to_mel as hz_to_mel
from .spectrum import log_mel as log_mel
from .spectrum import mel_filters as mel_filters
from .spectrum import mel_power as mel_power
from .spectrum import mel_to_hz as mel_to_hz
from .spectrum import mfcc as mfcc
from .spectrum import power_spectrum as power_spectrum
from .store import CONDITIONS as CONDITIONS
from .store import NOISY_SNR_DB as NOISY_SNR_DB
from .store import load as load
from .store import load_features as load_features
from .store import missing_features as missing_features
from .store import table_path as table_path
from .store import update as update
