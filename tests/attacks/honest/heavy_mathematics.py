"""Multiplies, inverts, convolves and transforms, whose last bits hang on the processor."""

import numpy as np
import torch


def program():
    torch.manual_seed(0)
    a, b = torch.randn(64, 64), torch.randn(64, 64, dtype=torch.float64)
    image = torch.randn(1, 3, 16, 16)
    kernel = torch.randn(4, 3, 3, 3)
    return [
        a @ a,
        torch.linalg.inv(b),
        torch.linalg.svd(b).S,
        torch.softmax(a * 30, -1),
        torch.nn.functional.conv2d(image, kernel),
        torch.fft.fft(b).real,
        np.linalg.eigvalsh((b + b.T).numpy()),
    ]
