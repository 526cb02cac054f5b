"""Colours of segments (https://ngff.openmicroscopy.org/0.4/#label-md), as they are and broken."""

import pytest
from tests.volumes.documents import documents, with_labels
from tests.volumes.inferring import find

from nb_remote.dialects.image_label import parse_segment_colors

BIGGEST = ((2**64 - 1, (1, 2, 3, 255)),)


def test_colours_come_with_the_label_and_properties_without_a_note():
    label = documents("zyx")
    label[".zattrs"]["image-label"] = {
        "colors": [
            {"label-value": 1, "rgba": [255, 255, 255, 255]},
            {"label-value": 4, "rgba": [0, 255, 255, 128]},
        ],
        "properties": [{"label-value": 1, "area (pixels)": 1200, "class": "foo"}],
        "source": {"image": "../../"},
    }
    image, cells = find(with_labels(documents("zyx"), cells=label)).layers
    assert cells.segment_colors == ((1, (255, 255, 255, 255)), (4, (0, 255, 255, 128)))
    assert cells.notes == image.notes == ()
    assert image.segment_colors == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()),
        ({}, ()),
        ({"colors": {}}, ()),
        ({"colors": [None, {}, {"label-value": 1}, {"rgba": [1, 2, 3, 4]}]}, ()),
        ({"colors": [{"label-value": 1, "rgba": [1, 2, 3]}]}, ((1, (1, 2, 3, 255)),)),
        ({"colors": [{"label-value": 2.0, "rgba": [1.0, 2, 3, 4]}]}, ((2, (1, 2, 3, 4)),)),
        ({"colors": [{"label-value": 1, "rgba": [1, 2, 256, 4]}]}, ()),
        ({"colors": [{"label-value": True, "rgba": [1, 2, 3, 4]}]}, ()),
        ({"colors": [{"label-value": 2**64, "rgba": [1, 2, 3, 4]}]}, ()),
        ({"colors": [{"label-value": 2**64 - 1, "rgba": [0] * 4}]}, ((2**64 - 1, (0,) * 4),)),
        ({"colors": [{"label-value": "18446744073709551615", "rgba": [1, 2, 3]}]}, BIGGEST),
        ({"colors": [{"label-value": "1e3", "rgba": [1, 2, 3]}]}, ()),
        ({"colors": [{"label-value": 1, "rgba": ["1", "2", "3"]}]}, ((1, (1, 2, 3, 255)),)),
        (
            {"colors": [{"label-value": 1, "rgba": [0.5, 0.0, 1.0, 1.0]}]},
            ((1, (128, 0, 255, 255)),),
        ),
        (
            {
                "colors": [
                    {"label-value": 1, "rgba": [1.0, 0, 0, 1]},
                    {"label-value": 2, "rgba": [-1.0, 0, 0]},
                ]
            },
            ((1, (255, 0, 0, 255)),),
        ),
        ({"colors": [{"label-value": 1, "rgba": [1, 0, 1, 1]}]}, ((1, (1, 0, 1, 1)),)),
    ],
)
def test_what_is_broken_is_left_out(value, expected):
    assert parse_segment_colors(value) == expected
