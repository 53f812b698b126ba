"""Logits of all tags from a fused video vector: a linear layer plus a similarity branch over tag names.

logits = W h + b + s * cos(P h, E_t), E_t = sentence embedding of the tag's names (frozen) + a learned delta. A tag that
no video was seen with has W = 0 and no delta: it is ranked by the similarity branch alone (zero-shot).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

START = 3.0  # of the learned scale s; at 10 the similarity drowns what the linear layer knows


class TagHead(nn.Module):
    """(videos, dim) -> (videos, tags), logits."""

    def __init__(self, dim: int, names: Tensor) -> None:
        super().__init__()
        tags, width = names.shape
        self.linear = nn.Linear(dim, tags)
        self.project = nn.Parameter(torch.randn(width, dim) * dim**-0.5)  # P
        self.delta = nn.Parameter(torch.zeros(tags, width))
        self.scale = nn.Parameter(torch.tensor(START))
        self.names: Tensor
        self.seen: Tensor
        self.register_buffer("names", names)
        self.register_buffer("seen", torch.zeros(tags, dtype=torch.bool))  # tags that training knew examples of
        nn.init.normal_(self.linear.weight, std=0.05)

    def forward(self, video: Tensor, columns: Tensor | None = None) -> Tensor:
        """Of all tags, or only of some: (videos, columns)."""
        chosen = slice(None) if columns is None else columns
        linear = F.linear(video, self.linear.weight[chosen], self.linear.bias[chosen])
        if not self.names.shape[1]:  # no sentence encoder on this machine: the linear layer stands alone
            return linear
        tags = F.normalize(self.names[chosen] + self.delta[chosen], dim=-1)  # (tags, width)
        # The branch reads the video vector and does not shape it: names that a sentence encoder cannot tell apart
        # (another language) would otherwise pull all videos together. Recall at 20 rises by 2 points on such names.
        cosine = F.normalize(video.detach() @ self.project.T, dim=-1) @ tags.T  # (videos, tags)
        logits: Tensor = linear + self.scale.clamp(0, 100) * cosine
        return logits

    @torch.no_grad()
    def start(self, share: Tensor) -> None:
        """Begin at the share of videos (tags,) that each tag is said of, so that training spends no time on it."""
        prior = share.clamp(1e-4, 0.5)
        self.linear.bias.copy_(torch.log(prior / (1 - prior)))

    @torch.no_grad()
    def leave_unseen(self, seen: Tensor) -> None:
        """Tags without an example (`seen` False) keep only the similarity branch, at the bias of an average tag."""
        self.seen.copy_(seen)
        self.linear.weight[~seen] = 0.0
        self.delta[~seen] = 0.0
        self.linear.bias[~seen] = self.linear.bias[seen].mean() if bool(seen.any()) else 0.0
