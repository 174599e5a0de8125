# %% [markdown]
# Answers to the exercises of lesson 01, right and wrong, with what a wrong one must be told.
# A wrong one names the sentence of the contract that it breaks; the contract of each exercise:
#
# **parse_clip_name**
# - kind: A dict comes back, with actor_id (an int), sentence, emotion and level; further keys are free.
# - sentence: sentence is the code of three letters.
# - emotion: emotion is one of the six words.
# - level: level is low, medium, high or unspecified.
# - forms: A bare name comes, a file name with an extension, or a path, as text or as a Path.
# - capitals: Codes are in capitals; small letters are an error.
# - digits: Any number in digits is an actor.
# - x: The level X reads as unspecified.
# - free: Level and sentence are not checked against each other.
# - unknown: An actor, sentence, emotion or level that does not exist is a ValueError.
# - names: Its message holds the offending text.
# - parts: When there are not four parts, its message holds the bare name.
#
# **build_clip_table**
# - columns: The columns are clip, actor_id, sentence, emotion, level, in this order.
# - clip: clip is the bare name, without folder or extension.
# - sorted: The rows are sorted by clip.
# - index: The index is a fresh 0, 1, 2, ...
# - once: Two paths to one clip are one row.
# - two: ..._X and ..._XX are two clips.
# - skipped: What is not a clip name is skipped.
# - forms: Bare names, file names with any extension and paths are clip names.
# - empty: Nothing usable gives the five columns and no rows.
# - ints: actor_id holds ints.
#
# **count_emotions**
# - kind: A Series comes back.
# - zeros: All six labels are in it; one that does not occur has a 0.
# - order: The labels stand in course order.
# - counts: The values count clips.
# - ints: The values are ints.
# - empty: An empty table gives six zeros.
#
# **find_missing**
# - kind: A list of tuples (actor_id, sentence, emotion) comes back.
# - levels: A cell is covered by a clip of any level.
# - sentences: All 12 sentences count, whether or not they are in the table.
# - emotions: All six emotions count, whether or not they are in the table.
# - actors: Every actor in the table counts, and no other.
# - sorted: The list is sorted.
# - empty: An empty table gives [].


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


# %% exercise="parse_clip_name" kind="right" why="a class that checks, with keys of its own"
class _Part:
    def __init__(self, known):
        self.known = known

    def __call__(self, text):
        if text in self.known:
            return self.known[text]
        raise ValueError(f"CREMA-D has no {text}")


def parse_clip_name(name):
    max = {"LO": "low", "MD": "medium", "HI": "high"} | dict.fromkeys(("X", "XX"), "unspecified")
    bare, *_ = Path(str(name)).name.partition(".")
    match bare.split("_"):
        case [actor, sentence, emotion, level] if actor.isdecimal():
            _Part(corpus.SENTENCES)(sentence)
            word, how = _Part(corpus.EMOTION_CODES)(emotion), _Part(max)(level)
            return {"clip": bare, "actor_id": int(actor), "sentence": sentence, "emotion": word, "level": how, "n": 4}
        case _:
            raise ValueError(f"not a clip: {bare}")


# %% exercise="parse_clip_name" kind="right" why="a generator of converters, one error for all"
def parse_clip_name(name):
    def convert(parts):
        yield "actor_id", np.int32(int(parts[0]))
        yield "sentence", {code: code for code in corpus.SENTENCES}[parts[1]]
        yield "emotion", dict(ANG="angry", DIS="disgust", FEA="fear", HAP="happy", NEU="neutral", SAD="sad")[parts[2]]
        yield "level", {"L": "low", "M": "medium", "H": "high", "X": "unspecified"}[parts[3][:1]]

    bare = Path(name).stem
    parts = bare.split("_")
    if len(parts) != 4 or parts[3] not in {"LO", "MD", "HI", "XX", "X"}:
        raise ValueError(bare)
    try:
        return dict(convert(parts))
    except (KeyError, ValueError) as error:
        raise ValueError(f"{bare}: {error}") from error


# %% exercise="parse_clip_name" kind="wrong" breaks="forms" says="folder" why="slices by position"
def parse_clip_name(name):
    name = str(name)
    emotions = dict(ANG="angry", DIS="disgust", FEA="fear", HAP="happy", NEU="neutral", SAD="sad")
    levels = {"LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified"}
    try:
        return dict(actor_id=int(name[:4]), sentence=name[5:8], emotion=emotions[name[9:12]], level=levels[name[13:15]])
    except (KeyError, ValueError):
        raise ValueError(name) from None


# %% exercise="parse_clip_name" kind="wrong" breaks="level" says="letters as they are" why="level letters left raw"
def parse_clip_name(name):
    return {**corpus.parse_clip_name(name), "level": Path(name).stem.split("_")[3]}


# %% exercise="parse_clip_name" kind="wrong" breaks="unknown" says="ValueError" why="accepts an unknown emotion"
def parse_clip_name(name):
    actor, sentence, emotion, level = Path(name).stem.split("_")
    return dict(
        actor_id=int(actor),
        sentence=sentence,
        emotion=corpus.EMOTION_CODES.get(emotion, emotion),
        level=corpus.LEVEL_CODES[level],
    )


# %% exercise="parse_clip_name" kind="wrong" breaks="x" says="unspecified" why="a single X is refused"
def parse_clip_name(name):
    if Path(name).stem.endswith("_X"):
        raise ValueError("X")
    return corpus.parse_clip_name(name)


# %% exercise="parse_clip_name" kind="wrong" breaks="names" says="does not contain" why="an error that does not name the culprit"
def parse_clip_name(name):
    try:
        return corpus.parse_clip_name(name)
    except ValueError:
        raise ValueError("not a clip name") from None


# %% exercise="parse_clip_name" kind="wrong" breaks="unknown" says="KeyError" why="a KeyError instead of a ValueError"
def parse_clip_name(name):
    actor, sentence, emotion, level = Path(name).stem.split("_")
    return dict(
        actor_id=int(actor),
        sentence=sentence,
        emotion=corpus.EMOTION_CODES[emotion],
        level=corpus.LEVEL_CODES[level],
    )


# %% exercise="parse_clip_name" kind="wrong" breaks="emotion" says="ANG reads as 'angry'" why="the emotion's code left raw"
def parse_clip_name(name):
    return {**corpus.parse_clip_name(name), "emotion": Path(name).stem.split("_")[2]}


# %% exercise="parse_clip_name" kind="wrong" breaks="kind" says="str where an int" why="the actor as text"
def parse_clip_name(name):
    return {**corpus.parse_clip_name(name), "actor_id": Path(name).stem.split("_")[0]}


# %% exercise="parse_clip_name" kind="wrong" breaks="capitals" says="small letters" why="capitals made of small letters"
def parse_clip_name(name):
    return corpus.parse_clip_name(Path(name).stem.upper())


# %% exercise="parse_clip_name" kind="wrong" breaks="digits" says="Any number in digits" why="actors of CREMA-D only"
def parse_clip_name(name):
    found = corpus.parse_clip_name(name)
    if not 1001 <= found["actor_id"] <= 9999:
        raise ValueError(f"{found['actor_id']} is no actor")
    return found


# %% exercise="parse_clip_name" kind="wrong" breaks="forms" says="as a Path" why="text only, no Path"
def parse_clip_name(name):
    return corpus.parse_clip_name(name.split("/")[-1])


# %% exercise="parse_clip_name" kind="wrong" breaks="parts" says="five parts" why="ignores what comes after the fourth part"
def parse_clip_name(name):
    return corpus.parse_clip_name("_".join(Path(name).stem.split("_")[:4]))


# %% exercise="parse_clip_name" kind="wrong" breaks="kind" says="return" why="prints and returns nothing"
def parse_clip_name(name):
    print(corpus.parse_clip_name(name))


# %% exercise="parse_clip_name" kind="wrong" breaks="free" says="not checked against each other" why="levels for one sentence only"
def parse_clip_name(name):
    found = corpus.parse_clip_name(name)
    if found["level"] != "unspecified" and found["sentence"] != "IEO" and found["actor_id"] != 1002:
        if found["actor_id"] != 1040:
            raise ValueError(f"{name} cannot have a level")
    return found


# %% exercise="parse_clip_name" kind="wrong" breaks="unknown" says="a level that CREMA-D" why="an unknown level is unspecified"
def parse_clip_name(name):
    actor, sentence, emotion, level = Path(name).stem.split("_")
    if level not in ("LO", "MD", "HI", "XX", "X") and level.isupper():
        level = "XX"
    return corpus.parse_clip_name("_".join([actor, sentence, emotion, level]))


# %% exercise="parse_clip_name" kind="wrong" breaks="unknown" says="a sentence that CREMA-D" why="any three letters are a sentence"
def parse_clip_name(name):
    parts = Path(name).stem.split("_")
    if len(parts) == 4 and len(parts[1]) == 3 and parts[1].isupper():
        return corpus.parse_clip_name("_".join([parts[0], "DFA", *parts[2:]])) | {"sentence": parts[1]}
    return corpus.parse_clip_name(name)


# %% exercise="parse_clip_name" kind="wrong" breaks="unknown" says="an actor that is no number" why="an actor of letters is number 0"
def parse_clip_name(name):
    parts = Path(name).stem.split("_")
    if len(parts) == 4 and parts[0].isalpha():
        return corpus.parse_clip_name("_".join(["1", *parts[1:]])) | {"actor_id": 0}
    return corpus.parse_clip_name(name)


# %% exercise="parse_clip_name" kind="wrong" breaks="parts" says="does not contain" why="a number of parts that names nobody"
def parse_clip_name(name):
    if len(Path(name).stem.split("_")) != 4:
        raise ValueError("A clip's name has four parts.")
    return corpus.parse_clip_name(name)


# %% exercise="parse_clip_name" kind="wrong" breaks="sentence" says="actor and sentence" why="the sentence written out"
def parse_clip_name(name):
    found = corpus.parse_clip_name(name)
    return {**found, "sentence": corpus.SENTENCES[found["sentence"]]}


# %% exercise="parse_clip_name" kind="wrong" breaks="state" says="global random state" why="seeds the global generator"
def parse_clip_name(name):
    np.random.seed(0)
    return corpus.parse_clip_name(name)


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


# %% exercise="build_clip_table" kind="right" why="a generator, a closure and a helper called sorted"
def sorted(table):
    return table.sort_values("clip", ignore_index=True)


def build_clip_table(names):
    seen = set()

    def rows():
        for name in map(str, names):
            try:
                row = {"clip": Path(name).stem} | parse_clip_name(name)
            except ValueError:
                row = None
            if row and row["clip"] not in seen:
                seen.add(row["clip"])
                yield row

    table = pd.DataFrame.from_records(list(rows()), columns=["clip", "actor_id", "sentence", "emotion", "level"])
    return sorted(table)


# %% exercise="build_clip_table" kind="right" why="recursive, halves merged"
def _half(names):
    if len(names) > 1:
        return _half(names[: len(names) // 2]) | _half(names[len(names) // 2 :])
    try:
        return {Path(name).stem: parse_clip_name(name) for name in names}
    except ValueError:
        return {}


def build_clip_table(names):
    found = _half(list(names))
    keys = ["actor_id", "sentence", "emotion", "level"]
    table = pd.DataFrame({"clip": list(found)} | {key: [row[key] for row in found.values()] for key in keys})
    table = table.set_index("clip").sort_index().reset_index()
    return table.assign(clip=table["clip"].astype(object))


# %% exercise="build_clip_table" kind="wrong" breaks="index" says="left from sorting" why="index left from the sort"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(name)})
        except ValueError:
            pass
    table = pd.DataFrame(rows, columns=["clip", "actor_id", "sentence", "emotion", "level"])
    return table.drop_duplicates("clip").sort_values("clip")


# %% exercise="build_clip_table" kind="wrong" breaks="ints" says="holds text" why="actor_id as text"
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


# %% exercise="build_clip_table" kind="wrong" breaks="clip" says="bare name" why="paths left in clip"
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


# %% exercise="build_clip_table" kind="wrong" breaks="once" says="one row" why="the same clip twice"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(name)})
        except ValueError:
            pass
    table = pd.DataFrame(rows, columns=["clip", "actor_id", "sentence", "emotion", "level"])
    return table.sort_values("clip").reset_index(drop=True)


# %% exercise="build_clip_table" kind="wrong" breaks="sorted" says="sorted by actor" why="sorted by actor number"
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


# %% exercise="build_clip_table" kind="wrong" breaks="ints" says="floats" why="actor_id as a float"
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


# %% exercise="build_clip_table" kind="wrong" breaks="empty" says="five columns and no rows" why="falls over when nothing is usable"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(name)})
        except ValueError:
            pass
    table = pd.DataFrame(rows)[["clip", "actor_id", "sentence", "emotion", "level"]]
    return table.drop_duplicates("clip").sort_values("clip").reset_index(drop=True)


# %% exercise="build_clip_table" kind="wrong" breaks="columns" says="the columns" why="the old index kept as a column"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(name)})
        except ValueError:
            pass
    table = pd.DataFrame(rows, columns=["clip", "actor_id", "sentence", "emotion", "level"])
    return table.drop_duplicates("clip").sort_values("clip").reset_index()


# %% exercise="build_clip_table" kind="wrong" breaks="skipped" says="rows where" why="stops at the first file that is no clip"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(str(name)).stem, **parse_clip_name(name)})
        except ValueError:
            break
    table = pd.DataFrame(rows, columns=["clip", "actor_id", "sentence", "emotion", "level"])
    return table.drop_duplicates("clip").sort_values("clip").reset_index(drop=True)


# %% exercise="build_clip_table" kind="wrong" breaks="arguments" says="changed its argument" why="sorts the caller's list"
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


# %% exercise="build_clip_table" kind="wrong" breaks="forms" says="rows where" why="files that end in .wav only"
def build_clip_table(names):
    rows = {}
    for name in names:
        if str(name).endswith(".wav"):
            try:
                rows[Path(name).stem] = parse_clip_name(name)
            except ValueError:
                pass
    table = [{"clip": clip, **rows[clip]} for clip in sorted(rows)]
    return pd.DataFrame(table, columns=["clip", "actor_id", "sentence", "emotion", "level"])


# %% exercise="build_clip_table" kind="wrong" breaks="two" says="rows where" why="..._X and ..._XX are one"
def build_clip_table(names):
    rows = []
    for name in names:
        try:
            rows.append({"clip": Path(name).stem, **parse_clip_name(name)})
        except ValueError:
            pass
    keys = ["actor_id", "sentence", "emotion", "level"]
    table = pd.DataFrame(rows, columns=["clip", *keys]).drop_duplicates(keys)
    return table.sort_values("clip", ignore_index=True)


# %% exercise="build_clip_table" kind="wrong" breaks="sorted" says="the column clip" why="in the order they came"
def build_clip_table(names):
    rows = {}
    for name in names:
        try:
            rows[Path(name).stem] = parse_clip_name(name)
        except ValueError:
            pass
    table = [{"clip": clip, **row} for clip, row in rows.items()]
    return pd.DataFrame(table, columns=["clip", "actor_id", "sentence", "emotion", "level"])


# %% exercise="build_clip_table" kind="wrong" breaks="columns" says="the columns of" why="level before emotion"
def build_clip_table(names):
    rows = {}
    for name in names:
        try:
            rows[Path(name).stem] = parse_clip_name(name)
        except ValueError:
            pass
    table = [{"clip": clip, **rows[clip]} for clip in sorted(rows)]
    return pd.DataFrame(table, columns=["clip", "actor_id", "sentence", "level", "emotion"])


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


# %% exercise="count_emotions" kind="right" why="numpy, with a helper called sum"
def sum(values, label):
    return np.count_nonzero(np.asarray(values, dtype=str) == label)


def count_emotions(clips):
    found = np.fromiter((sum(clips["emotion"], label) for label in LABELS), dtype=np.int16, count=6)
    return pd.Series(found, index=pd.Index(LABELS, name="emotion"), name="clips")


# %% exercise="count_emotions" kind="right" why="recursive, one label at a time"
def count_emotions(clips):
    def rest(labels):
        if not labels:
            return {}
        return {labels[0]: len(clips.loc[clips["emotion"].eq(labels[0])])} | rest(labels[1:])

    return pd.Series(rest(tuple(LABELS)), dtype="int64")


# %% exercise="count_emotions" kind="wrong" breaks="zeros" says="labels" why="absent labels dropped"
def count_emotions(clips):
    return clips["emotion"].value_counts().sort_index()


# %% exercise="count_emotions" kind="wrong" breaks="zeros" says="NaN" why="absent labels are NaN"
def count_emotions(clips):
    return clips["emotion"].value_counts().reindex(LABELS)


# %% exercise="count_emotions" kind="wrong" breaks="order" says="largest first" why="value_counts order"
def count_emotions(clips):
    return clips["emotion"].value_counts().reindex(LABELS, fill_value=0).sort_values(ascending=False, kind="stable")


# %% exercise="count_emotions" kind="wrong" breaks="ints" says="ints were asked for" why="floats"
def count_emotions(clips):
    return clips["emotion"].value_counts().reindex(LABELS).fillna(0)


# %% exercise="count_emotions" kind="wrong" breaks="kind" says="dict where a Series" why="a dictionary"
def count_emotions(clips):
    return {label: int((clips["emotion"] == label).sum()) for label in LABELS}


# %% exercise="count_emotions" kind="wrong" breaks="counts" says="the counts" why="shares instead of counts"
def count_emotions(clips):
    return clips["emotion"].value_counts(normalize=True).reindex(LABELS, fill_value=0)


# %% exercise="count_emotions" kind="wrong" breaks="empty" says="gone or NaN" why="nothing for an empty table"
def count_emotions(clips):
    if len(clips) == 0:
        return pd.Series(dtype=int)
    return pd.Series({label: int((clips["emotion"] == label).sum()) for label in LABELS})


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


# %% exercise="find_missing" kind="right" why="a class with a generator, and a helper called set"
class _Grid:
    def __init__(self, clips):
        self.cells = {key: len(rows) for key, rows in clips.groupby(["actor_id", "sentence", "emotion"], observed=True)}
        self.actors = clips["actor_id"].unique()

    def __iter__(self):
        for actor in self.actors:
            for sentence in corpus.SENTENCES:
                yield from ((int(actor), sentence, emotion) for emotion in LABELS)


def set(clips):
    grid = _Grid(clips)
    return [cell for cell in grid if not grid.cells.get(cell)]


def find_missing(clips):
    return sorted(set(clips))


# %% exercise="find_missing" kind="right" why="crossed tables, tuples of numpy's ints"
def find_missing(clips):
    found = []
    for actor, rows in clips.groupby("actor_id"):
        cells = pd.crosstab(rows["sentence"].astype(str), rows["emotion"].astype(str))
        cells = cells.reindex(index=sorted(corpus.SENTENCES), columns=LABELS).fillna(0)
        for i, j in np.argwhere(cells.to_numpy() == 0):
            found.append((np.int64(actor), cells.index[i], LABELS[j]))
    return found


# %% exercise="find_missing" kind="wrong" breaks="sentences" says="missing cells" why="only sentences in the table"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    return sorted(
        (int(a), s, e)
        for a in set(clips["actor_id"])
        for s in set(clips["sentence"])
        for e in LABELS
        if (a, s, e) not in there
    )


# %% exercise="find_missing" kind="wrong" breaks="levels" says="72" why="every level a cell of its own"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"], clips["level"]))
    return sorted(
        (int(a), s, e)
        for a in set(clips["actor_id"])
        for s in corpus.SENTENCES
        for e in LABELS
        if (a, s, e, "unspecified") not in there
    )


# %% exercise="find_missing" kind="wrong" breaks="emotions" says="whether or not" why="only emotions in the table"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    return sorted(
        (int(a), s, e)
        for a in set(clips["actor_id"])
        for s in corpus.SENTENCES
        for e in set(clips["emotion"])
        if (a, s, e) not in there
    )


# %% exercise="find_missing" kind="wrong" breaks="actors" says="no other" why="all actors of CREMA-D"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    actors = range(1001, 1092) if clips["actor_id"].nunique() > 1 else clips["actor_id"].unique()
    return sorted((int(a), s, e) for a in actors for s in corpus.SENTENCES for e in LABELS if (a, s, e) not in there)


# %% exercise="find_missing" kind="wrong" breaks="sorted" says="sorted by actor" why="in the order of a set"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    every = {(int(a), s, e) for a in clips["actor_id"] for s in corpus.SENTENCES for e in LABELS}
    return sorted(every - there, key=lambda cell: cell[::-1])


# %% exercise="find_missing" kind="wrong" breaks="kind" says="tuples" why="lists instead of tuples"
def find_missing(clips):
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    actors = sorted(set(clips["actor_id"]))
    return [[int(a), s, e] for a in actors for s in sorted(corpus.SENTENCES) for e in LABELS if (a, s, e) not in there]


# %% exercise="find_missing" kind="wrong" breaks="empty" says="an empty table" why="nothing at all for an empty table"
def find_missing(clips):
    if clips.empty:
        return None
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    every = ((int(a), s, e) for a in set(clips["actor_id"]) for s in corpus.SENTENCES for e in LABELS)
    return sorted(cell for cell in every if cell not in there)


# %% exercise="find_missing" kind="wrong" breaks="actors" says="no other" why="every number from the first actor to the last"
def find_missing(clips):
    if clips.empty:
        return []
    there = set(zip(clips["actor_id"], clips["sentence"], clips["emotion"]))
    every = range(int(clips["actor_id"].min()), int(clips["actor_id"].max()) + 1)
    return sorted((a, s, e) for a in every for s in corpus.SENTENCES for e in LABELS if (a, s, e) not in there)
