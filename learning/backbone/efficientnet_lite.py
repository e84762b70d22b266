"""What exports and measurements of EfficientNet-Lite networks share: the taps, and the preprocessing that is part of the weights.

These want RGB, (x - 127) / 128; the usual ImageNet mean and std ruin the features while everything still runs.
"""

import numpy as np
import torch
from skimage import data, transform

MEAN, SCALE = 127.0, 128.0
ESPRESSO = 967


class Taps(torch.nn.Module):
    """The output of the last block before each drop of resolution, from stride 4 on."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        blocks = network._blocks
        drops = [block._depthwise_conv.stride[0] == 2 for block in blocks]
        last = [i - 1 for i in range(1, len(blocks)) if drops[i]] + [len(blocks) - 1]
        self.last = last[1:]  # the first one is stride 2

    def forward(self, x):
        n = self.network
        x = n._swish(n._bn0(n._conv_stem(x)))
        taps = []
        for i, block in enumerate(n._blocks):
            x = block(x)
            if i in self.last:
                taps.append(x)
        return tuple(taps)


def normalised(rgb):
    """HWC values 0..255 -> NCHW tensor as the weights want it."""
    return torch.from_numpy(np.ascontiguousarray((rgb.astype(np.float32) - MEAN) / SCALE)).permute(2, 0, 1)[None]


def espresso(network, side):
    """How sure the whole network is that scikit-image's `coffee` is espresso; ends the program if it sees something else."""
    square = data.coffee()[:, 100:500]
    small = transform.resize(square, (side, side), anti_aliasing=True, preserve_range=True)
    with torch.no_grad():
        probabilities = torch.softmax(network(normalised(small)), dim=1)[0]
    top = int(probabilities.argmax())
    print(f"coffee: class {top}, espresso {float(probabilities[ESPRESSO]):.3f}")
    if top != ESPRESSO:
        raise SystemExit(f"The network takes coffee for class {top}: preprocessing or weights are wrong.")
    return float(probabilities[ESPRESSO])
