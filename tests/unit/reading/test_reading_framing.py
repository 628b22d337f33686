"""Images of words from anywhere become dark on light with a line's margins."""

import numpy as np
import pytest

from pipeline.reading.framing import framed


def crop(*, height=100, width=300, ink=(30, 70), side=20, paper=240, pen=30):
    """A bar of ink on paper."""
    image = np.full((height, width), paper, np.uint8)
    image[ink[0] : ink[1], side : width - side] = pen
    return image


def test_an_ordinary_crop_stays_as_it_is():
    assert np.array_equal(framed(crop()), crop())


def test_light_on_dark_is_turned_round():
    assert np.array_equal(framed(255 - crop()), crop())


def test_a_crop_cut_to_its_ink_gets_margins_of_its_own_paper():
    tight = crop(ink=(0, 100), side=100)
    found = framed(tight)
    assert found.shape == (130, 330)
    assert np.array_equal(found[15:115, 15:315], tight)
    assert (found[:15] == 240).all()


def test_ink_lost_in_paper_is_cut_out():
    found = framed(crop(height=600, width=900, ink=(300, 360), side=300))
    assert found.shape == (90, 330)
    assert (found == 30).sum() == 60 * 300


def test_specks_do_not_count_as_ink():
    image = crop(height=600, width=900, ink=(300, 360), side=300)
    image[5:8, 5:8] = 0
    assert framed(image).shape == (90, 330)


@pytest.mark.parametrize("shape", [(1, 1), (3, 50), (40, 200)])
def test_nothing_to_read_stays_as_it_is(shape):
    blank = np.full(shape, 250, np.uint8)
    assert np.array_equal(framed(blank), blank)
