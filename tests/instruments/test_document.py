"""A hand-written file keeps its lines and its types, and no bytes can break the reading of it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.instruments.yaml_document import YamlDocument, read_document


def read(tmp_path: Path, text: str) -> YamlDocument:
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    document, faults = read_document(path, name="file.yaml")
    assert not faults
    assert document is not None
    return document


def test_no_and_yes_stay_words_and_times_stay_as_written(tmp_path: Path) -> None:
    document = read(tmp_path, "a: no\nb: yes\nc: 12:30\nd: 2024-01-08\ne: 2024-01-08 08:00:00\n")
    assert document.root == {
        "a": "no", "b": "yes", "c": "12:30", "d": "2024-01-08", "e": "2024-01-08 08:00:00",
    }  # fmt: skip


def test_a_field_knows_its_line_and_a_missing_one_that_of_what_holds_it(tmp_path: Path) -> None:
    document = read(tmp_path, "# comment\nitems:\n  - id: A\n    text: x\n  - id: B\n")
    assert document.line(("items", 0, "text")) == 4
    assert document.line(("items", 1)) == 5
    assert document.line(("items", 1, "text")) == 5
    assert document.line(("nothing",)) == 2


def test_a_place_is_named_by_the_ids_around_it(tmp_path: Path) -> None:
    document = read(tmp_path, "items:\n  - id: A\n    options: [1, 2]\n  - text: y\n")
    assert document.place(("items", 0, "options", 1)) == "items[A].options[2]"
    assert document.place(("items", 1, "text")) == "items[2].text"


def test_a_day_that_does_not_exist_is_left_for_the_form_to_refuse(tmp_path: Path) -> None:
    assert read(tmp_path, "a: 2023-12-32\n").root == {"a": "2023-12-32"}


def test_endless_nesting_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a: " + "[" * 100_000, encoding="utf-8")
    document, (fault,) = read_document(path, name="file.yaml")
    assert document is None
    assert fault.line == 1


def test_a_list_at_the_top_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("- a\n- b\n", encoding="utf-8")
    document, faults = read_document(path, name="file.yaml")
    assert document is None
    assert len(faults) == 1


def test_a_file_beyond_a_megabyte_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(b"a: " + b"x" * 1_000_001)
    document, (fault,) = read_document(path, name="file.yaml")
    assert document is None
    assert "1 MB" in fault.message


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=60)
    | st.text("ab:-[]{}&*!|>'\"#%@,? \n\t0", max_size=60).map(str.encode)
    | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.yaml"
        path.write_bytes(content)
        document, faults = read_document(path, name="file.yaml")
    assert (document is None) == bool(faults)
