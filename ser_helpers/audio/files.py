"""Any file that people have as 16 kHz mono samples, in bounded memory, or one sentence why not."""

from __future__ import annotations

import io
import os
import stat
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile as sf

from .samples import AudioError, check_values, resampler, some

LONGEST = 600  # seconds of a file that are decoded: CREMA-D's longest clip has 5, and this much takes 38 MB at 16 kHz
IN_MEMORY = 128 * 2**20  # bytes of a pipe: ten minutes of 16-bit stereo at 48 kHz are 110 MiB
BLOCK = 2**14  # values that are decoded at once, over all channels
OFFSET = 0.002  # a mean beyond this is a fault of a sound card; no clip of CREMA-D has a third of it
LOST = 0.03  # of the strongest channel's power: where the mean keeps less (-15 dB), the channels cancel each other
UNFINISHED = {  # of the files that are made of chunks: a chunk's head, where the first is, which holds sound, and no sound
    b"RIFF": ("<4sI", 12, b"data", (0,)),
    b"RIFX": (">4sI", 12, b"data", (0,)),
    b"FORM": (">4sI", 12, b"SSND", (8,)),
    b"caff": (">4sq", 8, b"data", (4, -1)),
}
FIRST_SAMPLE = 2**20  # bytes of a file in which its samples have begun
HEADERLESS = (".raw", ".pcm", ".vox", ".gsm")
ANY_NUMBERS = ("RAW", "MAT4", "MAT5")  # headerless, told by their names alone; or matrices of whatever


def read_clip(file: str | Path | BinaryIO) -> np.ndarray:
    """Read an audio file as 16 kHz mono.

    Parameters
    ----------
    file : str, Path or binary file
        WAV, FLAC, MP3, OGG, Opus or whatever else libsndfile reads, at 4 to 192 kHz, with any number of channels. A
        pipe will do, and so will a file whose recorder was killed before it wrote down the length.

    Returns
    -------
    ndarray of float32, shape (n_samples,)
        Zeros for a muted file: `refuse_silence` is for those who answer.

    Raises
    ------
    AudioError
        When the file is missing, empty, a Git LFS pointer, no audio, damaged, or longer than `LONGEST`; or when its
        samples cannot be used.

    Notes
    -----
    Does what `to_16k_mono` does, block by block and up to `LONGEST`, so that neither a long file nor a header that lies
    takes more memory than ten minutes at 16 kHz. Two faults that lie in the file and not in the voice are mended: an
    offset beyond `OFFSET` is taken away, and where channels cancel each other (one plug soldered the wrong way), the
    strongest one stands for all. Used in every lesson that plays or measures a clip.

    Examples
    --------
    >>> from ser_helpers import corpus
    >>> y = read_clip(corpus.lesson_clips()["path"][0])
    >>> y.dtype, y.ndim
    (dtype('float32'), 1)
    """
    source = Path(file) if isinstance(file, (str, os.PathLike)) else file
    name = printable(source if isinstance(source, Path) else getattr(source, "name", "the recording"))
    try:
        return _decode(_source(source, name), name)
    except AudioError:
        raise
    except OSError as error:
        raise AudioError(f"{name} cannot be opened: {error.strerror or error}.") from None
    except (sf.SoundFileError, RuntimeError, TypeError, ValueError):  # what soundfile and soxr raise
        if isinstance(source, Path) and source.suffix.lower() in HEADERLESS:
            raise AudioError(
                f"{name} has no header, so nothing says its sample rate. If you know it, write a WAV with soundfile: "
                "samples, rate = sf.read(FILE, format='RAW', samplerate=16000, channels=1, subtype='PCM_16'); "
                "sf.write('voice.wav', samples, rate)."
            ) from None
        raise AudioError(
            f"{name} is not audio that can be read here, or it is damaged. WAV, FLAC, MP3, OGG and Opus can; for m4a or webm use the "
            "recorder of lesson 08, whose browser reads them, or convert the file to WAV (`ffmpeg -i memo.m4a memo.wav`)."
        ) from None


def printable(name: object) -> str:
    r"""A file's name as it can be printed: what is no text, or what standard output cannot show, becomes an escape.

    Examples
    --------
    >>> print(printable("caf\udce9.wav"))
    caf\udce9.wav
    """
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(name))
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


class _Bytes(io.BytesIO):
    """A file in memory where a damaged header may seek to any place: libsndfile cannot hear a Python exception."""

    def seek(self, offset: int, whence: int = 0) -> int:
        size = self.getbuffer().nbytes
        return super().seek(min(max((0, self.tell(), size)[whence] + offset, 0), size))


class _Forward(sf.SoundFile):
    """A sound file that is read from its beginning to its end, which also works where no header says where that is."""

    def seekable(self) -> bool:
        return False


def _source(file: Path | BinaryIO, name: str) -> _Bytes | str | bytes:
    """What soundfile is to open: the file's path; for pipes, file objects and unfinished files their bytes."""
    if not isinstance(file, Path):
        return _in_memory(file, name)
    if file.is_dir():
        raise AudioError(f"{name} is a folder; name one audio file in it.")
    if not file.exists():
        raise AudioError(f"There is no file {name}. Check the name and the folder it is in.")
    with file.open("rb") as stream:
        regular = stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
        if not regular or file.suffix.lower() == ".raw":  # soundfile believes this name, whatever is in the file
            return _in_memory(stream, name)
        _check_start(stream.read(64), name)
        unfinished = _missing_size(stream)
        stream.seek(0)  # where /dev/stdin is a file, opening it anew may go on from here
        if unfinished:
            return _in_memory(stream, name)
    return os.fsencode(file) if os.name == "posix" else str(file)  # on Linux, a name need not be text


def _in_memory(stream: BinaryIO, name: str) -> _Bytes:
    """What is left of a stream, with the size that its header lacks, if it does."""
    if isinstance(stream, io.TextIOBase):
        raise AudioError(f"{name} was opened as text. Open it with mode 'rb', or give its name.")
    data = _Bytes()
    while part := stream.read(2**20):
        data.write(part)
        if data.tell() > IN_MEMORY:
            raise AudioError(
                f"{name} has more than {IN_MEMORY // 2**20} MB, too much for a pipe, an open file or a recording that was "
                "never finished. Save the part that you want as a WAV file, and give its name."
            )
    data.seek(0)
    _check_start(data.read(64), name)
    if missing := _missing_size(data):
        data.seek(missing[0])
        data.write(missing[1])
    data.seek(0)
    return data


def _check_start(start: bytes, name: str) -> None:
    """Say what stands in the place of audio, for the mistakes that are common."""
    if not start:
        raise AudioError(f"{name} is empty (0 bytes). Fetch or record it again.")
    if start.startswith(b"version https://git-lfs"):
        raise AudioError(f"{name} is a Git LFS pointer, a short text that stands for the audio. `ser fetch` brings it.")


def _missing_size(stream: BinaryIO) -> tuple[int, bytes] | None:
    """Where a header says that there are no samples, as a killed recorder leaves it, and what it should say.

    Notes
    -----
    libsndfile itself reads to the end of FLAC and W64 without a size, and of WAV and AU with 0xFFFFFFFF, as programs
    write into a pipe. The size of the whole file, which stands first, tells a recording from a file without samples.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    start = stream.read(36)
    kind = start[:4]
    if len(start) < 36:
        return None
    if kind == b".snd":
        return (8, b"\xff" * 4) if start[8:12] == bytes(4) else None
    if kind == b"RF64":  # its sizes stand in a chunk that RIFF does not know
        return (0, b"RIFF") if start[28:36] == bytes(8) else None
    form, place, samples, nothing = UNFINISHED.get(kind, UNFINISHED[b"RIFF"])
    chunk = struct.Struct(form)
    if kind not in UNFINISHED or (kind != b"caff" and chunk.unpack_from(start)[1] + 8 == size):
        return None
    while place < FIRST_SAMPLE:
        stream.seek(place)
        if len(header := stream.read(chunk.size)) < chunk.size:
            return None
        place += chunk.size
        name, length = chunk.unpack(header)
        if name == samples:
            unfinished = length in nothing and place + max(length, 0) < size
            return (place - chunk.size, chunk.pack(name, size - place)) if unfinished else None
        place += max(length + length % 2, 0)
    return None


def _decode(source: _Bytes | str | bytes, name: str) -> np.ndarray:
    """A whole file at 16 kHz: the mean of its channels, or the strongest one where the mean loses nearly everything."""
    y, channel, offset = _mono(source, name)
    if channel is not None or offset:
        y, _, _ = _mono(source, name, channel, offset)
    return y


def _mono(
    source: _Bytes | str | bytes, name: str, channel: int | None = None, offset: float = 0.0
) -> tuple[np.ndarray, int | None, float]:
    """One channel of a file, or the mean of all, less an offset; and which channel and offset would have been right."""
    if isinstance(source, _Bytes):
        source.seek(0)
    with _Forward(source) as sound:
        if sound.format in ANY_NUMBERS:
            raise TypeError(sound.format)
        resample = resampler(sound.samplerate, name)
        count, parts = 0, []
        sums = squares = np.zeros(1)
        for block in _blocks(sound, name):
            mono = block.mean(axis=1) if channel is None else block[:, channel].copy()
            parts.append(resample(mono - np.float32(offset) if offset else mono))
            count += len(block)
            rows = (mono[None] if sound.channels == 1 else np.vstack([block.T, mono])).astype(np.float64)
            sums = sums + rows.sum(axis=1)
            squares = squares + np.einsum("ij,ij->i", rows, rows)
    y = some(np.concatenate([*parts, resample(np.zeros(0, np.float32), last=True)]), name)
    means = sums / count
    powers = np.maximum(squares / count - means**2, 0)  # a constant has none, and rounding must not take more
    strongest = max(powers[:-1], default=0.0)
    best = int(np.argmax(powers[:-1] > 0.99 * strongest)) if powers[-1] < LOST * strongest else -1
    return y, None if best < 0 else best, float(means[best]) if abs(means[best]) > OFFSET else 0.0


def _blocks(sound: sf.SoundFile, name: str) -> Iterator[np.ndarray]:
    """The samples of a file from its beginning to its end, (n, channels) at a time, as long as they can be sound."""
    longest = LONGEST * sound.samplerate  # frames: no header makes anybody wait for more
    long = f"up to {LONGEST // 60} minutes are read. Cut out the part that you want, and save it as a file of its own."
    if longest < sound.frames < 2**36 - 1:  # as FLAC says that it does not know
        raise AudioError(f"{name} lasts {sound.frames / sound.samplerate / 60:,.0f} minutes; {long}")
    size = max(1, min(BLOCK // sound.channels, sound.frames))
    count = 0
    while True:
        try:
            block = sound.read(size, dtype="float32", always_2d=True)
        except sf.SoundFileError:
            raise AudioError(
                f"{name} is damaged, or was cut short: its sound cannot be decoded to the end. Copy or fetch it again."
            ) from None
        if not len(block):
            return
        count += len(block)
        if count > longest:
            raise AudioError(f"{name} does not end after {LONGEST // 60} minutes; {long}")
        check_values(block, name)
        yield block
