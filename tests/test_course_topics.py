"""What every topic of the course has, whatever else it is proven to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model import Topic
from grader.spec import load_assignment, load_topic

REFERENCE = Path(__file__).parents[1] / "reference"
COURSE = {
    "load_model": {"load_tokenizer", "load_base_model", "describe"},
    "tokenize": {"tokens", "token_ids", "tokens_with_special", "to_tensors", "decode"},
    "pad_batch": {"pad_texts", "pad_ids", "lengths"},
    "embeddings": {"call_with_batch", "call_with_arguments", "mean_pool"},
    "attentions": {"load_with_internals", "internals", "attention_weights"},
    "attention_plot": {"plot_attentions"},
    "prepare_dataset": {"truncate", "small_splits", "tokenize_splits", "make_loaders"},
    "training_loop": {"train_epoch", "evaluate", "fit"},
    "trainer": {"compute_metrics", "training_arguments", "build_trainer"},
    "freeze_encoder": {"freeze_encoder", "trainable_names", "finetune"},
    "task_heads": {"load_for_task", "load_classifier_two_ways", "predict"},
    "generate": {"greedy", "greedy_by_hand", "top_p_probabilities", "sample"},
}
TOPICS = {topic.name: topic for topic in load_assignment(REFERENCE, "one").topics}


def test_the_course_has_its_twelve_topics_in_teaching_order():
    assert list(TOPICS) == list(COURSE)


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)
def test_a_topic_has_its_functions_points_and_proofs(topic: Topic):
    assert {task.function for task in topic.tasks} == COURSE[topic.name]
    assert topic.points == pytest.approx(10)
    assert len(topic.rights) >= 5
    assert min(len(task.mistakes) for task in topic.tasks) >= 5


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)
def test_hidden_inputs_come_from_the_seed_and_public_ones_do_not(topic: Topic):
    again = load_topic(REFERENCE / topic.name, "one")
    other = load_topic(REFERENCE / topic.name, "another")
    for one, two in zip(topic.tasks, other.tasks, strict=True):
        assert [c for c in one.cases if c.public] == [c for c in two.cases if c.public]
        assert one.cases != two.cases, f"nothing of {one.function} hangs on the seed"
        inputs = [[case.inputs for case in task.cases if not case.public] for task in (one, two)]
        assert inputs[0] != inputs[1], f"no input of {one.function} is drawn"
    assert [task.cases for task in again.tasks] == [task.cases for task in topic.tasks]
