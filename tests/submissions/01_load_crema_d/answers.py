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


# %% exercise="parse_clip_name" kind="right" why="os.path and lists of codes"
def parse_clip_name(name):
    import os

    bare = os.path.splitext(os.path.basename(os.fspath(name)))[0]
    try:
        actor, sentence, emotion, level = bare.split("_")
    except ValueError:
        raise ValueError("wrong number of parts in " + bare) from None
    codes, words = ["ANG", "DIS", "FEA", "HAP", "NEU", "SAD"], ["angry", "disgust", "fear", "happy", "neutral", "sad"]
    if sentence not in list(corpus.SENTENCES):
        raise ValueError(sentence)
    if level not in ["LO", "MD", "HI", "X", "XX"]:
        raise ValueError(level)
    return {
        "clip": bare,
        "actor_id": int(actor),  # raises a ValueError that quotes what is no number
        "sentence": sentence,
        "emotion": words[codes.index(emotion)] if emotion in codes else _unknown(emotion),
        "level": ["low", "medium", "high", "unspecified", "unspecified"][["LO", "MD", "HI", "X", "XX"].index(level)],
    }


def _unknown(code):
    raise ValueError(f"unknown emotion {code}")


# %% exercise="parse_clip_name" kind="right" why="a table and numpy's int"
def parse_clip_name(name):
    parts = pd.Series(Path(str(name)).stem.split("_"))
    if len(parts) != 4:
        raise ValueError(Path(str(name)).stem)
    emotion, level = parts.map(corpus.EMOTION_CODES)[2], parts.map(corpus.LEVEL_CODES)[3]
    for text, fine in (
        (parts[1], parts[1] in corpus.SENTENCES),
        (parts[2], emotion == emotion),
        (parts[3], level == level),
    ):
        if not fine:
            raise ValueError(f"I do not know {text}.")
    return {"actor_id": pd.Series([int(parts[0])]).max(), "sentence": parts[1], "emotion": emotion, "level": level}


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


# %% exercise="parse_clip_name" kind="wrong" says="KeyError" why="a KeyError instead of a ValueError"
def parse_clip_name(name):
    actor, sentence, emotion, level = Path(name).stem.split("_")
    return dict(
        actor_id=int(actor),
        sentence=sentence,
        emotion=corpus.EMOTION_CODES[emotion],
        level=corpus.LEVEL_CODES[level],
    )


# %% exercise="parse_clip_name" kind="wrong" says="ANG reads as 'angry'" why="the emotion's code left raw"
def parse_clip_name(name):
    return {**corpus.parse_clip_name(name), "emotion": Path(name).stem.split("_")[2]}


# %% exercise="parse_clip_name" kind="wrong" says="str where a int" why="the actor as text"
def parse_clip_name(name):
    return {**corpus.parse_clip_name(name), "actor_id": Path(name).stem.split("_")[0]}


# %% exercise="parse_clip_name" kind="wrong" says="small letters" why="capitals made of small letters"
def parse_clip_name(name):
    return corpus.parse_clip_name(Path(name).stem.upper())


# %% exercise="parse_clip_name" kind="wrong" says="Any number in digits" why="actors of CREMA-D only"
def parse_clip_name(name):
    found = corpus.parse_clip_name(name)
    if not 1001 <= found["actor_id"] <= 9999:
        raise ValueError(f"{found['actor_id']} is no actor")
    return found


# %% exercise="parse_clip_name" kind="wrong" says="as a Path" why="text only, no Path"
def parse_clip_name(name):
    return corpus.parse_clip_name(name.split("/")[-1])


# %% exercise="parse_clip_name" kind="wrong" says="five parts" why="ignores what comes after the fourth part"
def parse_clip_name(name):
    return corpus.parse_clip_name("_".join(Path(name).stem.split("_")[:4]))


# %% exercise="parse_clip_name" kind="wrong" says="return" why="prints and returns nothing"
def parse_clip_name(name):
    print(corpus.parse_clip_name(name))


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


# %% exercise="build_clip_table" kind="right" why="a Series of names, mapped"
def build_clip_table(names):
    columns = ["clip", "actor_id", "sentence", "emotion", "level"]

    def row(name):
        try:
            return [Path(name).stem, *(parse_clip_name(name)[column] for column in columns[1:])]
        except ValueError:
            return None

    found = {entry[0]: entry for entry in map(row, names) if entry}
    table = pd.DataFrame.from_dict(found, orient="index", columns=columns).sort_index()
    return table.astype({"actor_id": "int32"}).set_axis(range(len(table)))


# %% exercise="build_clip_table" kind="right" why="concat of one-row tables"
def build_clip_table(names):
    parts = [pd.DataFrame(columns=["clip", "actor_id", "sentence", "emotion", "level"])]
    seen = set()
    for path in map(Path, names):
        try:
            found = parse_clip_name(path)
        except ValueError:
            continue
        if path.stem not in seen:
            seen.add(path.stem)
            parts.append(pd.DataFrame({"clip": [path.stem], **{key: [found[key]] for key in parts[0].columns[1:]}}))
    return pd.concat(parts).sort_values(by="clip", ignore_index=True)


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


# %% exercise="build_clip_table" kind="wrong" says="sorted by actor" why="sorted by actor number"
def build_clip_table(names):
    rows = {}
    for name in names:
        try:
            rows[Path(name).stem] = parse_clip_name(name)
        except ValueError:
            continue
    table = pd.DataFrame(
        [{"clip": clip, **rows[clip]} for clip in rows], columns=["clip", "actor_id", "sentence", "emotion", "level"]
    )
    return table.sort_values(["actor_id", "clip"], ignore_index=True)


# %% exercise="build_clip_table" kind="wrong" says="floats" why="actor_id as a float"
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
    return table.astype({"actor_id": float})


# %% exercise="build_clip_table" kind="wrong" says="five columns and no rows" why="falls over when nothing is usable"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(name)})
        except ValueError:
            pass
    table = pd.DataFrame(rows)[["clip", "actor_id", "sentence", "emotion", "level"]]
    return table.drop_duplicates("clip").sort_values("clip").reset_index(drop=True)


# %% exercise="build_clip_table" kind="wrong" says="the columns" why="the old index kept as a column"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(name)})
        except ValueError:
            pass
    table = pd.DataFrame(rows, columns=["clip", "actor_id", "sentence", "emotion", "level"])
    return table.drop_duplicates("clip").sort_values("clip").reset_index()


# %% exercise="build_clip_table" kind="wrong" says="rows where" why="stops at the first file that is no clip"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(name)})
        except ValueError:
            break
    table = pd.DataFrame(rows, columns=["clip", "actor_id", "sentence", "emotion", "level"])
    return table.drop_duplicates("clip").sort_values("clip").reset_index(drop=True)


# %% exercise="build_clip_table" kind="wrong" says="changed its argument" why="sorts the caller's list"
def build_clip_table(names):
    names.sort(key=str)
    rows = {}
    for name in names:
        try:
            rows[Path(name).stem] = parse_clip_name(name)
        except ValueError:
            continue
    return pd.DataFrame(
        [{"clip": clip, **rows[clip]} for clip in sorted(rows)],
        columns=["clip", "actor_id", "sentence", "emotion", "level"],
    )


# %% exercise="count_emotions" kind="right" why="reindex"
def count_emotions(clips):
    return clips["emotion"].astype(str).value_counts().reindex(LABELS, fill_value=0)


# %% exercise="count_emotions" kind="right" why="a loop with sums"
def count_emotions(clips):
    return pd.Series(
        [sum(1 for emotion in clips["emotion"] if emotion == label) for label in LABELS], index=LABELS, name="n"
    )


# %% exercise="count_emotions" kind="right" why="groupby"
def count_emotions(clips):
    return clips.groupby("emotion").size().reindex(LABELS).fillna(0).astype("int32")


# %% exercise="count_emotions" kind="right" why="a Counter"
def count_emotions(clips):
    from collections import Counter

    counts = Counter(clips["emotion"])
    return pd.Series(data=[counts[label] for label in LABELS], index=pd.Index(LABELS, name="emotion"))


# %% exercise="count_emotions" kind="right" why="a categorical column"
def count_emotions(clips):
    return pd.Categorical(clips["emotion"], categories=LABELS).value_counts().rename("clips")


# %% exercise="count_emotions" kind="wrong" says="labels" why="absent labels dropped"
def count_emotions(clips):
    return clips["emotion"].value_counts().sort_index()


# %% exercise="count_emotions" kind="wrong" says="NaN" why="absent labels are NaN"
def count_emotions(clips):
    return clips["emotion"].value_counts().reindex(LABELS)


# %% exercise="count_emotions" kind="wrong" says="largest first" why="value_counts order"
def count_emotions(clips):
    return clips["emotion"].value_counts().reindex(LABELS, fill_value=0).sort_values(ascending=False, kind="stable")


# %% exercise="count_emotions" kind="wrong" says="ints were asked for" why="floats"
def count_emotions(clips):
    return clips["emotion"].value_counts().reindex(LABELS).fillna(0)


# %% exercise="count_emotions" kind="wrong" says="dict where a Series" why="a dictionary"
def count_emotions(clips):
    return {label: int((clips["emotion"] == label).sum()) for label in LABELS}


# %% exercise="count_emotions" kind="wrong" says="the counts" why="shares instead of counts"
def count_emotions(clips):
    return clips["emotion"].value_counts(normalize=True).reindex(LABELS, fill_value=0)


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


# %% exercise="find_missing" kind="right" why="unstacked counts"
def find_missing(clips):
    every = pd.MultiIndex.from_product([clips["actor_id"].unique(), list(corpus.SENTENCES), LABELS])
    counts = clips.groupby(["actor_id", "sentence", "emotion"]).size().reindex(every, fill_value=0)
    return sorted(counts.index[counts == 0])


# %% exercise="find_missing" kind="right" why="a helper called _holes"
def _holes(actor, there):
    return [(actor, s, e) for s in sorted(corpus.SENTENCES) for e in LABELS if (actor, s, e) not in there]


def find_missing(clips):
    there = set(clips[["actor_id", "sentence", "emotion"]].itertuples(index=False, name=None))
    return [hole for actor in sorted(int(a) for a in clips["actor_id"].unique()) for hole in _holes(actor, there)]


# %% exercise="find_missing" kind="right" why="a left merge"
def find_missing(clips):
    frames = [
        clips[["actor_id"]].drop_duplicates(),
        pd.DataFrame({"sentence": list(corpus.SENTENCES)}),
        pd.DataFrame({"emotion": LABELS}),
    ]
    every = frames[0].merge(frames[1], how="cross").merge(frames[2], how="cross")
    both = every.merge(clips[["actor_id", "sentence", "emotion"]].drop_duplicates(), how="left", indicator=True)
    gaps = both[both["_merge"] == "left_only"].sort_values(["actor_id", "sentence", "emotion"])
    return [tuple(row) for row in gaps[["actor_id", "sentence", "emotion"]].values.tolist()]


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


# %% exercise="find_missing" kind="wrong" says="whether or not" why="only emotions in the table"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    return sorted(
        (int(a), s, e)
        for a in set(clips["actor_id"])
        for s in corpus.SENTENCES
        for e in set(clips["emotion"])
        if (a, s, e) not in there
    )


# %% exercise="find_missing" kind="wrong" says="no other" why="all actors of CREMA-D"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    actors = range(1001, 1092) if clips["actor_id"].nunique() > 1 else clips["actor_id"].unique()
    return sorted((int(a), s, e) for a in actors for s in corpus.SENTENCES for e in LABELS if (a, s, e) not in there)


# %% exercise="find_missing" kind="wrong" says="sorted by actor" why="in the order of a set"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    every = {(int(a), s, e) for a in clips["actor_id"] for s in corpus.SENTENCES for e in LABELS}
    return sorted(every - there, key=lambda cell: cell[::-1])


# %% exercise="find_missing" kind="wrong" says="tuples" why="lists instead of tuples"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    actors = sorted(set(clips["actor_id"]))
    return [[int(a), s, e] for a in actors for s in sorted(corpus.SENTENCES) for e in LABELS if (a, s, e) not in there]
