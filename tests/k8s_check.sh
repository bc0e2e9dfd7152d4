#!/usr/bin/env bash
# Checks every manifest under k8s/: strictly against the Kubernetes schemas, and that they fit together (selectors, ports, references, the time to
# stop). It puts its validator under target/. Where that cannot be had it says so loudly, and under CI that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=target/k8s_check
wanted=(kubernetes-validate==1.37.0 PyYAML==6.0.3)
stamp="$venv/${wanted[*]// /_}"

not_run() {
    printf 'k8s_check: NOT RUN: %s\n' "$*" >&2
    if [ -n "${CI:-}" ]; then exit 1; fi
    exit 0
}

make_venv() {
    if python3 -m venv --clear "$venv" >/dev/null 2>&1; then return; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get install -y -qq python3-venv >/dev/null 2>&1 && python3 -m venv --clear "$venv" >/dev/null 2>&1 && return
    fi
    not_run "python3 with venv and pip is needed"
}

if [ ! -e "$stamp" ]; then
    command -v python3 >/dev/null || not_run "python3 is needed"
    make_venv
    "$venv/bin/pip" install --quiet --disable-pip-version-check "${wanted[@]}" || not_run "pip could not install ${wanted[*]}"
    touch "$stamp"
fi

exec "$venv/bin/python" -W ignore - "$@" <<'PYTHON'
import pathlib
import shutil
import subprocess
import sys

import kubernetes_validate as kubernetes
import yaml

# The oldest version whose pods may sleep before they stop without a program for it, and the newest that the validator knows.
VERSIONS = ["1.30", kubernetes.latest_version()]
# libs/common/src/service.rs, DRAIN_S: requests under way may take so long after the signal.
DRAIN_S = 20
ROOT = pathlib.Path("k8s")
faults = []


def documents(text):
    return [document for document in yaml.safe_load_all(text) if document is not None]


def validate(document, where):
    name = f"{where}: {document.get('kind')} {document.get('metadata', {}).get('name')}"
    for version in VERSIONS:
        try:
            kubernetes.validate(document, version, strict=True)
        except kubernetes.ValidationError as error:
            faults.append(f"{name}: {version}: {'.'.join(map(str, error.path))}: {error.message}")
        except (kubernetes.SchemaNotFoundError, kubernetes.InvalidSchemaError) as error:
            faults.append(f"{name}: {version}: {error}")


def kustomization(folder, document):
    named = list(document.get("resources", [])) + [patch["path"] for patch in document.get("patches", [])]
    for entry in named:
        if not (folder / entry).exists():
            faults.append(f"{folder}: {entry} is named and does not exist")
    for file in folder.glob("*.yaml"):
        if file.name not in named and file.name != "kustomization.yaml":
            faults.append(f"{file}: not named in {folder}/kustomization.yaml")


def pod(document, base):
    name, spec = document["metadata"]["name"], document["spec"]["template"]["spec"]
    labels = document["spec"]["template"]["metadata"]["labels"]

    def fits(selector):
        return selector.items() <= labels.items()

    if not fits(document["spec"]["selector"]["matchLabels"]):
        faults.append(f"{name}: its selector does not select its pods")
    for kind, path in [("Service", ["spec", "selector"]), ("PodDisruptionBudget", ["spec", "selector", "matchLabels"]), ("NetworkPolicy", ["spec", "podSelector", "matchLabels"])]:
        found = [other for other in base if other["kind"] == kind and other["metadata"]["name"] == name]
        if len(found) != 1:
            faults.append(f"{name}: {len(found)} objects of kind {kind}")
            continue
        selector = found[0]
        for step in path:
            selector = selector.get(step, {})
        if not selector or not fits(selector):
            faults.append(f"{name}: its {kind} does not select its pods")
        ports = {port["name"] for container in spec["containers"] for port in container["ports"]}
        for port in found[0]["spec"].get("ports", []) if kind == "Service" else []:
            if port["targetPort"] not in ports:
                faults.append(f"{name}: the Service names port {port['targetPort']}, which no container has")
    maps = {other["metadata"]["name"] for other in base if other["kind"] == "ConfigMap"}
    volumes = {volume["name"] for volume in spec["volumes"]}
    for container in spec["containers"]:
        wait = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        if spec["terminationGracePeriodSeconds"] <= wait + DRAIN_S:
            faults.append(f"{name}: killed after {spec['terminationGracePeriodSeconds']} s, {wait} s and {DRAIN_S} s are needed")
        faults.extend(f"{name}: no ConfigMap {source['configMapRef']['name']}" for source in container["envFrom"] if source["configMapRef"]["name"] not in maps)
        faults.extend(f"{name}: no volume {mount['name']}" for mount in container["volumeMounts"] if mount["name"] not in volumes)
        mounted = [mount["mountPath"] for mount in container["volumeMounts"]]
        files = {item["path"] for volume in spec["volumes"] for source in volume.get("projected", {}).get("sources", []) for item in source["secret"]["items"]}
        for variable in container["env"]:
            value = variable["value"]
            if value.startswith("/") and not any(value == f"{mount}/{file}" for mount in mounted for file in files):
                faults.append(f"{name}: {variable['name']} names {value}, which is not mounted")


base, count = [], 0
for file in sorted(ROOT.rglob("*.yaml")):
    for document in documents(file.read_text()):
        count += 1
        if document.get("kind") == "Kustomization":
            kustomization(file.parent, document)
        else:
            validate(document, file)
            if file.parent.name == "base":
                base.append(document)
pods = [document for document in base if document["kind"] == "Deployment"]
for document in pods:
    pod(document, base)
if not pods:
    faults.append("k8s/base holds no Deployment")

built = 0
if shutil.which("kubectl"):
    for folder in sorted(file.parent for file in ROOT.rglob("kustomization.yaml")):
        made = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=False)
        if made.returncode:
            faults.append(f"{folder}: {made.stderr.strip()}")
        for document in documents(made.stdout):
            built += 1
            validate(document, f"{folder} (built)")

for fault in faults:
    print(f"k8s_check: {fault}", file=sys.stderr)
print(f"k8s_check: {count} documents, {built} built by kubectl, Kubernetes {' and '.join(VERSIONS)}, {len(faults)} faults", file=sys.stderr)
sys.exit(1 if faults else 0)
PYTHON
