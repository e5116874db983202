"""PyTorch's side of the coreset benchmark: greedy k-center, every vector compared with every new centre.

Case: "N D COUNT". One pass over the vectors a centre: their products with it give the squared distances.
"""

import torch

from serve import serve


def prepare(case):
    vectors, width, count = map(int, case.split())
    torch.manual_seed(1)
    rows = torch.randn(vectors, width)

    def choose():
        with torch.no_grad():
            squares = (rows * rows).sum(1)
            nearest = torch.full((vectors,), float("inf"))
            chosen = [vectors // 2]
            while len(chosen) < count:
                last = chosen[-1]
                distances = torch.addmv(squares, rows, rows[last], alpha=-2).add_(squares[last])
                torch.minimum(nearest, distances, out=nearest)
                chosen.append(int(nearest.argmax()))
        return chosen

    return choose


serve(prepare)
