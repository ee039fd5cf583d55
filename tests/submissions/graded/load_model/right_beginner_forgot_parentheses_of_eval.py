import transformers

def load_tokenizer(name):
    tok = transformers.AutoTokenizer.from_pretrained(name)
    print("tokenizer loaded!!", type(tok))
    return tok

def load_base_model(name):
    m = transformers.AutoModel.from_pretrained(name)
    m.eval     # from_pretrained has already done it
    return m

def describe(model):
    d = {}
    c = model.config
    d["layers"] = c.num_hidden_layers
    d["heads"] = c.num_attention_heads
    d["hidden_size"] = c.hidden_size
    d["vocab_size"] = c.vocab_size
    count = 0
    trainable = 0
    for p in model.parameters():
        n = 1
        for s in p.shape:
            n = n * s
        count = count + n
        if p.requires_grad == True:
            trainable = trainable + n
    d["parameters"] = count
    d["trainable_parameters"] = trainable
    return d
