"""Goes over the children of the model; other names for the arguments; labels are popped."""

import torch
import torch.nn.functional as F  # noqa: N812

torch.set_printoptions(precision=3)


def freeze_encoder(net):
    for name, child in net.named_children():
        if name == net.base_model_prefix:
            for module in child.modules():
                for p in module.parameters(recurse=False):
                    p.requires_grad = False
        else:
            for p in child.parameters():
                p.requires_grad = True


def trainable_names(net):
    return [n for n, p in net.named_parameters() if p.requires_grad is True]


def finetune(net, data, step_size):
    freeze_encoder(net)
    opt = torch.optim.AdamW(
        filter(lambda p: p.requires_grad, net.parameters()), lr=step_size, amsgrad=False
    )
    out = []
    for b in data:
        target = b.pop("labels")
        loss = F.cross_entropy(net(**b).logits, target)
        opt.zero_grad(set_to_none=False)
        loss.backward()
        opt.step()
        out.append(loss.detach().cpu().numpy().item())
    return out


if __name__ == "__main__":
    print("no demo")
