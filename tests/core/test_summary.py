"""What the history pages say of Curator's edits."""

from curator_core.domain.ids import BatchId, EditGroupId
from curator_core.domain.summary import edit_summary

GROUP = EditGroupId("0123456789ab")
LINK = "([[:toolforge:editgroups-commons/b/curator/0123456789ab|details]])"


def test_a_summary_names_source_image_and_batch_and_ends_with_its_edit_group() -> None:
    summary = edit_summary("Mapillary 1234", BatchId(56), GROUP)
    assert "Mapillary 1234" in summary
    assert "56" in summary
    assert summary.endswith(LINK)


def test_a_batch_of_an_older_release_has_no_edit_group_to_link() -> None:
    summary = edit_summary("Mapillary 1234", BatchId(56), None)
    assert "Mapillary 1234" in summary
    assert "editgroups" not in summary


def test_a_long_credit_is_cut_rather_than_the_link() -> None:
    summary = edit_summary("x" * 1000, BatchId(56), GROUP)
    assert len(summary) <= 500
    assert summary.endswith(LINK)
