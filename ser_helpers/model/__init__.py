"""Models by recipe: how one is built, trained, saved with its card, loaded, and asked about a clip.

`recipes` lists the recipes ("original", "logistic", "everyday"), each in a file of its own; `training`, `files`, `card` and
`prediction` do the same for all of them. A new recipe is one more file like `logistic` and a call of `register`.
"""

from .base import Classifier as Classifier
from .base import Recipe as Recipe
from .base import makes_copies as makes_copies
from .base import version_of as version_of
from .card import EVERYDAY as EVERYDAY
from .card import MODEL as MODEL
from .card import card_text as card_text
from .card import make_card as make_card
from .card import read_card as read_card
from .card import track_record as track_record
from .card import write_card as write_card
from .files import Loaded as Loaded
from .files import load as load
from .files import load_model as load_model
from .files import save_model as save_model
from .original import build_model as build_model
from .practice import load_for as load_for
from .practice import practice_models as practice_models
from .prediction import Prediction as Prediction
from .prediction import predict as predict
from .recipes import RECIPES as RECIPES
from .recipes import named as named
from .recipes import register as register
from .training import calibrate_folds as calibrate_folds
from .training import fit_all as fit_all
from .training import model_file as model_file
from .training import model_path as model_path
from .training import quick_path as quick_path
from .training import train as train
from .training import training_rows as training_rows
