"""A corpus of one's own: a CSV beside a folder, and every mistake in it in words."""

import zipfile

import numpy as np
import pytest
import soundfile as sf

from ser_helpers import audio, corpus
from ser_helpers.errors import CourseError

GOOD = """file,speaker,label
anna/one.wav,anna,bored
anna/two.wav,anna,angry
ben/one.wav,ben,bored
ben/two.wav,ben,angry
"""


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """What a test makes known is forgotten after it."""
    monkeypatch.setattr(corpus.CORPORA, "_parts", dict(corpus.CORPORA._parts))


@pytest.fixture
def write(tmp_path):
    """Four clips of two speakers, and a CSV of any text beside them."""
    for n, clip in enumerate(("anna/one", "anna/two", "ben/one", "ben/two")):
        (tmp_path / clip).parent.mkdir(exist_ok=True)
        sf.write(tmp_path / f"{clip}.wav", 0.1 * np.random.default_rng(n).normal(size=1600), 16000)

    def write(text: str | bytes, name: str = "my.csv"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / name

    return write


def test_a_csv_is_a_corpus(write):
    mine = corpus.named(str(write(GOOD)))
    assert (mine.name, mine.title, mine.people, mine.labels) == ("my", "my", True, ("angry", "bored"))
    clips = corpus.clip_table(mine.path)
    assert clips["clip"].tolist() == ["anna/one", "anna/two", "ben/one", "ben/two"]
    assert clips["speaker"].tolist() == ["my/anna", "my/anna", "my/ben", "my/ben"]
    assert clips["emotion"].tolist() == ["bored", "angry", "bored", "angry"]
    assert all(len(audio.read_clip(path)) == 1600 for path in corpus.find_audio(clips))
    assert corpus.of_people(clips["speaker"]) and corpus.named("my").name == "my"
    assert corpus.overview().set_index("name").loc["my", "with_audio"] == 4


def test_labels_stand_in_the_courses_order_and_then_in_the_alphabets(write):
    rows = [f"{who}/{n}.wav,{who},{label}" for who in ("anna", "ben") for n, label in enumerate(
        ["zeal", "sad", "awe", "angry", "happy"]
    )]  # fmt: skip
    for row in rows:
        (write("").parent / row.split(",")[0]).touch()
    assert corpus.named(write("file,speaker,label\n" + "\n".join(rows))).labels == (
        "angry",
        "happy",
        "sad",
        "awe",
        "zeal",
    )


@pytest.mark.parametrize(
    "text",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.replace(",", ";"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("file,speaker,label", " File , SPEAKER,Label"),
        GOOD.replace("/", "\\"),
        GOOD.replace("anna/one", "./ben/../anna/one"),
        GOOD.replace(",", ",  "),
        GOOD.replace("\n", ",,\n"),  # empty columns, as spreadsheets leave them
        GOOD.replace("\n", "\n\n,,\n", 1),
        GOOD.replace("anna,", '"anna",'),
        GOOD.strip(),
    ],
)
def test_ways_of_writing_the_same(write, text):
    expected = corpus.clip_table(write(GOOD))
    clips = corpus.clip_table(write(text))
    columns = ["clip", "speaker", "emotion"]
    assert clips[columns].equals(expected[columns]) and corpus.find_audio(clips).notna().all()


def test_further_columns_are_kept_as_they_are_written(write):
    lines = GOOD.splitlines()
    extra = ["age,Note,speaker id"] + ['007,"loud, and far away",NA'] * 4
    clips = corpus.clip_table(write("\n".join(map(",".join, zip(extra, lines, strict=True)))))
    assert list(clips) == ["clip", "speaker", "emotion", "age", "Note", "speaker id", "file"]
    assert clips.loc[0, ["age", "Note", "speaker id"]].tolist() == ["007", "loud, and far away", "NA"]


def test_a_speaker_called_none_is_a_speaker(write):
    assert set(corpus.clip_table(write(GOOD.replace(",anna", ",None").replace(",ben", ",NA")))["speaker"]) == {
        "my/None",
        "my/NA",
    }


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "no file and no speaker and no label: a line with file, speaker, label was expected\\."),
        ("path,who,emotion\n", "no file and no speaker and no label.*'path', 'who', 'emotion' came"),
        (GOOD.replace(",label", ",emotion"), "the first line has no label: .*'file', 'speaker', 'emotion' came"),
        ("\n".join(GOOD.splitlines()[1:]), "the first line has no file"),
        ("file,speaker,label\n\n,,\n", "no rows below the first line"),
        (GOOD.replace("label", "label,label"), "cannot tell columns 'label'"),
        ("clip,path,file,speaker,label\n1,2,3,4,5", "cannot tell columns 'clip', 'path'"),
        (GOOD.replace("ben/one.wav,ben,bored", "ben/one.wav,ben"), "row 4 has other than 3 values"),
        (GOOD.replace("bored", "bored, or so"), "rows 2, 4 have other than 3 values. .* needs quotes"),
        (GOOD.replace("anna/one.wav", '"anna/one.wav'), "cannot be read as a CSV: .*line"),
        (GOOD.replace(",ben,", ", ,"), "rows 4, 5 have no speaker"),
        (GOOD.replace("anna/two.wav", ""), "row 3 has no file"),
        (GOOD.replace("ben,bored", "ben,"), "row 4 has no label"),
        (GOOD + GOOD.splitlines()[1], "rows 2, 6 have a file that stands there twice: 'anna/one.wav'"),
        (GOOD + "anna/./one.flac,ben,angry", "rows 2, 6 have .*'anna/one.wav', 'anna/./one.flac'. .*suffix only"),
        (
            GOOD.replace(".wav", ".mp3"),
            "4 of 4 files are not there: 'anna/one.mp3', 'anna/two.mp3', 'ben/one.mp3' and 1 more "
            r"\(rows 2, 3, 4 and 1 more\). Paths count from /",
        ),
        (GOOD.replace("ben/two.wav", "ben"), r"1 of 4 files are not there: 'ben' \(row 5\)"),
        (GOOD.replace("ben", "Anna").replace("Anna/", "ben/"), "speakers 'Anna', 'anna' differ in capitals only"),
        (GOOD.replace("angry", "Angry"), "labels 'Angry', 'angry' differ in capitals only"),
        (GOOD.replace(",ben", ",anna"), "one speaker only, 'anna'"),
        (GOOD.replace("bored", "angry"), "one label only, 'angry'"),
        (GOOD.replace("ben,bored", "ben,sad"), "one clip only with the label 'bored', 'sad'"),
        (
            GOOD.replace("anna,bored", "anna,angry").replace("ben,angry", "ben,bored"),
            "one speaker only has the label 'angry', 'bored'",
        ),
        (b"\x00\x01\xff\xfe" * 10, "no text in UTF-8"),
        (GOOD.encode("utf-16"), "no text in UTF-8"),
        (GOOD.replace("anna", "änna").encode("latin-1"), "no text in UTF-8"),
    ],
)
def test_a_mistake_is_said_in_words(write, text, words):
    with pytest.raises(CourseError, match=f"my.csv: .*{words}"):
        corpus.named(write(text))


def test_what_is_no_csv(write, tmp_path):
    with zipfile.ZipFile(tmp_path / "my.xlsx", "w") as sheet:
        sheet.writestr("xl/workbook.xml", "")
    with pytest.raises(CourseError, match="my.xlsx: this is a spreadsheet.*CSV"):
        corpus.named(tmp_path / "my.xlsx")
    with pytest.raises(CourseError, match="nowhere.csv: there is no such file"):
        corpus.named("nowhere.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(CourseError, match="folder.csv: this is a folder"):
        corpus.named(tmp_path / "folder.csv")


def test_two_corpora_may_not_have_the_same_name(write, tmp_path):
    with pytest.raises(CourseError, match="would be called 'practice'.*another name"):
        corpus.named(write(GOOD, "practice.csv"))
    corpus.named(write(GOOD))
    (tmp_path / "copy").mkdir()
    with pytest.raises(CourseError, match="would be called 'my'.*my.csv is"):
        corpus.named(write(GOOD.replace("anna/", "../anna/").replace("ben/", "../ben/"), "copy/my.csv"))


def test_a_csv_is_read_again_when_it_has_changed(write):
    assert "sad" not in corpus.named(write(GOOD)).labels
    assert "sad" in corpus.named(write(GOOD.replace("bored", "sad"))).labels
    assert "sad" in corpus.named("my").labels
