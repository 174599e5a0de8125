"""Honest scores: how clips are split, what is counted, how sure the count is, and what people reach.

`protocols` splits and predicts, `metrics` counts, `results` measures, writes and reads; `chains` does so behind everything
that can happen to a recording, `across` from corpus to corpus, `ladder` from the published notebook to networks (its steps
stand in `rungs`, its tables in `ladder_table`), `curves` watches networks as they learn, `recordings` asks a saved model
about a folder, `refusals` counts whom a model gives no label, `groups` sums up for its card. `board` keeps what a learner
tried, after `leaks` has looked for what a candidate must not have seen. Every score names its corpus, recipe and features,
its split, the clips it was tested on (clean or noisy) and the label it was held against (intended or the crowd's).
"""

from .across import across as across
from .across import across_text as across_text
from .across import load_across as load_across
from .across import write_across as write_across
from .board import Board as Board
from .chains import CLIPS_PER_SPEAKER as CLIPS_PER_SPEAKER
from .chains import Fold as Fold
from .chains import chain_answers as chain_answers
from .chains import chain_scores as chain_scores
from .chains import chain_text as chain_text
from .chains import chains_path as chains_path
from .chains import fit_folds as fit_folds
from .chains import load_chains as load_chains
from .chains import read_folds as read_folds
from .chains import run_chains as run_chains
from .chains import sample_clips as sample_clips
from .curves import curves_text as curves_text
from .curves import cycle as cycle
from .curves import load_curves as load_curves
from .curves import measure_curves as measure_curves
from .curves import write_curves as write_curves
from .groups import measured as measured
from .ladder import ladder as ladder
from .ladder_table import ladder_text as ladder_text
from .ladder_table import load_ablations as load_ablations
from .ladder_table import load_ladder as load_ladder
from .ladder_table import run_ladder as run_ladder
from .leaks import find_leaks as find_leaks
from .metrics import accuracy as accuracy
from .metrics import actor_interval as actor_interval
from .metrics import calibration as calibration
from .metrics import confusion as confusion
from .metrics import ece as ece
from .metrics import interval_over as interval_over
from .metrics import mean_interval as mean_interval
from .metrics import paired_difference as paired_difference
from .metrics import recall as recall
from .metrics import uar as uar
from .protocols import PROTOCOLS as PROTOCOLS
from .protocols import FinalTest as FinalTest
from .protocols import out_of_fold as out_of_fold
from .protocols import splits as splits
from .recordings import recordings_text as recordings_text
from .recordings import run_recordings as run_recordings
from .refusals import load_refusals as load_refusals
from .refusals import refusals_text as refusals_text
from .refusals import run_refusals as run_refusals
from .results import RESULTS as RESULTS
from .results import expected as expected
from .results import human_yardstick as human_yardstick
from .results import load_predictions as load_predictions
from .results import load_scores as load_scores
from .results import load_unheard as load_unheard
from .results import pick as pick
from .results import result_path as result_path
from .results import run as run
from .results import score_table as score_table
from .results import text_table as text_table
