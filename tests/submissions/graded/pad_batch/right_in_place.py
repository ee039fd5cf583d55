import torch as th

def pad_texts(tok, texts):
    # use my own function below
    return pad_ids(tok(texts)["input_ids"], tok.pad_token_id)

def pad_ids(sequences, pad_id, side="right"):
    assert_side(side)
    n = 0
    for s in sequences:
        if len(s) > n:
            n = len(s)
    masks = []
    for s in sequences:
        m = [1 for _ in s]
        while len(s) < n:
            if side == "left":
                s.insert(0, pad_id)
                m.insert(0, 0)
            else:
                s.append(pad_id)
                m.append(0)
        masks.append(m)
    return dict(input_ids=th.LongTensor(sequences), attention_mask=th.LongTensor(masks))

def assert_side(side):
    if not (side == "left" or side == "right"):
        raise ValueError

def lengths(b):
    out = []
    for row in b["attention_mask"]:
        count = 0
        for x in row:
            if x == 1:
                count = count + 1
        out.append(count)
    return th.tensor(out)
