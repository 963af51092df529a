"""Steps of PyTorch: a plain nanoGPT-style model, scaled_dot_product_attention, fused AdamW, clipping.

usage: torch-step.py CONFIGURATION THREADS SECONDS [eager|bf16|compile]; prints one line of JSON.
bf16 is eager under autocast, compile is float32.
"""

import json
import resource
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

name, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
mode = sys.argv[4] if len(sys.argv) > 4 else "eager"
sizes = json.loads(Path(__file__).with_name("configurations.json").read_text())[name]
torch.set_num_threads(threads)
torch.manual_seed(1)


class Block(nn.Module):
    def __init__(self, width, heads, feed_forward):
        super().__init__()
        self.heads = heads
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, feed_forward), nn.Linear(feed_forward, width)

    def forward(self, x):
        batch, time_steps, width = x.shape
        q, k, v = (
            part.view(batch, time_steps, self.heads, width // self.heads).transpose(1, 2)
            for part in self.qkv(self.attention_norm(x)).split(width, 2)
        )
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(batch, time_steps, width))
        return x + self.down(F.gelu(self.up(self.feed_forward_norm(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        width = sizes["embeddingSize"]
        self.tokens = nn.Embedding(sizes["vocabSize"], width)
        self.positions = nn.Embedding(sizes["contextLength"], width)
        self.blocks = nn.Sequential(
            *(Block(width, sizes["headCount"], sizes["feedForwardSize"]) for _ in range(sizes["layerCount"]))
        )
        self.norm = nn.LayerNorm(width)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        logits = F.linear(self.norm(self.blocks(x)), self.tokens.weight)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


model = Gpt(sizes)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1, fused=True)
shape = (sizes["batchSize"], sizes["contextLength"])
ids, targets = torch.randint(sizes["vocabSize"], shape), torch.randint(sizes["vocabSize"], shape)

loss_of = torch.compile(model) if mode == "compile" else model


def step():
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mode == "bf16"):
        loss = loss_of(ids, targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


# As in time-steps.ts: two seconds unmeasured, three steps at least.
warm = time.perf_counter() + 2
warmed = 0
while warmed < 3 or time.perf_counter() < warm:
    step()
    warmed += 1
milliseconds = []
end = time.perf_counter() + seconds
while time.perf_counter() < end or len(milliseconds) < 3:
    start = time.perf_counter()
    step()
    milliseconds.append(1000 * (time.perf_counter() - start))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"milliseconds": milliseconds, "peakBytes": peak, "build": f"torch {torch.__version__} {mode}"}))
