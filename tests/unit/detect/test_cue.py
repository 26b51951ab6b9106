"""Sentences of documentation: what they advise, and those that hold the same words and only describe."""

from __future__ import annotations

import pytest

from miner.detect.cue import kind_of
from miner.detect.documentation import kind_of_sentence
from miner.detect.idiom import load_idioms

IDIOMS = load_idioms()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Deprecated, use `stride` instead.", "deprecation"),
        ("DEPRECATED: This class is no longer used.", "deprecation"),
        ("The old way (deprecated, pass `stride`).", "deprecation"),
        ("The method is deprecated since 2.1.", "deprecation"),
        ("Removed in favor of `stride`.", "deprecation"),
        ("Not available where kernels are compiled.", "limitation"),
        ("Ignored if `stride` is not supported.", "limitation"),
        ("If the template has no roles, this argument has no effect.", "limitation"),
        ("This is used only when `fast` is set and will be ignored otherwise.", "limitation"),
        ("The interface is experimental and may change in the next release.", "limitation"),
        ("The length may change between releases.", "limitation"),
        ("This is an :ref:`experimental <api>` feature.", "limitation"),
        ("If it is a list, it must be as long as the batch.", "requirement"),
        ("If you prune you need to specify the norm.", "requirement"),
        ("Consider lowering the batch size.", "recommendation"),
        ("Use with caution, as it empties the store.", "warning"),
        ("For small inputs, consider the eager mode.", "recommendation"),
        ("Should be used for gathering across ranks.", "recommendation"),
        ("It is more memory-efficient than the default.", "trade-off"),
        ("It may run out of memory when the shards are large.", "trade-off"),
        ("This adds a small overhead for each step.", "trade-off"),
        ("Each worker is limited to one queue.", "limitation"),
        ("For example, you must make sure that it ends.", "requirement"),
        ("On a GPU it needs torch 2.1 or later.", "requirement"),
        ("If True, `stride` is ignored.", "limitation"),
        ("A pruned tree requires a table of 4 rows.", "requirement"),
        ("Keys are read in their order, so the first must be the shortest.", "requirement"),
    ],
)
def test_what_a_sentence_advises(text, kind):
    """A word counts in what is stated, of whatever case, also where a clause beside it supposes something."""
    assert kind_of_sentence(text, IDIOMS) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Mapping from each deprecated name to its replacement.",
        "Whether to warn about deprecated keyword arguments.",
        "The guide to the non-deprecated usage of this package.",
        "The saved paths are disregarded in favor of those given.",
        "The configuration of FasterNet, a convolutional network.",
        "The base of a faster-rcnn detector.",
        "It stores the hashes for later analysis.",
        "See [better performance](guide.md) for all of it.",
        "The options of [`experimental.sort.Sorter`].",
        "Returned as it is when the backend is not available.",
        "If the ratio is not supported, the nearest one is taken.",
        "Whether a second pass through all layers is required.",
        "A set of the places where tokens must be inserted.",
        "The number of batches, which may change from epoch to epoch.",
        "Only consider the ten best matches.",
        "The lowest score to consider as a match.",
        "Gives you a chance to store what else you might want to keep.",
        "The indices of the items that should be used for pruning.",
        "The cumulative count of out-of-memory errors.",
        "A function to find the batch size after an out-of-memory error.",
        "A memory-efficient variant of the activation.",
        "Measures the overhead.",
        "The label index ignored when the loss is computed.",
        "It must be noted that epochs are counted from one.",
        "No mask is required since all tiles have one size.",
        "A list of keys of the output that should be ignored when it is gathered.",
        "An optimizer that runs another for the parameters that are not compatible with it.",
        "This has no effect on the layout, but on the number of blocks.",
        "Its implementation requires to store each block on its own.",
        "My experimental variant with a wider stem.",
        "The factor of the tempo, so that what is said plays back slower.",
        "The pace (e.g. 0.5 for 50% speed).",
        "For example, if this is set to 2, the pool grows by at most 200% in size.",
        "Prints a warning if a step is slower than 500ms.",
        "Saves what was found (rate limited to one a minute).",
        "Counted once (2x multiply-add), and includes router overhead.",
        "The lowest ratio that counts as a speedup; 1.02 = 2% better.",
        "For example, at 10% tolerance, it must be within 10% of the range.",
        "On kit v2 or later, the blocks are fused.",
        "If True, the first line of the file will be ignored.",
        "For example, `0.1` stops it if the throughput drops by more than 10%.",
        "Cached memory is at most 25% of all there is; and",
        "The scale, e.g. a 10x larger batch size means a scale of 10.",
        "A tree of 3 levels requires 7 comparisons.",
        "Without it a node of 8 ranks would need 8 copies, which must be in memory.",
        "From the paper `Half the accuracy with 50x less memory <https://kit.org/paper>`_.",
        "It keeps 4x more tokens.",
        "Experimental wrapper for sorting things.",
        "A numerically stable version of the sum of all rows.",
        "If `True`, the three files that cannot be read are ignored.",
        "TODO: consider sorting them first.",
        "The list of recommended items of each user.",
        "The wanted order is the longest, that is to say one that must be sorted last.",
        "THE SOFTWARE COMES AS IT IS, WITHOUT WARRANTY, INCLUDING BUT NOT LIMITED TO THAT OF BEING FIT FOR USE.",
    ],
)
def test_what_only_describes(text):
    """Names, what is supposed, and other senses of the words are no advice."""
    assert kind_of_sentence(text, IDIOMS) is None


@pytest.mark.parametrize(
    ("text", "without", "kind"),
    [
        ("The accuracy may drop.", (), "trade-off"),
        ("This is not optimal for performance.", (), "trade-off"),
        ("It reduces the memory usage.", (), "trade-off"),
        ("It reduces the memory usage, which is unsupported.", ("trade-off",), "limitation"),
        ("The accuracy differs.", (), None),
        ("A performance counter is missing.", (), None),
        ("Out of memory. Please use smaller batches.", (), "recommendation"),
        ("Larger batches may run out of memory.", (), "trade-off"),
        ("FasterNet has no labels.", (), None),
        ("The metrics of compute_overhead.", (), None),
        ("You MUST pass a mode.", (), "requirement"),
        ("It only works alone.", (), "limitation"),
        ("If you want it alone, add `alone=True`.", (), "recommendation"),
    ],
)
def test_the_kind_of_a_message(text, without, kind):
    """A word that names what is measured counts where the message says where that goes; a part of a name is no word."""
    assert kind_of(text, IDIOMS.cues, without) == kind
