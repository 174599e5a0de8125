# %% [markdown]
# Answers to the exercises of lesson 01, right and wrong, with what a wrong one must be told.

# %% exercise="parse_clip_name" kind="right" why="a regular expression"
def parse_clip_name(name):
    import re

    bare = re.split(r"[\\/]", str(name))[-1].rsplit(".", 1)[0]
    if bare.count("_") != 3:
        raise ValueError(bare)
    match = re.fullmatch(r"(\d+)_([A-Z]{3})_([A-Z]{3})_(LO|MD|HI|XX?)", bare)
    emotions = dict(ANG="angry", DIS="disgust", FEA="fear", HAP="happy", NEU="neutral", SAD="sad")
    if not match or match[3] not in emotions or match[2] not in corpus.SENTENCES:
        raise ValueError(f"cannot read {bare}")
    level = {"LO": "low", "MD": "medium", "HI": "high"}.get(match[4], "unspecified")
    return dict(actor_id=int(match[1]), sentence=match[2], emotion=emotions[match[3]], level=level, extra="kept")


# %% exercise="parse_clip_name" kind="right" why="the course's own helper"
def parse_clip_name(name):
    return corpus.parse_clip_name(name)


# %% exercise="parse_clip_name" kind="wrong" says="folder" why="slices by position"
def parse_clip_name(name):
    name = str(name)
    emotions = dict(ANG="angry", DIS="disgust", FEA="fear", HAP="happy", NEU="neutral", SAD="sad")
    levels = {"LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified"}
    try:
        return dict(actor_id=int(name[:4]), sentence=name[5:8], emotion=emotions[name[9:12]], level=levels[name[13:15]])
    except (KeyError, ValueError):
        raise ValueError(name) from None


# %% exercise="parse_clip_name" kind="wrong" says="letters as they are" why="level letters left raw"
def parse_clip_name(name):
    return {**corpus.parse_clip_name(name), "level": Path(name).stem.split("_")[3]}


# %% exercise="parse_clip_name" kind="wrong" says="ValueError" why="accepts an unknown emotion"
def parse_clip_name(name):
    actor, sentence, emotion, level = Path(name).stem.split("_")
    return dict(
        actor_id=int(actor),
        sentence=sentence,
        emotion=corpus.EMOTION_CODES.get(emotion, emotion),
        level=corpus.LEVEL_CODES[level],
    )


# %% exercise="parse_clip_name" kind="wrong" says="unspecified" why="a single X is refused"
def parse_clip_name(name):
    if Path(name).stem.endswith("_X"):
        raise ValueError("X")
    return corpus.parse_clip_name(name)


# %% exercise="parse_clip_name" kind="wrong" says="does not contain" why="an error that does not name the culprit"
def parse_clip_name(name):
    try:
        return corpus.parse_clip_name(name)
    except ValueError:
        raise ValueError("not a clip name") from None


# %% exercise="build_clip_table" kind="right" why="drop_duplicates and sort_values"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(str(name))})
        except ValueError:
            pass
    table = pd.DataFrame(rows, columns=["clip", "actor_id", "sentence", "emotion", "level"])
    return table.drop_duplicates("clip").sort_values("clip").reset_index(drop=True)


# %% exercise="build_clip_table" kind="right" why="columns one by one, object dtype"
def build_clip_table(names):
    parsed = {}
    for name in names:
        try:
            parsed[Path(name).stem] = parse_clip_name(name)
        except ValueError:
            continue
    clips = sorted(parsed)
    table = pd.DataFrame({"clip": pd.Series(clips, dtype=object)})
    for column in ("actor_id", "sentence", "emotion", "level"):
        table[column] = pd.Series([parsed[clip][column] for clip in clips], dtype=object)
    return table


# %% exercise="build_clip_table" kind="wrong" says="left from sorting" why="index left from the sort"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(name)})
        except ValueError:
            pass
    table = pd.DataFrame(rows, columns=["clip", "actor_id", "sentence", "emotion", "level"])
    return table.drop_duplicates("clip").sort_values("clip")


# %% exercise="build_clip_table" kind="wrong" says="holds text" why="actor_id as text"
def build_clip_table(names):
    rows = {}
    for name in names:
        try:
            rows[Path(name).stem] = parse_clip_name(name)
        except ValueError:
            continue
    table = pd.DataFrame(
        [{"clip": clip, **rows[clip]} for clip in sorted(rows)],
        columns=["clip", "actor_id", "sentence", "emotion", "level"],
    )
    return table.astype({"actor_id": str})


# %% exercise="build_clip_table" kind="wrong" says="bare name" why="paths left in clip"
def build_clip_table(names):
    rows = {}
    for name in names:
        try:
            rows[str(name)] = parse_clip_name(name)
        except ValueError:
            continue
    return pd.DataFrame(
        [{"clip": clip, **rows[clip]} for clip in sorted(rows)],
        columns=["clip", "actor_id", "sentence", "emotion", "level"],
    )


# %% exercise="build_clip_table" kind="wrong" says="one row" why="the same clip twice"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(name)})
        except ValueError:
            pass
    table = pd.DataFrame(rows, columns=["clip", "actor_id", "sentence", "emotion", "level"])
    return table.sort_values("clip").reset_index(drop=True)


# %% exercise="count_emotions" kind="right" why="reindex"
def count_emotions(clips):
    return clips["emotion"].astype(str).value_counts().reindex(LABELS, fill_value=0)


# %% exercise="count_emotions" kind="right" why="a loop with sums"
def count_emotions(clips):
    return pd.Series(
        [sum(1 for emotion in clips["emotion"] if emotion == label) for label in LABELS], index=LABELS, name="n"
    )


# %% exercise="count_emotions" kind="wrong" says="labels" why="absent labels dropped"
def count_emotions(clips):
    return clips["emotion"].value_counts().sort_index()


# %% exercise="count_emotions" kind="wrong" says="NaN" why="absent labels are NaN"
def count_emotions(clips):
    return clips["emotion"].value_counts().reindex(LABELS)


# %% exercise="count_emotions" kind="wrong" says="largest first" why="value_counts order"
def count_emotions(clips):
    return clips["emotion"].value_counts().reindex(LABELS, fill_value=0).sort_values(ascending=False, kind="stable")


# %% exercise="find_missing" kind="right" why="product and a set difference"
def find_missing(clips):
    from itertools import product

    every = set(product(clips["actor_id"].unique(), corpus.SENTENCES, LABELS))
    return sorted(every - set(clips[["actor_id", "sentence", "emotion"]].itertuples(index=False, name=None)))


# %% exercise="find_missing" kind="right" why="a pandas MultiIndex"
def find_missing(clips):
    if clips.empty:
        return []
    every = pd.MultiIndex.from_product([sorted(clips["actor_id"].unique()), sorted(corpus.SENTENCES), LABELS])
    there = pd.MultiIndex.from_frame(clips[["actor_id", "sentence", "emotion"]])
    return sorted(every.difference(there, sort=False).tolist())


# %% exercise="find_missing" kind="wrong" says="missing cells" why="only sentences in the table"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    return sorted(
        (int(a), s, e)
        for a in set(clips["actor_id"])
        for s in set(clips["sentence"])
        for e in LABELS
        if (a, s, e) not in there
    )


# %% exercise="find_missing" kind="wrong" says="72" why="every level a cell of its own"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"], clips["level"]))
    return sorted(
        (int(a), s, e)
        for a in set(clips["actor_id"])
        for s in corpus.SENTENCES
        for e in LABELS
        if (a, s, e, "unspecified") not in there
    )
