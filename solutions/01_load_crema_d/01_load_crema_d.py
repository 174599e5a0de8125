# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   ser:
#     title: "Load CREMA-D: what a file name knows"
#     goals:
#     - read actor, sentence, emotion and level out of a clip's name
#     - build a table of clips that you can trust
#     - count what is there, and find what is missing or broken
#     - tell what an actor was told from what people hear
#     needs: "a little Python: functions, dictionaries, lists; pandas helps"
#     minutes: 70
#     contract: # names and arguments are a promise; mistakes: how many known ones the checks name, at least
#       parse_clip_name: {arguments: name, mistakes: 3}
#       build_clip_table: {arguments: names, mistakes: 3}
#       count_emotions: {arguments: clips, mistakes: 2}
#       find_missing: {arguments: clips, mistakes: 1}
#     keep: | # the sheet's code: at most five lines besides those that import; it runs by itself
#       import pandas as pd
#       from ser_helpers import corpus
#
#       table = corpus.clip_table()                    # a row per clip: what its name says, and more
#       table[table["sha256"].duplicated(keep=False)]  # one sound under two names
#       table[table["defect"] != ""]                   # what is known to be broken
#       crowd = corpus.crowd_label(table)              # what most listeners heard; "" for a tie
#       pd.crosstab(table["emotion"], crowd)           # intended against perceived
# ---

# %% [markdown]
# # 01 · Load CREMA-D: what a file name knows
#
# One recording of this collection was rated by nine people: five heard neutral, three sad, one disgust. Run the first two
# cells and listen to what its file holds today. What do *you* hear?
#
# Two other recordings, filed under "happy" and "neutral", are the *same file*, bit for bit. You will find all of them in
# this lesson with a few lines of code. Most people who train on this collection never do.

# %% [markdown]
# **You will learn to** read a clip's name, build a table of clips, count what is there, find what is missing or broken,
# and tell an instruction to an actor from what people hear.
#
# **You need** a little Python. **Reading and exercises take about {minutes} minutes,
# running all cells {seconds} seconds.**

# %% tags=["setup"]
from pathlib import Path

import ipywidgets
import numpy as np
import pandas as pd
from IPython.display import Audio, Markdown, display

from ser_helpers import audio, check, corpus, plots, widgets

LABELS = list(corpus.LABELS)
clips = corpus.lesson_clips()
print(clips.attrs["line"])
print("Tables: CREMA-D's 7,442 clips, which ship with the course.")

# %%
silent = corpus.clip_table().query("defect == 'silent'").iloc[0]
silence = np.zeros(round(silent["seconds"] * audio.SAMPLE_RATE))  # all there is in it, so the file is not needed
print(f"{silent['clip']}, {len(silence):,} samples:")
display(Audio(silence, rate=audio.SAMPLE_RATE, normalize=False), plots.votes(silent))

# %% [markdown]
# Nothing: every sample is 0. What the nine heard at the time, before the sound was lost, the file no longer tells. It is
# still counted as one sad clip wherever this collection is used. So before you learn from data, you look at it. Begin with
# what a name says.
#
# ## Still there? Two questions from lesson 00
#
# Memory grows by being asked. Each lesson begins with two questions from earlier ones. Nobody counts.
#
# <!-- question again-stale -->
# **From lesson 00.** You mend a function, and its check complains as before. What do you do first?
#
# <details><summary>A. Mend it once more</summary>
#
# Perhaps it is right already. The check calls the version that Python knows, and that is the one you ran last.
# </details>
# <details><summary>B. Run the function's cell, then the check</summary>
#
# Yes. A cell that you changed and did not run is only text.
# </details>

# %%
widgets.question("01_load_crema_d", "again-stale")

# %% [markdown]
# <!-- question again-instruction -->
# **From lesson 00.** "The model found out that she is afraid." What is wrong with this sentence?
#
# <details><summary>A. Nothing, if the model's probability is high</summary>
#
# A high probability says that the model is sure, of what it was trained on: instructions to actors. It has seen no feeling.
# </details>
# <details><summary>B. The model tells which instruction an actor was probably given</summary>
#
# Yes. About what somebody feels it knows nothing. In this lesson you see where the instructions stand.
# </details>
# <details><summary>C. It should say "the network"</summary>
#
# A network is one kind of model. The trouble is what either of them is said to know.
# </details>

# %%
widgets.question("01_load_crema_d", "again-instruction")

# %% [markdown]
# ## Listen, then look at the name

# %%
first = clips.query("emotion == 'angry'").iloc[0]
Audio(audio.read_clip(first["path"]), rate=audio.SAMPLE_RATE, normalize=False)

# %%
print("Its file is called", Path(first["path"]).name)

# %% [markdown]
# <!-- question last-part -->
# **What do you expect?** Four parts, joined by `_`. What might the last one mean?
#
# <details><summary>A. How loud the clip is</summary>
#
# Close, but loudness is measured, and nobody measured anything here.
# </details>
# <details><summary>B. How strongly the actor was asked to play the emotion</summary>
#
# Yes: low, medium or high, or `XX` where nothing was asked. In CREMA-D only one of the twelve sentences was acted at
# three levels.
# </details>
# <details><summary>C. The take number</summary>
#
# A good guess for many collections. In this one each actor has one take.
# </details>

# %%
widgets.question("01_load_crema_d", "last-part")

# %% [markdown]
# The four parts are **actor**, **sentence**, **emotion** and **level**:

# %%
pd.DataFrame(
    {
        "sentence code": list(corpus.SENTENCES),
        "what is said": list(corpus.SENTENCES.values()),
    }
).set_index("sentence code")

# %% [markdown]
# The emotions are `ANG`, `DIS`, `FEA`, `HAP`, `NEU` and `SAD`; the levels `LO`, `MD`, `HI` and `XX`. This course writes
# the six labels as words, always in this order: angry, disgust, fear, happy, neutral, sad.
#
# ### Warm-up: take a name apart
#
# No points, no check. Run the cell, then change its last line so that it prints the *emotion* of the name. Counting begins
# at 0.

# %%
name = "1001_IEO_ANG_HI"
parts = name.split("_")
print(parts)
print("actor:", int(parts[0]), "- sentence:", parts[1])
print("the word for ANG:", corpus.EMOTION_CODES["ANG"])

# %% [markdown]
# <details><summary>One way to do it</summary>
#
# `print("emotion:", corpus.EMOTION_CODES[parts[2]])`: take the third part, and look it up. Put `1001_IEO_JOY_HI` into the
# first line and run it again: a dictionary complains about a word that it does not know. That is worth a lot.
# </details>

# %% [markdown]
# ### A worked example: names of another collection
#
# RAVDESS, another collection, calls its files `03-01-06-01-02-01-12.wav`: seven numbers, of which the third is the emotion
# and the last the actor. Here is a function that reads them. Follow it line by line; yours will have the same steps.

# %%
RAVDESS_EMOTIONS = {
    "01": "neutral", "03": "happy", "04": "sad", "05": "angry", "06": "fear", "07": "disgust",
}


def parse_ravdess_name(name):
    stem = Path(name).stem  # 1. without folder and extension, whether text or Path came
    seven = stem.split("-")  # 2. apart, at what joins the parts
    if len(seven) != 7:  # 3. as many as there should be? If not, say which name is wrong
        raise ValueError(f"{stem!r} has {len(seven)} parts where seven were expected")
    if seven[2] not in RAVDESS_EMOTIONS:  # 4. look up each code; what is not there is an error
        raise ValueError(f"{seven[2]!r} is none of the six emotions of this course")
    return {"actor_id": int(seven[6]), "emotion": RAVDESS_EMOTIONS[seven[2]]}  # 5. a number is an int


print(parse_ravdess_name("Actor_12/03-01-06-01-02-01-12.wav"))
for wrong in ("03-01-06-12.wav", "03-01-99-01-02-01-12.wav"):
    try:
        parse_ravdess_name(wrong)
    except ValueError as error:
        print("ValueError:", error)

# %% [markdown]
# Now CREMA-D's names. They lie sometimes: copies made before October 2022 hold one clip whose level is a single `X`. A
# program that cuts names apart by counting letters stumbles over it, and over a folder in front of the name.
#
# ### Exercise 1: `parse_clip_name`

# %% nbgrader={"grade_id": "parse_clip_name", "solution": true}
def parse_clip_name(name):
    """Read what a clip's name says.

    name: a bare name, a file name with extension, or a path (str or Path).
    Returns a dict with actor_id (int), sentence (3-letter code), emotion (one of the six words) and
    level ("low", "medium", "high" or "unspecified"; X reads like XX).
    Raises ValueError with the offending text in its message for an unknown part (codes are in capitals),
    and with the bare name when there are not four parts.
    """
    ### BEGIN SOLUTION
    bare = Path(name).stem
    parts = bare.split("_")
    if len(parts) != 4:
        raise ValueError(f"{bare!r} does not have four parts")
    actor, sentence, emotion, level = parts
    levels = {"LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified", "X": "unspecified"}
    if not actor.isdigit():
        raise ValueError(f"{actor!r} is not an actor")
    for part, known in ((sentence, corpus.SENTENCES), (emotion, corpus.EMOTION_CODES), (level, levels)):
        if part not in known:
            raise ValueError(f"{part!r} is unknown")
    return {
        "actor_id": int(actor),
        "sentence": sentence,
        "emotion": corpus.EMOTION_CODES[emotion],
        "level": levels[level],
    }
    ### END SOLUTION


# %% nbgrader={"grade_id": "parse_clip_name-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = parse_clip_name("1001_IEO_ANG_HI")
    expect.kind(got, dict, "parse_clip_name('1001_IEO_ANG_HI')")
    for key in ("actor_id", "sentence", "emotion", "level"):
        expect.true(key in got, f"The key {key!r} is missing from your dictionary; it has {', '.join(map(repr, got)) or 'none'}.")
    expect.kind(got["actor_id"], int, "actor_id")
    expect.equal(got["emotion"], "angry", "emotion", mistakes=[("ANG", "You left the emotion's code as it is: ANG reads as 'angry'.")])
    expect.equal(got["level"], "high", "level", mistakes=[("HI", "You left the level's letters as they are: HI reads as 'high'.")])
    expect.equal((got["actor_id"], got["sentence"]), (1001, "IEO"), "actor and sentence")

# %% nbgrader={"grade_id": "parse_clip_name-more", "grade": true, "points": 3, "locked": true}
@expect.check
def _():
    expect.kind(parse_clip_name("1091_WSI_SAD_XX.wav"), dict, "parse_clip_name('1091_WSI_SAD_XX.wav')")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("parse_clip_name")
    emotions = {"ANG": "angry", "DIS": "disgust", "FEA": "fear", "HAP": "happy", "NEU": "neutral", "SAD": "sad"}
    levels = {"LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified", "X": "unspecified"}
    want = {"actor_id": 1002, "sentence": "TIE", "emotion": "disgust", "level": "low"}
    for name in ("1002_TIE_DIS_LO", "1002_TIE_DIS_LO.wav", "AudioWAV/1002_TIE_DIS_LO.wav", Path("a_b") / "c_d_e" / "1002_TIE_DIS_LO.flac", "/home/me/my_clips/1002_TIE_DIS_LO.wav"):
        try:
            got = parse_clip_name(name)
        except Exception as error:
            got = f"{type(error).__name__}: {error}"
        mine = {key: got.get(key) for key in want} if isinstance(got, dict) else got
        expect.true(
            mine == want,
            f"parse_clip_name({str(name)!r}) gave {str(mine)[:200]}. A folder or an extension is part of what people pass, as text or as a Path: take the bare "
            "name first (pathlib has .stem), and split it at the _ instead of counting letters.",
        )
    for code, level in levels.items():
        try:
            got = parse_clip_name(f"1040_ITH_SAD_{code}")["level"]
        except (ValueError, KeyError) as error:
            expect.true(False, f"The level {code!r} raised {type(error).__name__}: {error}. It reads as {level!r}.")
        expect.true(got != code, f"You left the level's letters as they are: {code} reads as {level!r}.")
        expect.equal(got, level, f"the level of ..._{code}")
    for code, word in emotions.items():
        with expect.calling(f"parse_clip_name('7_DFA_{code}_XX')", "Any number in digits is an actor."):
            expect.equal(parse_clip_name(f"7_DFA_{code}_XX")["emotion"], word, f"the emotion of {code}")
    for i in range(20):
        actor, sentence = int(rng.integers(1, 20000)), str(rng.choice(list(corpus.SENTENCES)))
        emotion, level = str(rng.choice(list(emotions))), str(rng.choice(list(levels)))
        name = f"{actor}_{sentence}_{emotion}_{level}"
        want = {"actor_id": actor, "sentence": sentence, "emotion": emotions[emotion], "level": levels[level]}
        with expect.calling(f"parse_clip_name({name!r})", "Any number in digits is an actor; level and sentence are not checked against each other."), expect.unchanged():
            got = parse_clip_name(name)
        expect.equal({key: got.get(key) for key in want}, want, f"parse_clip_name({name!r})", look="Any number in digits is an actor.")
        expect.kind(got["actor_id"], int, "actor_id")
    for name, text, what in (
        ("1001_DFA_JOY_XX", "JOY", "an emotion that CREMA-D does not have"),
        ("1001_DFA_sad_XX", "sad", "small letters where codes are in capitals"),
        ("1001_dfa_SAD_XX", "dfa", "small letters where codes are in capitals"),
        ("1001_DFA_SAD_hi", "hi", "small letters where codes are in capitals"),
        ("1001_ABC_SAD_XX", "ABC", "a sentence that CREMA-D does not have"),
        ("1001_DFA_SAD_VERY", "VERY", "a level that CREMA-D does not have"),
        ("ZOE_DFA_SAD_XX", "ZOE", "an actor that is no number"),
        ("clips/1001_DFA_SAD.wav", "1001_DFA_SAD", "a name with three parts"),
        ("1001_DFA_SAD_XX_2", "1001_DFA_SAD_XX_2", "a name with five parts"),
    ):
        expect.raises(
            ValueError,
            lambda: parse_clip_name(name),
            f"parse_clip_name({name!r}), {what},",
            contains=text,
            look="Silently accepting it would put a wrong label into every table that follows.",
        )
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `Path("AudioWAV/1001_DFA_ANG_XX.wav")` has an attribute that is the bare name. Look at what `.split("_")` makes of it.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Take the bare name, split it, insist on four parts. Then look each code up in a dictionary; what is not in the
# dictionary is an error whose message names it.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `actor, sentence, emotion, level = Path(name).stem.split("_")` after checking the length; `corpus.EMOTION_CODES` turns
# `"ANG"` into `"angry"`; `raise ValueError(f"{emotion!r} is not an emotion")` when it is not in there.
# </details>

# %% [markdown]
# ## One row per clip
#
# A name at a time is slow work. With a table you can ask questions. The one below is the course's; you will build its
# first columns. (The course's own version stands in here, so that this runs before you have solved it.)

# %%
table = corpus.clip_table()
table[["clip", "actor_id", "sentence", "emotion", "level"]].head()

# %% [markdown]
# A list of files is rarely clean: there are text files among them, the same clip in two folders, an order that depends
# on the disk. A good table does not care.
#
# ### A worked example: readings of a thermometer
#
# Four lines from a log: one comes twice, one has no number in it. What should remain is a tidy table of cities.

# %%
readings = ["Rome 27", "Oslo 12", "Lima n/a", "Rome 27"]

found = {}
for line in readings:
    city, degrees = line.split()
    try:
        found[city] = {"degrees": int(degrees)}  # under its name: the second Rome falls on the first
    except ValueError:  # int("n/a"): no reading, so go on with the next line
        continue

pd.DataFrame([{"city": city, **found[city]} for city in sorted(found)], columns=["city", "degrees"])

# %% [markdown]
# Three ideas are at work: a *dictionary* keeps one entry per name, `try` and `except` skip what cannot be read, and a table
# made of sorted names has a fresh index 0, 1, 2. Empty the list `readings` and run the cell again: because the columns are
# named, an empty table still has both. Names of clips want nothing else.
#
# ### Exercise 2: `build_clip_table`

# %% nbgrader={"grade_id": "build_clip_table", "solution": true}
def build_clip_table(names):
    """A table of clips from a list of names or paths.

    Columns clip, actor_id, sentence, emotion, level, in this order; `clip` is the bare name.
    Sorted by clip, index 0, 1, 2, ...; two paths to one clip are one row; what is not a clip name is skipped.
    A list with nothing usable gives the five columns and no rows.
    """
    ### BEGIN SOLUTION
    rows = {}
    for name in names:
        try:
            rows[Path(name).stem] = parse_clip_name(name)
        except ValueError:
            continue
    columns = ["clip", "actor_id", "sentence", "emotion", "level"]
    table = pd.DataFrame([{"clip": clip, **rows[clip]} for clip in sorted(rows)], columns=columns)
    return table.astype({"actor_id": int})
    ### END SOLUTION


# %% nbgrader={"grade_id": "build_clip_table-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    names = ["b/1002_TIE_DIS_LO.wav", "1001_IEO_ANG_HI.wav", "notes.txt", "a/1002_TIE_DIS_LO.wav"]
    with expect.standing_in(parse_clip_name=corpus.parse_clip_name):
        got = build_clip_table(list(names))
    expect.kind(got, pd.DataFrame, "build_clip_table(...)")
    expect.equal(list(got.columns), ["clip", "actor_id", "sentence", "emotion", "level"], "the columns of build_clip_table(...)")
    expect.true(
        not any("/" in str(clip) or "." in str(clip) for clip in got["clip"]),
        f"The column clip holds {got['clip'].iloc[0]!r}: a path or an extension was left in it. The bare name was asked for.",
    )
    expect.true(len(got) != 3, "There are 3 rows: 1002_TIE_DIS_LO lies in two folders, but it is one clip and one row.")
    expect.true(
        list(got.index) == [0, 1] or len(got) != 2,
        f"The rows are right in number, but the index is {list(got.index)}: it was left from sorting or dropping. Give it a fresh 0, 1.",
    )
    expect.equal(list(got["clip"]), ["1001_IEO_ANG_HI", "1002_TIE_DIS_LO"], "the column clip", look="Sorted, and only what is a clip's name.")
    expect.true(
        not isinstance(got["actor_id"].iloc[0], str),
        "actor_id holds text: '1001' comes before '999' when text is sorted, and 1001 == '1001' is False. Keep it an int.",
    )

# %% nbgrader={"grade_id": "build_clip_table-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    with expect.standing_in(parse_clip_name=corpus.parse_clip_name):
        expect.equal(len(build_clip_table(["1001_IEO_ANG_HI.wav"])), 1, "the number of rows for one clip")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("build_clip_table")
    some = [str(clip) for clip in rng.choice(corpus.clip_table()["clip"].to_numpy(dtype=str), 60, replace=False)]
    mixed = [f"AudioWAV/{clip}.wav" for clip in some[:50]] + ["README.md", "AudioWAV", "1001_DFA_JOY_XX.wav"] + some[50:55] + [Path("more") / f"{clip}.flac" for clip in some[55:]]
    mixed += [Path("copy") / f"{some[3]}.flac", "9_ITH_SAD_X.wav", "9_ITH_SAD_XX.wav"]
    clips = sorted({*some, "9_ITH_SAD_X", "9_ITH_SAD_XX"})
    want = pd.DataFrame([{"clip": clip, **corpus.parse_clip_name(clip)} for clip in clips])
    with expect.standing_in(parse_clip_name=corpus.parse_clip_name), expect.unchanged(mixed):
        with expect.calling(f"build_clip_table of {len(mixed)} names and Paths"):
            got = build_clip_table(mixed)
        with expect.calling("build_clip_table(['notes.txt'])", "Nothing there is a clip's name: give the five columns and no rows."):
            junk = build_clip_table(["notes.txt"])
        with expect.calling("build_clip_table([])", "No names at all give the five columns and no rows."):
            none = build_clip_table([])
    expect.kind(got, pd.DataFrame, "build_clip_table(...)")
    expect.frame(
        got.assign(actor_id=pd.to_numeric(got["actor_id"], errors="coerce")) if "actor_id" in got else got,
        want,
        "build_clip_table(...)",
        mistakes=[
            (want.assign(clip=[f"AudioWAV/{clip}.wav" for clip in clips]), "Paths were left in the column clip: the bare name was asked for."),
            (want.sort_values(["actor_id", "clip"]).reset_index(drop=True), "Your rows are sorted by actor. Sorted by clip, as text, was asked for: there '9_ITH...' comes last."),
        ],
        look="Sorted by clip, one row per clip, a fresh index; ..._X and ..._XX are two clips. A bare name is a clip's name, too, and so is one that ends in .flac.",
    )
    expect.true(not isinstance(got["actor_id"].iloc[0], str), "actor_id holds text. Keep it an int.")
    expect.true(
        all(type(actor) is int for actor in got["actor_id"].tolist()),
        f"actor_id holds {type(got['actor_id'].tolist()[0]).__name__}s, {got['actor_id'].iloc[0]} for instance; an actor's number is an int.",
    )
    for table in (junk, none):
        expect.kind(table, pd.DataFrame, "build_clip_table when nothing is usable")
        expect.equal(list(table.columns), ["clip", "actor_id", "sentence", "emotion", "level"], "the columns when nothing is usable", look="An empty table still has its five columns, or everything that follows breaks.")
        expect.equal(len(table), 0, "the number of rows when nothing is usable")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# What keeps one entry per name, whatever you put in twice?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Try `parse_clip_name` on each name and skip those that raise. Collect the rest in a dictionary under the bare name,
# then make the table from the sorted keys. Naming the columns gives you the empty table for free.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `rows[Path(name).stem] = parse_clip_name(name)` inside `try`/`except ValueError`; then
# `pd.DataFrame([{"clip": clip, **rows[clip]} for clip in sorted(rows)], columns=[...])`.
# </details>

# %% [markdown]
# ## How many of each?
#
# <!-- question clips-per-emotion -->
# **What do you expect?** Six emotions, 91 actors, twelve sentences. Are there as many neutral clips as angry ones?
#
# <details><summary>A. Yes: six emotions, a sixth each</summary>
#
# Nearly, and the difference is systematic. Look at the bars below.
# </details>
# <details><summary>B. Fewer neutral ones</summary>
#
# Yes. One sentence was acted at three levels, but you cannot be neutral at three levels: two clips fewer per actor.
# </details>
# <details><summary>C. More neutral ones</summary>
#
# That would help a lazy model that always says neutral. Here it is the other way round.
# </details>

# %%
widgets.question("01_load_crema_d", "clips-per-emotion")

# %%
plots.emotion_counts(table)

# %% [markdown]
# ### Exercise 3: `count_emotions`
#
# `value_counts` seems made for this. But its order depends on the counts, and what never occurs is not counted as zero:
# it is gone.

# %% nbgrader={"grade_id": "count_emotions", "solution": true}
def count_emotions(clips):
    """How many clips each emotion has: a Series of ints, indexed by the six labels in course order, zeros included.

    clips: a table with a column `emotion`, possibly empty.
    """
    ### BEGIN SOLUTION
    counts = clips["emotion"].value_counts()
    return pd.Series({label: int(counts.get(label, 0)) for label in LABELS})
    ### END SOLUTION


# %% nbgrader={"grade_id": "count_emotions-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    got = count_emotions(pd.DataFrame({"emotion": ["sad", "happy", "sad", "angry", "sad", "happy"]}))
    expect.kind(got, pd.Series, "count_emotions(...)")
    expect.true(
        len(got) == 6,
        f"Your Series has {len(got)} labels. Three of the six do not occur here; their count is 0, and they should be in it.",
    )
    expect.true(not got.isna().any(), "A label that does not occur came out as NaN. Nothing was found of it: that is 0.")
    expect.equal(
        [str(label) for label in got.index],
        ["angry", "disgust", "fear", "happy", "neutral", "sad"],
        "the order of the labels",
        mistakes=[(["sad", "happy", "angry", "disgust", "fear", "neutral"], "Your labels are in the order of value_counts, largest first. Course order was asked for.")],
    )
    expect.close(got.to_numpy(), [1, 0, 0, 2, 0, 3], "the counts")

# %% nbgrader={"grade_id": "count_emotions-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    expect.equal(int(count_emotions(pd.DataFrame({"emotion": ["sad"]})).sum()), 1, "the sum of the counts of one clip")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("count_emotions")
    table, labels = corpus.clip_table(), ["angry", "disgust", "fear", "happy", "neutral", "sad"]
    mixed = table.iloc[rng.permutation(len(table))[:200]]
    for part, what in (
        (table, "CREMA-D"),
        (mixed, "200 clips"),
        (mixed[mixed["emotion"].isin(["sad", "fear"])], "sad and fearful clips only"),
        (mixed[mixed["emotion"] == str(rng.choice(labels))].astype({"emotion": object}), "clips of one emotion"),
        (table.iloc[:0], "an empty table"),
    ):
        with expect.calling(f"count_emotions of {what}"), expect.unchanged(part):
            got = count_emotions(part)
        expect.kind(got, pd.Series, f"count_emotions of {what}")
        want = pd.Series({label: int((part["emotion"] == label).sum()) for label in labels})
        expect.true(len(got) == 6 and not got.isna().any(), f"A label that does not occur is gone or NaN in count_emotions of {what}: {got.to_dict()}. Its count is 0.")
        expect.series(
            got, want, f"count_emotions of {what}", look="All six labels, in course order.",
            mistakes=[(want.sort_values(ascending=False, kind="stable"), "Your labels are in the order of value_counts, largest first. Course order was asked for.")] if not want.is_monotonic_decreasing else (),
        )
        expect.true(all(type(n) is int for n in got.tolist()), f"The counts are {got.dtype}; clips come in whole numbers, so ints were asked for.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# You know the six labels beforehand. Ask for each of them.
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Either count each label in turn, or take `value_counts` and bring it into your own order with `reindex`. What does
# `reindex` put where nothing was?
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `clips["emotion"].value_counts().reindex(LABELS, fill_value=0)`; mind tables whose column is categorical.
# </details>

# %% [markdown]
# ## Who speaks?

# %%
speakers = table.drop_duplicates("actor_id")
per_actor = table.groupby("actor_id").size()
print(f"{len(speakers)} actors, {(speakers['sex'] == 'female').sum()} women and {(speakers['sex'] == 'male').sum()} men, "
      f"{speakers['age'].min()} to {speakers['age'].max()} years old, {speakers['age'].mean():.1f} on average.")
print(f"Clips per actor: {per_actor.value_counts().sort_index(ascending=False).to_dict()}  (clips: number of actors)")

# %% [markdown]
# Most actors have the same number of clips, and a few have fewer. Where are the holes? A table shows what is there.
# What is *not* there you have to ask for: every actor, every sentence, every emotion.
#
# ### Exercise 4: `find_missing`

# %% nbgrader={"grade_id": "find_missing", "solution": true}
def find_missing(clips):
    """Which (actor_id, sentence, emotion) no clip of any level covers: a sorted list of tuples.

    For every actor in the table, over the 12 sentences of CREMA-D and the six emotions. An empty table gives [].
    """
    ### BEGIN SOLUTION
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    return [
        (int(actor), sentence, emotion)
        for actor in sorted(set(clips["actor_id"]))
        for sentence in sorted(corpus.SENTENCES)
        for emotion in LABELS
        if (actor, sentence, emotion) not in there
    ]
    ### END SOLUTION


# %% nbgrader={"grade_id": "find_missing-check", "grade": true, "points": 1, "locked": true}
@expect.check
def _():
    one = corpus.clip_table().query("actor_id == 1002")[["clip", "actor_id", "sentence", "emotion", "level"]]
    got = find_missing(one)
    expect.kind(got, list, "find_missing(...)")
    expect.true(all(isinstance(cell, tuple) and len(cell) == 3 for cell in got), "A list of tuples (actor_id, sentence, emotion) was asked for.")
    expect.equal(got, [(1002, "TIE", "neutral")], "find_missing for actor 1002", look="One cell of this actor's 72 is empty. A level makes no cell of its own.")

# %% nbgrader={"grade_id": "find_missing-more", "grade": true, "points": 2, "locked": true}
@expect.check
def _():
    one = corpus.clip_table().query("actor_id == 1002")[["clip", "actor_id", "sentence", "emotion", "level"]]
    expect.equal(len(find_missing(one.iloc[:1])), 71, "the number of missing cells when an actor has one clip", look="12 sentences times 6 emotions are 72 cells, whether or not the sentence occurs in the table.")
    # More checks run here when your work is marked.
    ### BEGIN HIDDEN TESTS
    rng = expect.rng("find_missing")
    table = corpus.clip_table()[["clip", "actor_id", "sentence", "emotion", "level"]]

    def reference(clips, sentences=tuple(sorted(corpus.SENTENCES)), emotions=corpus.LABELS):
        there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
        return sorted((int(a), s, e) for a in set(clips["actor_id"]) for s in sentences for e in emotions if (a, s, e) not in there)

    with expect.calling("find_missing(CREMA-D)"), expect.unchanged(table):
        got = find_missing(table)
    expect.equal(len(got), 20, "the number of missing cells in CREMA-D")
    expect.equal(got, reference(table), "find_missing(CREMA-D)", look="A list of tuples, sorted by actor, then sentence, then emotion.")
    few = table[table["actor_id"].isin(rng.choice(table["actor_id"].unique(), 3, replace=False))]
    few = few.iloc[rng.permutation(len(few))]
    holes = [str(s) for s in rng.choice(list(corpus.SENTENCES), 2, replace=False)]
    for part, what in (
        (few[~few["sentence"].isin(holes)], f"three actors without the sentences {' and '.join(holes)}"),
        (few[few["emotion"].isin(["sad", "angry"])], "three actors with sad and angry clips only"),
        (few.iloc[:5], "five clips"),
    ):
        with expect.calling(f"find_missing of {what}"), expect.unchanged(part):
            got = find_missing(part)
        want, here = reference(part), sorted(set(part["sentence"]))
        expect.equal(
            got,
            want,
            f"find_missing of {what}",
            mistakes=[
                (wrong, sentence)
                for wrong, sentence in (
                    (reference(part, here), "You looked only at sentences that occur in the table. A sentence that is missing altogether is the biggest hole: take all 12."),
                    (reference(part, emotions=sorted(set(part["emotion"]))), "You looked only at emotions that occur in the table. Take all six."),
                    (reference(part, here, sorted(set(part["emotion"]))), "You looked only at sentences and emotions that occur in the table. Take all 12 and all six."),
                )
                if wrong != want
            ],
            look="Sorted by actor, then sentence, then emotion; every actor in the table, and no other.",
        )
    with expect.calling("find_missing of an empty table", "Without actors nothing is missing: []."):
        got = find_missing(table.iloc[:0])
    expect.equal(got, [], "find_missing of an empty table", look="Without actors nothing is missing.")
    ### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# First write down every cell that should exist for one actor. How many are there?
# </details>
# <details><summary>Hint 2: the idea</summary>
#
# Put the cells that exist into a set of tuples. Then walk through all actors, all 12 sentences and all six emotions, and
# keep what is not in the set.
# </details>
# <details><summary>Hint 3: nearly the code</summary>
#
# `there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))`, then a list comprehension over
# `sorted(set(clips["actor_id"]))`, `sorted(corpus.SENTENCES)` and `LABELS` with `if (a, s, e) not in there`.
# </details>

# %% [markdown]
# ## What is broken
#
# The table of this course also knows the fingerprint (SHA-256) of each file: two files with the same fingerprint are the
# same bytes. Group by it, and the lie of the beginning shows.

# %%
twins = table[table["sha256"].duplicated(keep=False)].sort_values("sha256")
twins[["clip", "emotion", "seconds", "defect"]]

# %% [markdown]
# Three recordings, each filed under two emotions. No model can be right about both, and nobody can say which label is the
# wrong one. What did people hear in them? Each row below had its own listeners, and the sound of a pair is the same:

# %%
corpus.votes(twins).set_index(twins["clip"])

# %% [markdown]
# One pair was called neutral, whichever label it had. Another was called disgust where "sad" stands on it. And two groups
# of listeners to one and the same sound do not agree with each other either. Two more clips have a defect: the silent one,
# and one that has changed its name.

# %%
table.loc[table["defect"].ne("") & ~table["clip"].isin(twins["clip"]), ["clip", "emotion", "seconds", "defect"]]

# %% [markdown]
# <!-- question silent-clip -->
# **What do you expect?** What does the silent clip do to a program that takes the logarithm of its energy?
#
# <details><summary>A. Nothing: 0 is a number like any other</summary>
#
# The logarithm of 0 is minus infinity, and one infinity in a column makes the column's mean and spread useless.
# </details>
# <details><summary>B. It gives minus infinity, and then spoils what is computed from it</summary>
#
# Yes. The error message will speak of `nan` in a matrix, three notebooks later. That is why you look at data first.
# </details>
# <details><summary>C. It stops at once with an error</summary>
#
# That would be kind. numpy prints a warning, gives `-inf`, and goes on.
# </details>

# %%
widgets.question("01_load_crema_d", "silent-clip")

# %%
with np.errstate(divide="ignore", invalid="ignore"):  # what many notebooks do, and then they see nothing
    energy = np.array([np.log10(np.mean(np.square(sound))) for sound in (audio.read_clip(first["path"]), silence)])
    print(f"log energy of two clips: {energy};  their mean: {energy.mean()};  their spread: {energy.std()}")

# %% [markdown]
# ## What an actor was told, and what people hear
#
# `emotion` is the instruction that the actor got: the **intended** label. The authors also let a crowd listen to the
# voice alone, and each clip has about nine votes: the **perceived** emotion. Do the two agree?
#
# <!-- question crowd-agrees -->
# **What do you expect?** For how many of the clips is the crowd's most frequent vote the intended label?
#
# <details><summary>A. Nine in ten: these are trained actors</summary>
#
# Most people guess in this direction. But these are short sentences about jackets and alarm clocks, without a face.
# </details>
# <details><summary>B. Two in three</summary>
#
# About what single raters of this collection reach when they see the face *and* hear the voice. This is the voice alone.
# </details>
# <details><summary>C. Fewer than half</summary>
#
# Yes. The next cell counts.
# </details>

# %%
widgets.question("01_load_crema_d", "crowd-agrees")

# %%
crowd = corpus.crowd_label(table)
agree = (crowd == table["emotion"]).mean()
tied = (crowd == "").mean()
all_votes = corpus.votes(table).sum()
Markdown(f"It is **{100 * agree:.1f} %** of all {len(table):,} clips (in {100 * tied:.1f} % two labels share the first place, "
         f"which counts as not agreeing). Of all votes, {100 * all_votes['neutral'] / all_votes.sum():.0f} % say *neutral*.")

# %%
plots.votes(table[table["emotion"] == "sad"].iloc[0])

# %% [markdown]
# So keep the two labels apart in your head: a model that learns the intended label learns what actors do when they are
# told to be sad. Lesson 07 comes back to this.
#
# ### Try it: votes on a clip
#
# Find a clip on which everybody agrees with the actor, and one on which nobody does. Which emotion is easiest to find?

# %%
SOME_ACTORS = sorted(table["actor_id"].unique())[:10]


def show_votes(actor, sentence, emotion):
    rows = table.query("actor_id == @actor and sentence == @sentence and emotion == @emotion")
    if rows.empty:
        print("This cell does not exist: one of the twenty.")
    else:
        display(plots.votes(rows.iloc[0]))


ipywidgets.interactive(
    show_votes,
    actor=ipywidgets.Dropdown(options=SOME_ACTORS, description="Actor"),
    sentence=ipywidgets.Dropdown(options=sorted(corpus.SENTENCES), description="Sentence"),
    emotion=ipywidgets.Dropdown(options=LABELS, description="Intended"),
)

# %% [markdown]
# ## Quiz
#
# <!-- question no-rows -->
# **1. Your folder is misspelt, and your table comes out with no rows. What is the best moment to notice?**
#
# <details><summary>A. When scikit-learn says `n_samples=0`</summary>
#
# That is an hour later, in a library that knows nothing of your folder.
# </details>
# <details><summary>B. At once: an empty table is worth an error with the folder's name in it</summary>
#
# Yes. The course's own loader does it: set `CREMA_D_HOME` to a wrong folder and see.
# </details>

# %%
widgets.question("01_load_crema_d", "no-rows")

# %% [markdown]
# <!-- question same-bytes -->
# **2. Two clips have the same bytes and two labels. What do you do?**
#
# <details><summary>A. Keep the label that fits better, by ear</summary>
#
# Your ear has now become part of the data, and nobody can repeat it.
# </details>
# <details><summary>B. Say so, and keep both on the same side of any split</summary>
#
# Yes, or leave both out and say that. What matters is that a test clip is never in the training set under another name.
# </details>

# %%
widgets.question("01_load_crema_d", "same-bytes")

# %% [markdown]
# <!-- question which-label -->
# **3. "The label of this clip is sad." Which label is meant?**
#
# <details><summary>A. There is only one</summary>
#
# There are two: what the actor was told, and what people heard. In CREMA-D they agree on fewer than half of the clips.
# </details>
# <details><summary>B. You have to ask</summary>
#
# Yes. Here it is the intended one unless we say otherwise.
# </details>

# %%
widgets.question("01_load_crema_d", "which-label")

# %% [markdown]
# ## Take-away
#
# - You can turn a folder of names into a table that refuses what it does not know.
# - You can count so that zeros stay visible, and ask for what is missing.
# - You know the defects of this collection, and that its label is an instruction and no perception.
#
# One thing to try first: how many clips of the crowd's most frequent label "sad" were intended as something else?

# %% [markdown]
# ## Further reading
#
# - Cao, Cooper, Keutmann, Gur, Nenkova and Verma (2014). *CREMA-D: Crowd-sourced emotional multimodal actors
#   dataset.* IEEE Transactions on Affective Computing 5(4), 377-390.
#   [doi:10.1109/TAFFC.2014.2336244](https://doi.org/10.1109/TAFFC.2014.2336244): how the votes came about.
# - Gebru, Morgenstern, Vecchione, Vaughan, Wallach, Daumé and Crawford (2021). *Datasheets for datasets.*
#   Communications of the ACM 64(12), 86-92. [doi:10.1145/3458723](https://doi.org/10.1145/3458723): what to ask of
#   any collection before you use it.
# - Barrett, Adolphs, Marsella, Martinez and Pollak (2019). *Emotional expressions reconsidered.* Psychological
#   Science in the Public Interest 20(1), 1-68.
#   [doi:10.1177/1529100619832930](https://doi.org/10.1177/1529100619832930): why an expression is not the emotion:
#   about faces, and it holds for voices.

# %%
check("01_load_crema_d")
