"""PyTorch's side of the attention benchmark: plain products and softmax on a packed projection, as transformer code does it.

Case: "MODE B N A D [bias]" with MODE forward or training (forward and backward).
"""

import torch

from serve import serve


def prepare(case):
    mode, batch, tokens, heads, width, *rest = case.split()
    batch, tokens, heads, width = int(batch), int(tokens), int(heads), int(width)
    training = mode == "training"
    torch.manual_seed(1)
    qkv = torch.randn(batch, tokens, 3 * heads * width, requires_grad=training)
    bias = torch.randn(1, heads, tokens, tokens) if rest else None
    seed = torch.randn(batch, tokens, heads * width)
    scale = width**-0.5

    def attend():
        q, k, v = qkv.view(batch, tokens, 3, heads, width).permute(2, 0, 3, 1, 4).unbind(0)
        logits = (q * scale) @ k.transpose(-2, -1)
        if bias is not None:
            logits = logits + bias
        return (logits.softmax(dim=-1) @ v).transpose(1, 2).reshape(batch, tokens, heads * width)

    def forward():
        with torch.no_grad():
            attend()

    def step():
        qkv.grad = None
        attend().backward(seed)

    return step if training else forward


serve(prepare)
