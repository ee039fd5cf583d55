from datasets import DatasetDict
from torch.utils.data import DataLoader


def truncate(example, max_words=50):
    mots = example["text"].split()
    if len(mots) > max_words:
        del mots[max_words:]
    return {**example, "text": " ".join(mots)}


def small_splits(dataset, seed, n_train, n_val):
    melange = dataset.shuffle(seed=seed)
    # d'abord l'entraînement, puis la validation
    bornes = {"train": (0, n_train), "val": (n_train, n_train + n_val)}
    return DatasetDict(
        {nom: melange.select(range(*b)).map(truncate, load_from_cache_file=False) for nom, b in bornes.items()}
    )


def tokenize_splits(splits, tokenizer):
    splits = splits.rename_column("label", "labels")
    a_garder = ("input_ids", "attention_mask", "labels")
    splits = splits.map(lambda e: dict(tokenizer(e["text"], truncation=True)))
    for nom in list(splits):
        inutiles = [c for c in splits[nom].column_names if c not in a_garder]
        splits[nom] = splits[nom].remove_columns(inutiles).with_format("torch")
    return splits


def make_loaders(splits, tokenizer, batch_size):
    # les lignes sont lues une fois, le mélange se fait dans le DataLoader
    def assembler(lignes):
        return tokenizer.pad(lignes, return_tensors="pt")

    def lignes(nom):
        return [{cle: valeur for cle, valeur in ligne.items()} for ligne in splits[nom]]

    return (
        DataLoader(lignes("train"), batch_size=batch_size, shuffle=True, collate_fn=assembler),
        DataLoader(lignes("val"), batch_size=batch_size, shuffle=False, collate_fn=assembler),
    )
