"""No name that a check uses for itself meets a name of the learner's: their helpers may be called what they like."""

import ast
import symtable
from collections.abc import Iterator

import pytest
from bank import LESSONS, cells, checked, checks, ground

from ser_helpers.course.authoring.run import run_cells

# Names that checks bound among the learner's own, before each check became a function.
ONCE = """
_A _FRESH _Logistic _N _NotFitted _Scaler _W _X _a _acc _actor _actors _actors_in _again _all _allowed _alone
_answer _any _asked _ax _axes _b _bad _bands _bars _base _before _behind _best _biases _both _burst _c _change
_check_is_fitted _clean _clips _close _code _coefficients _column _counts _course_chosen_model
_course_features _course_log_mel _course_mfcc _course_paired_interval _course_relu _course_softmax
_course_time_axis _course_uar _crema _curve _db _decibel _default _difference _drawn _dtype _emotion _emotions
_ends _error _few _first _fitted _flat _forbidden _form _forms _found _fraction _frame _frames _g _g_in _gain
_given _given_in _got _groups _here _high _holes _hop _hz _i _inputs _intended _intended_in _is _is_in _junk
_k _key _knocks _label _labels _labels_in _last _layers _leaked _lengths _level _levels _lines _longer _losses
_loud _low _m _majority _mean _means _measured _mel _mfcc _mid _mine _mistakes _mix _mixed _n _n_classes
_n_fft _name _names _names_in _near _net _nets _new _noise _noisy _none _number _offset _one _order _order_in
_orders _other _other_voice _p _p_in _packed _part _paths _pipe _power _precisions _pred _probabilities _q
_quiet _rate _rates _ratios _raw _recalls _reference _reference_db _reference_interval _reference_softmax
_reference_spectrogram _report _right _right_in _rng _row _rows _rows_own _rtol _runs _s _same _say _scaler
_seed _seen _sentence _shape _share _shared _shuffled _side _side_in _silence _six _sizes _skill _snr _snr_db
_some _speech _std _stereo _t _t_in _table _test _test2 _tests _text _times _tol _tolerance _tone _train
_train2 _true _turns _two _uar _unprepared _value _variance _varying _voice _voices _votes _want _weights
_what _who _who_in _whose _wide _wire _word _words _wrong _xy _y _y48 _z
"""


def tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for inner in table.get_children():
        yield from tables(inner)


def bound(source: str) -> set[str]:
    """Every name that a cell binds, in its functions, too."""
    symbols = [symbol for table in tables(symtable.symtable(source, "cell", "exec")) for symbol in table.get_symbols()]
    return {one.get_name() for one in symbols if one.is_assigned() or one.is_imported() or one.is_parameter()}


def made(sources: list[str]) -> set[str]:
    """The notebook's own names after some cells."""
    symbols = [symbol for source in sources for symbol in symtable.symtable(source, "cell", "exec").get_symbols()]
    return {one.get_name() for one in symbols if one.is_assigned() or one.is_imported()}


def exercises(lesson: str) -> list[str]:
    graded = [nbgrader["grade_id"] for nbgrader, _, _ in cells(lesson) if nbgrader.get("solution")]
    return [name for name in graded if checks(lesson, name)]


NOW = {
    name
    for lesson in LESSONS
    for exercise in exercises(lesson)
    for source in checks(lesson, exercise)
    for name in bound(source)
    if name.isidentifier()
}
CASES = [(lesson, exercise) for lesson in LESSONS for exercise in exercises(lesson)]


@pytest.mark.parametrize("lesson, exercise", CASES)
def test_a_helper_may_have_the_name_of_anything_in_any_check(lesson, exercise):
    """The course's own answer, with a helper of every such name, all of which it calls."""
    names = sorted(NOW.union(ONCE.split()) - made(ground(lesson)))
    assert {"_holes", "_power", "_uar", "_", "got"} <= set(names)
    source = next(text for nbgrader, _, text in cells(lesson) if nbgrader.get("grade_id") == exercise)
    tree = ast.parse(source)
    answered = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    answered.body.insert(0, ast.parse("helpers_of_mine()").body[0])
    helpers = [f"def {name}(number=1):\n    return number" for name in names]
    helpers.append("def helpers_of_mine():\n    " + "; ".join(f"{name}(2)" for name in names))
    assert checked(lesson, exercise, "\n".join([*helpers, ast.unparse(tree)])) == ""


@pytest.mark.parametrize("lesson", ["01_load_crema_d", "04_noise", "06_train_mlp"])
def test_a_star_import_over_pythons_own_names_costs_nothing(lesson):
    """`from numpy import *` makes sum, abs, max, any and all numpy's; the checks mean Python's."""
    exercise = exercises(lesson)[0]
    source = next(text for nbgrader, _, text in cells(lesson) if nbgrader.get("grade_id") == exercise)
    assert checked(lesson, exercise, f"from numpy import *\n{source}") == ""


def test_a_check_leaves_nothing_behind_and_finds_what_it_needs():
    check = "@expect.check\ndef _():\n    got = sum(range(mine()))\n    expect.equal(got, 3, 'the sum')"
    start = "from ser_helpers.course import expect\nsum, got, _ = None, 'got', 'before'\ndef mine(): return 3"
    assert run_cells([start, check, "assert (sum, got, _) == (None, 'got', 'before')"]) is None
    assert str(run_cells([start, check.replace("3, 'the", "4, 'the")])).startswith("the sum gave 3")
