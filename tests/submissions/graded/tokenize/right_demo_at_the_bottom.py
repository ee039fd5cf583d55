from transformers import AutoTokenizer
import torch

name = "distilbert/distilbert-base-cased"
tokenizer = AutoTokenizer.from_pretrained(name)
input_str = "Hugging Face Transformers is great!"

def tokens(tokenizer, text):
    enc = tokenizer(text, return_special_tokens_mask=True)
    return [tok for tok, s in zip(enc.tokens(), enc["special_tokens_mask"]) if s == 0]

def token_ids(tokenizer, text): return tokenizer([text]).input_ids[0]

def tokens_with_special(tokenizer, text):
    return tokenizer(text).tokens()

def to_tensors(tokenizer, text):
    return tokenizer([text], return_tensors="pt", padding=True, truncation=True)

def decode(tokenizer, ids):
    return tokenizer.batch_decode([ids], skip_special_tokens=True)[0]

print(tokens(tokenizer, input_str))
print(token_ids(tokenizer, input_str))
print(tokens_with_special(tokenizer, input_str))
model_inputs = to_tensors(tokenizer, input_str)
print("Pytorch Tensors:")
print(model_inputs)
for k, v in model_inputs.items():
    print(k, v.shape, v.dtype)
print(decode(tokenizer, model_inputs["input_ids"][0]))
print(decode(tokenizer, token_ids(tokenizer, input_str)))
tokens, token_ids = tokens, token_ids
