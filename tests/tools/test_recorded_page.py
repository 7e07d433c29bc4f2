"""A scraped page is cleaned of noise and of the machine's names, and of nothing else."""

import pytest

from tools.recording.errors import RecordError
from tools.recording.page import clean, sample_values

PAGE = """\
# HELP z_total Last by name.
# TYPE z_total counter
z_total{pid="7013",queue="b"} 2.0
z_total{pid="7012",queue="a"} 1.0
# HELP python_info About Python.
# TYPE python_info gauge
python_info{version="3.11"} 1.0
# HELP a_seconds First by name.
# TYPE a_seconds histogram
a_seconds_bucket{le="5.0",owner="7012",quoted="a \\"b\\", c"} 3.0
a_seconds_bucket{le="10.0",owner="7012",quoted="a \\"b\\", c"} 3.0
a_seconds_bucket{le="+Inf",owner="7012",quoted="a \\"b\\", c"} 4.0
"""

CLEANED = """\
# HELP a_seconds First by name.
# TYPE a_seconds histogram
a_seconds_bucket{le="5.0",owner="process-1",quoted="a \\"b\\", c"} 3.0
a_seconds_bucket{le="10.0",owner="process-1",quoted="a \\"b\\", c"} 3.0
a_seconds_bucket{le="+Inf",owner="process-1",quoted="a \\"b\\", c"} 4.0
# HELP z_total Last by name.
# TYPE z_total counter
z_total{pid="process-1",queue="a"} 1.0
z_total{pid="process-2",queue="b"} 2.0
"""


def test_noise_goes_families_are_sorted_and_equal_names_stay_equal() -> None:
    replaced = {"pid": "process-", "owner": "process-"}
    assert clean(PAGE, left_out="python_.*", replaced=replaced) == CLEANED
    assert clean(CLEANED, left_out="", replaced=replaced) == CLEANED


def test_what_is_no_page_is_refused() -> None:
    with pytest.raises(RecordError, match="not a line of a page of metrics: '<html>'"):
        clean("<html>\n", left_out="", replaced={})


def test_samples_are_found_by_name_and_labels() -> None:
    assert sample_values(PAGE, r"a_seconds_bucket\{.*") == [3, 3, 4]
    assert sample_values(PAGE, r'z_total\{.*queue="a".*') == [1]
    assert sample_values(PAGE, "z") == []
