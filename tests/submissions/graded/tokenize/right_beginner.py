import torch

# my first python homework :)

def tokens(t, s):
    result = []
    a = t.encode(s, add_special_tokens = False)
    for i in range(0, len(a)):
        x = t.convert_ids_to_tokens(a[i])
        result = result + [x]
    print("tokens:", result)
    return result

def token_ids(t, s):
    a = t.encode(s)
    b = []
    for number in a:
        b.append(number)
    return b

def tokens_with_special(t, s):
    result = []
    for number in t.encode(s):
        result.append(t.convert_ids_to_tokens(number))
    return tuple(result)

def to_tensors(t, s):
    a = t.encode(s)
    ids = torch.zeros(1, len(a)).long()
    mask = torch.zeros(1, len(a)).long()
    for i in range(len(a)):
        ids[0][i] = a[i]
        mask[0][i] = 1
    d = {}
    d["input_ids"] = ids
    d["attention_mask"] = mask
    return d

def decode(t, l):
    without = []
    for x in l:
        if int(x) in t.all_special_ids:
            continue
        without.append(int(x))
    words = t.convert_ids_to_tokens(without)
    return t.convert_tokens_to_string(words)
