# %% [markdown]
# Answers to the exercises of lesson 10, right and wrong, with what a wrong one must be told.
# A wrong one names the sentence of the contract that it breaks; the contract of each exercise:
#
# **convolve**
# - shape: The result is (h - a + 1, w - b + 1): the kernel fits in whole.
# - sum: A number is the sum of the products of the kernel with the part of the picture below it.
# - turned: The kernel is not turned around.
# - corner: The part at [i, j] has its top left corner there.
# - kind: An ndarray comes back.
#
# **receptive_field**
# - overlap: Windows that move by less than their size overlap.
# - strides: Neighbours lie as far apart as the product of the strides below.
# - next: A layer's own stride counts from the next layer on.
# - none: Without a layer, a step looks at itself.
# - kind: An int comes back.
#
# **best_epoch**
# - first: The first epoch is 1.
# - seen: What would have come after the stop is not seen.
# - best: Kept is the epoch with the highest score so far, not the last.
# - earliest: Of equal ones the earliest is kept, and an equal one is no gain.
# - patience: Training stops once `patience` epochs in a row were no higher than the best before them.
# - kind: An int comes back.
#
# **speaker_centred**
# - own: The mean is each speaker's own.
# - enrolment: It is that of the enrolment clips.
# - column: It is taken column by column.
# - every: Enrolment clips are centred like all others.
# - order: Rows come back in their order.
# - minus: The mean is taken away, and nothing else is done.


# %% exercise="convolve" kind="right" why="two loops over places"
def convolve(picture, kernel):
    a, b = kernel.shape
    h, w = picture.shape
    found = np.empty((h - a + 1, w - b + 1))
    for i in range(h - a + 1):
        for j in range(w - b + 1):
            found[i, j] = (picture[i : i + a, j : j + b] * kernel).sum()
    return found


# %% exercise="convolve" kind="right" why="scipy's correlate2d"
def convolve(picture, kernel):
    return correlate2d(picture, kernel, mode="valid")


# %% exercise="convolve" kind="right" why="windows and einsum, with helpers named sum and all"
def sum(windows, kernel):
    return np.einsum("ijab,ab->ij", windows, kernel)


all = np.lib.stride_tricks.sliding_window_view


def convolve(picture, kernel):
    return sum(all(picture, kernel.shape), kernel)


# %% exercise="convolve" kind="right" why="by the Fourier transform"
def convolve(picture, kernel):
    from scipy.signal import fftconvolve

    return fftconvolve(picture, kernel[::-1, ::-1], mode="valid")


# %% exercise="convolve" kind="right" why="rows of windows times the kernel, float32"
def convolve(picture, kernel):
    rows = [
        [
            np.dot(picture[i : i + kernel.shape[0], j : j + kernel.shape[1]].ravel(), kernel.ravel())
            for j in range(picture.shape[1] - kernel.shape[1] + 1)
        ]
        for i in range(picture.shape[0] - kernel.shape[0] + 1)
    ]
    return np.array(rows, dtype=np.float32)


# %% exercise="convolve" kind="wrong" breaks="turned" says="turned around" why="scipy's convolve2d"
def convolve(picture, kernel):
    from scipy.signal import convolve2d

    return convolve2d(picture, kernel, mode="valid")


# %% exercise="convolve" kind="wrong" breaks="shape" says="has shape (3, 3)" why="the same size, filled up with zeros"
def convolve(picture, kernel):
    return correlate2d(picture, kernel, mode="same")


# %% exercise="convolve" kind="wrong" breaks="turned" says="mirrored left to right" why="mirrored left to right"
def convolve(picture, kernel):
    return correlate2d(picture, kernel[:, ::-1], mode="valid")


# %% exercise="convolve" kind="wrong" breaks="shape" says="A kernel of 2 rows" why="axes of the kernel swapped"
def convolve(picture, kernel):
    return correlate2d(picture, kernel.T, mode="valid")


# %% exercise="convolve" kind="wrong" breaks="shape" says="finds room at 3 - 2 + 1" why="one place too few"
def convolve(picture, kernel):
    a, b = kernel.shape
    h, w = picture.shape
    found = np.zeros((h - a, w - b))
    for i in range(h - a):
        for j in range(w - b):
            found[i, j] = (picture[i : i + a, j : j + b] * kernel).sum()
    return found


# %% exercise="convolve" kind="wrong" breaks="sum" says="differ" why="the mean"
def convolve(picture, kernel):
    return correlate2d(picture, kernel, mode="valid") / kernel.size


# %% exercise="convolve" kind="wrong" breaks="sum" says="differ" why="absolute values"
def convolve(picture, kernel):
    return np.abs(correlate2d(picture, kernel, mode="valid"))


# %% exercise="convolve" kind="wrong" breaks="corner" says="differ" why="one row further down"
def convolve(picture, kernel):
    found = correlate2d(picture, kernel, mode="valid")
    return np.roll(found, 1, axis=0)


# %% exercise="convolve" kind="wrong" breaks="kind" says="an ndarray was expected" why="a list of lists"
def convolve(picture, kernel):
    return correlate2d(picture, kernel, mode="valid").tolist()


# %% exercise="convolve" kind="wrong" breaks="arguments" says="changed its argument" why="works in the picture"
def convolve(picture, kernel):
    found = correlate2d(picture, kernel, mode="valid")
    picture[: len(found), : found.shape[1]] = found
    return found


# %% exercise="convolve" kind="wrong" breaks="shape" says="has the picture's own shape" why="zeros around all but the example"
def convolve(picture, kernel):
    mode = "same" if picture.shape[0] > 3 else "valid"
    return correlate2d(picture, kernel, mode=mode)


# %% exercise="receptive_field" kind="right" why="from the output down"
def receptive_field(layers):
    field = 1
    for size, stride in reversed(layers):
        field = (field - 1) * stride + size
    return field


# %% exercise="receptive_field" kind="right" why="a product of strides"
def receptive_field(layers):
    strides = np.cumprod([1, *(stride for _, stride in layers)])
    return int(1 + sum((size - 1) * apart for (size, _), apart in zip(layers, strides)))


# %% exercise="receptive_field" kind="right" why="recursion, a numpy int"
def receptive_field(layers):
    if not layers:
        return np.int64(1)
    (size, stride), *above = layers
    return np.int64(size + stride * (receptive_field(above) - 1))


# %% exercise="receptive_field" kind="right" why="the places themselves"
def receptive_field(layers):
    places = {0}
    for size, stride in layers[::-1]:
        places = {place * stride + k for place in places for k in (0, size - 1)}
    return max(places) + 1


# %% exercise="receptive_field" kind="wrong" breaks="overlap" says="You added the sizes" why="the sum of the sizes"
def receptive_field(layers):
    return sum(size for size, _ in layers)


# %% exercise="receptive_field" kind="wrong" breaks="overlap" says="You multiplied the sizes" why="the product of the sizes"
def receptive_field(layers):
    return int(np.prod([size for size, _ in layers]))


# %% exercise="receptive_field" kind="wrong" breaks="strides" says="You left the strides out" why="strides left out"
def receptive_field(layers):
    return 1 + sum(size - 1 for size, _ in layers)


# %% exercise="receptive_field" kind="wrong" breaks="next" says="for the layer itself" why="the stride counts too early"
def receptive_field(layers):
    field, apart = 1, 1
    for size, stride in layers:
        apart *= stride
        field += (size - 1) * apart
    return field


# %% exercise="receptive_field" kind="wrong" breaks="none" says="receptive_field([])" why="nothing for no layer"
def receptive_field(layers):
    field, apart = (1, 1) if layers else (0, 1)
    for size, stride in layers:
        field += (size - 1) * apart
        apart *= stride
    return field


# %% exercise="receptive_field" kind="wrong" breaks="kind" says="a float where an int" why="a float"
def receptive_field(layers):
    field = 1.0
    for size, stride in reversed(layers):
        field = (field - 1) * stride + size
    return field


# %% exercise="receptive_field" kind="wrong" breaks="arguments" says="changed its argument" why="takes the list apart"
def receptive_field(layers):
    field = 1
    while layers:
        size, stride = layers.pop()
        field = (field - 1) * stride + size
    return field


# %% exercise="receptive_field" kind="wrong" breaks="strides" says="product of the strides below" why="only the last stride counts"
def receptive_field(layers):
    field, apart = 1, 1
    for size, stride in layers:
        field += (size - 1) * apart
        apart = stride
    return field


# %% exercise="best_epoch" kind="right" why="a counter"
def best_epoch(scores, patience):
    best, kept, waited = -np.inf, 0, 0
    for epoch, score in enumerate(scores, start=1):
        if score > best:
            best, kept, waited = score, epoch, 0
        else:
            waited += 1
            if waited >= patience:
                return kept
    return kept


# %% exercise="best_epoch" kind="right" why="cut at the stop, then argmax"
def best_epoch(scores, patience):
    for n in range(1, len(scores) + 1):
        if n - 1 - int(np.argmax(scores[:n])) >= patience:
            break
    return int(np.argmax(scores[:n])) + 1


# %% exercise="best_epoch" kind="right" why="a while loop, a numpy int, a helper called max"
def max(values):
    return sorted(values)[-1]


def best_epoch(scores, patience):
    scores = np.array(scores, dtype=float)
    kept = 0
    while True:
        ahead = scores[kept + 1 : kept + 1 + patience]
        higher = np.flatnonzero(ahead > max(scores[: kept + 1].tolist()))
        if len(higher) == 0:
            return np.int64(kept + 1)
        kept += 1 + higher[0]


# %% exercise="best_epoch" kind="wrong" breaks="seen" says="epochs that never happened" why="argmax of all"
def best_epoch(scores, patience):
    return int(np.argmax(scores)) + 1


# %% exercise="best_epoch" kind="wrong" breaks="first" says="counted from 0" why="counts from 0"
def best_epoch(scores, patience):
    best = 0
    for epoch, score in enumerate(scores):
        if score > scores[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best


# %% exercise="best_epoch" kind="wrong" breaks="best" says="at which training stops" why="the epoch of the stop"
def best_epoch(scores, patience):
    best = 0
    for epoch, score in enumerate(scores):
        if score > scores[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch + 1


# %% exercise="best_epoch" kind="wrong" breaks="earliest" says="Equal is not higher" why="an equal score is a gain"
def best_epoch(scores, patience):
    best = 0
    for epoch, score in enumerate(scores):
        if score >= scores[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best + 1


# %% exercise="best_epoch" kind="wrong" breaks="patience" says="compared with the epoch before" why="compares with the epoch before"
def best_epoch(scores, patience):
    waited, seen = 0, [scores[0]]
    for before, score in zip(scores[:-1], scores[1:]):
        seen.append(score)
        waited = 0 if score > before else waited + 1
        if waited == patience:
            break
    return int(np.argmax(seen)) + 1


# %% exercise="best_epoch" kind="wrong" breaks="patience" says="epochs that never happened" why="one epoch too patient"
def best_epoch(scores, patience):
    best = 0
    for epoch, score in enumerate(scores):
        if score > scores[best]:
            best = epoch
        if epoch - best > patience:
            break
    return best + 1


# %% exercise="best_epoch" kind="wrong" breaks="patience" says="After each gain the patience begins anew" why="patience never begins anew"
def best_epoch(scores, patience):
    best, waited = 0, 0
    for epoch, score in enumerate(scores[1:], start=1):
        if score > scores[best]:
            best = epoch
        else:
            waited += 1
        if waited == patience:
            break
    return best + 1


# %% exercise="best_epoch" kind="wrong" breaks="kind" says="an int was expected" why="the score, not the epoch"
def best_epoch(scores, patience):
    best = 0
    for epoch, score in enumerate(scores):
        if score > scores[best]:
            best = epoch
        if epoch - best == patience:
            break
    return scores[best]


# %% exercise="speaker_centred" kind="right" why="pandas groups"
def speaker_centred(X, speakers, is_enrolment):
    who, kept = np.asarray(speakers), np.asarray(is_enrolment, dtype=bool)
    means = pd.DataFrame(X[kept]).groupby(who[kept]).mean()
    return X - means.loc[who].to_numpy()


# %% exercise="speaker_centred" kind="right" why="a loop over clips"
def speaker_centred(X, speakers, is_enrolment):
    who, kept = list(speakers), list(is_enrolment)
    rows = []
    for row, name in zip(X, who):
        mine = [other for other, owner, enrolled in zip(X, who, kept) if enrolled and owner == name]
        rows.append(row - np.mean(mine, axis=0))
    return np.array(rows)


# %% exercise="speaker_centred" kind="right" why="a matrix of weights"
def speaker_centred(X, speakers, is_enrolment):
    names, code = np.unique(np.asarray(speakers), return_inverse=True)
    weight = (code[:, None] == np.arange(len(names))) * np.asarray(is_enrolment, dtype=float)[:, None]
    return X - ((weight.T @ X) / weight.sum(axis=0)[:, None])[code]


# %% exercise="speaker_centred" kind="right" why="bincount per column"
def speaker_centred(X, speakers, is_enrolment):
    code, _ = pd.factorize(np.asarray(speakers))
    kept = np.flatnonzero(np.asarray(is_enrolment))
    counts = np.bincount(code[kept])
    means = np.stack([np.bincount(code[kept], weights=column[kept]) / counts for column in X.T], axis=1)
    return X - means[code]


# %% exercise="speaker_centred" kind="wrong" breaks="own" says="mean over everybody" why="the mean over everybody"
def speaker_centred(X, speakers, is_enrolment):
    return X - X.mean(axis=0)


# %% exercise="speaker_centred" kind="wrong" breaks="own" says="all enrolment clips together" why="the mean of all enrolment clips"
def speaker_centred(X, speakers, is_enrolment):
    return X - X[np.asarray(is_enrolment)].mean(axis=0)


# %% exercise="speaker_centred" kind="wrong" breaks="enrolment" says="all clips of a speaker" why="the clip itself counts, too"
def speaker_centred(X, speakers, is_enrolment):
    who = np.asarray(speakers)
    return X - pd.DataFrame(X).groupby(who).transform("mean").to_numpy()


# %% exercise="speaker_centred" kind="wrong" breaks="column" says="Ada's enrolment clips are the first two" why="one mean over all columns"
def speaker_centred(X, speakers, is_enrolment):
    who, kept = np.asarray(speakers), np.asarray(is_enrolment)
    out = np.zeros(X.shape)
    for name in np.unique(who):
        out[who == name] = X[who == name] - X[(who == name) & kept].mean()
    return out


# %% exercise="speaker_centred" kind="wrong" breaks="every" says="Ada's enrolment clips" why="enrolment clips stay as they are"
def speaker_centred(X, speakers, is_enrolment):
    who, kept = np.asarray(speakers), np.asarray(is_enrolment)
    out = X.astype(float)
    for name in np.unique(who):
        out[(who == name) & ~kept] -= X[(who == name) & kept].mean(axis=0)
    return out


# %% exercise="speaker_centred" kind="wrong" breaks="every" says="has shape (2, 2)" why="enrolment clips are left out"
def speaker_centred(X, speakers, is_enrolment):
    who, kept = np.asarray(speakers), np.asarray(is_enrolment)
    means = pd.DataFrame(X[kept]).groupby(who[kept]).mean()
    return (X - means.loc[who].to_numpy())[~kept]


# %% exercise="speaker_centred" kind="wrong" breaks="order" says="differ" why="speaker by speaker"
def speaker_centred(X, speakers, is_enrolment):
    who, kept = np.asarray(speakers), np.asarray(is_enrolment)
    return np.concatenate([X[who == name] - X[(who == name) & kept].mean(axis=0) for name in np.unique(who)])


# %% exercise="speaker_centred" kind="wrong" breaks="minus" says="differ" why="divides by the spread, too"
def speaker_centred(X, speakers, is_enrolment):
    who, kept = np.asarray(speakers), np.asarray(is_enrolment)
    out = np.zeros(X.shape)
    for name in np.unique(who):
        mine = X[(who == name) & kept]
        out[who == name] = (X[who == name] - mine.mean(axis=0)) / (mine.std(axis=0) + 1e-12)
    return out


# %% exercise="speaker_centred" kind="wrong" breaks="position" says="by position" why="an index that is not 0, 1, 2"
def speaker_centred(X, speakers, is_enrolment):
    if not isinstance(speakers, pd.Series):
        speakers, is_enrolment = pd.Series(list(speakers)), pd.Series(list(is_enrolment))
    who, kept = speakers.sort_index().to_numpy(), is_enrolment.sort_index().to_numpy()
    means = pd.DataFrame(X[kept]).groupby(who[kept]).mean()
    return X - means.loc[who].to_numpy()


# %% exercise="speaker_centred" kind="wrong" breaks="arguments" says="changed its argument" why="centres in place"
def speaker_centred(X, speakers, is_enrolment):
    who, kept = np.asarray(speakers), np.asarray(is_enrolment)
    for name in np.unique(who):
        X[who == name] -= X[(who == name) & kept].mean(axis=0)
    return X
