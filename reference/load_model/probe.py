"""What the functions of `load_model` loaded, and models and folders to try them on.

In: a student's function and its inputs. Out: dicts of tensors, ids and names. No expected value is
in here.
"""

import random
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForTokenClassification,
    BertConfig,
    BertModel,
    BertTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

TEXTS = ["Hello, how are you?", "Once upon a time in Zürich", "the cats SAT, the dogs ran", ""]
IDS = torch.tensor([[2, 40, 90, 17, 3, 0], [2, 71, 3, 0, 0, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0]])


def tokenized(function, inputs):
    """The ids of some texts, one after another; anything but a tokenizer as it came."""
    tokenizer = function(**inputs)
    if not isinstance(tokenizer, PreTrainedTokenizerBase):
        return {"ids": tokenizer}
    return {"ids": [list(tokenizer(text)["input_ids"]) for text in TEXTS]}


def loaded(function, inputs):
    """The hidden states that the loaded model's base gives, what lies beyond the base, the mode.

    The call is made in float64 and in evaluation mode, so that a model in the wrong mode loses
    the mode's points only. The weights are rounded to bfloat16 first, in which they may have been
    loaded. The head and the mode are told along with a few of the numbers.
    """
    model = function(**inputs)
    if not isinstance(model, PreTrainedModel):
        return {"hidden_states": model}
    training = [name for name, module in model.named_modules() if module.training]
    base = set(model.base_model.modules())
    beyond = [name or type(model).__name__ for name, m in model.named_modules() if m not in base]
    with torch.inference_mode():
        model.bfloat16().double().eval()
        outputs = model.base_model(input_ids=IDS, attention_mask=MASK, return_dict=True)
    hidden_states = outputs.last_hidden_state[MASK == 1]
    first = hidden_states[0, :4]
    return {
        "hidden_states": hidden_states,
        "without_head": {"beyond_the_base_model": beyond, "first_numbers": first},
        "evaluation_mode": {"modules_in_training": training[:3], "first_numbers": first},
    }


_PIECES = [
    *["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "how", "are", "you", "once", "a"],
    *["time", "in", "the", "cat", "##s", "sat", "dog", ",", "?", "ran"],
]


def tokenizer_folder(kind, seed=0):
    """A folder with a small tokenizer and a tiny model; capital letters are in its path. ``seed``
    gives the pieces their ids.

    "lower" is a WordPiece that lower-cases, with a token added later; "words" is a tokenizer of no
    named class, with one id a word.
    """
    folder = _new_folder("My-Tokenizer")
    pieces = random.Random(seed).sample(_PIECES, len(_PIECES))
    vocabulary = {piece: i for i, piece in enumerate(pieces)}
    if kind == "lower":
        tokenizer = BertTokenizer(vocab=vocabulary, do_lower_case=True)
        tokenizer.add_tokens(["upon"])
    else:
        backend = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
        backend.pre_tokenizer = pre_tokenizers.Whitespace()
        backend.post_processor = processors.TemplateProcessing(
            single="$A [SEP]", special_tokens=[("[SEP]", vocabulary["[SEP]"])]
        )
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="[UNK]")
    tokenizer.save_pretrained(folder)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(tokenizer), intermediate_size=8, **sizes)
    BertModel(config).save_pretrained(folder)
    return folder


# Other architectures, each with its own names for the sizes.
_SIZES = {
    "albert": {
        "embedding_size": 12,
        "hidden_size": 20,
        "num_hidden_layers": 3,
        "num_attention_heads": 5,
        "intermediate_size": 28,
        "max_position_embeddings": 32,
    },
    "gpt_neo": {
        "hidden_size": 24,
        "num_layers": 2,
        "num_heads": 6,
        "attention_types": [[["global", "local"], 1]],
        "intermediate_size": 28,
        "max_position_embeddings": 32,
        "window_size": 8,
    },
    "xlnet": {"d_model": 18, "n_layer": 4, "n_head": 3, "d_inner": 26},
}


def other_model(kind):
    """A tiny random base model of a further architecture."""
    return AutoModel.from_config(_other_config(kind))


def model_folder(kind, seed):
    """The folder of a small model with a head for tokens, and a tokenizer beside it; capital
    letters are in its path."""
    folder = _new_folder("My-Model")
    config = _other_config(kind)
    config.initializer_range = 0.2
    torch.manual_seed(seed)
    AutoModelForTokenClassification.from_config(config).save_pretrained(folder)
    BertTokenizer(vocab={piece: i for i, piece in enumerate(_PIECES)}).save_pretrained(folder)
    return folder


def _new_folder(name):
    """Not in the working folder itself: the last part of its path alone leads nowhere."""
    folder = Path(tempfile.mkdtemp(), name)
    folder.mkdir()
    return str(folder)


def _other_config(kind):
    return AutoConfig.for_model(kind, vocab_size=97, **_SIZES[kind])


def frozen(model, names):
    """The model with the parameters frozen whose names match one of the patterns."""
    for name, parameter in model.named_parameters():
        if any(fnmatchcase(name, pattern) for pattern in names):
            parameter.requires_grad = False
    return model


def extended(model, vocab):
    """The model with a vocabulary of another length."""
    model.resize_token_embeddings(vocab, mean_resizing=False)
    return model
