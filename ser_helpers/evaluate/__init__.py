"""Honest scores: how clips are split, what is counted, how sure the count is, and what people reach.

`protocols` splits and predicts, `metrics` counts, `results` measures, writes and reads. Every score names its corpus,
recipe and features, its split, the clips it was tested on (clean or noisy) and the label it was held against (intended
or the crowd's).
"""

from .metrics import accuracy as accuracy
from .metrics import actor_interval as actor_interval
from .metrics import confusion as confusion
from .metrics import mean_interval as mean_interval
from .metrics import recall as recall
from .metrics import uar as uar
from .protocols import PROTOCOLS as PROTOCOLS
from .protocols import FinalTest as FinalTest
from .protocols import out_of_fold as out_of_fold
from .protocols import splits as splits
from .results import RESULTS as RESULTS
from .results import expected as expected
from .results import human_yardstick as human_yardstick
from .results import load_predictions as load_predictions
from .results import load_scores as load_scores
from .results import pick as pick
from .results import result_path as result_path
from .results import run as run
from .results import score_table as score_table
from .results import text_table as text_table
