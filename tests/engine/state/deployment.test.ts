import assert from "node:assert/strict";
import {
  COMPATIBLE_VERSION,
  type JsonObject,
  manifestProblem,
  resourceFromJson,
  resourceToJson,
  snapshotFromJson,
  snapshotToJson,
} from "../../../engine/state/deployment";
import { EMPTY_SNAPSHOT } from "../../../engine/state/resource";
import { Secret } from "../../../engine/values/property";
import { revealing } from "../../../engine/values/serial";
import { resources, thing, urnOf } from "./states";

const plain = { encrypt: (text: string) => text, decrypt: (text: string) => text };
const PROVIDER = { type: "passphrase", state: { salt: "v1:x" } };

describe("a deployment as JSON", () => {
  const full = thing("full", ["a"], {
    inputs: { b: 1, a: new Secret("s") },
    outputs: { c: [1, { d: null }] },
    protect: true,
    delete: true,
    external: true,
    initErrors: ["never came up"],
    propertyDependencies: { b: [], a: [urnOf("a")] },
    pendingReplacement: true,
    additionalSecretOutputs: ["c"],
    customTimeouts: { create: 300, update: 0, delete: 3600 },
    importId: "import",
    retainOnDelete: true,
    deletedWith: urnOf("a"),
    created: "2026-01-01T00:00:00Z",
    modified: "2026-01-02T00:00:00Z",
    sourcePosition: "project:///index.ts#1,2",
    ignoreChanges: ["a"],
    replaceOnChanges: ["b[*]"],
    replacementTrigger: { x: 1 },
    unmodelled: { hideDiff: ["x"], taint: true },
  });

  it("reads every field back as it was", () => {
    const json = JSON.parse(JSON.stringify(resourceToJson(full, revealing))) as JsonObject;
    assert.deepEqual(resourceFromJson(json, plain), full);
  });

  it("has the official order of fields and leaves empty ones out", () => {
    assert.deepEqual(Object.keys(resourceToJson(thing("a"), revealing)), [
      "urn",
      "custom",
      "id",
      "type",
      "parent",
      "provider",
    ]);
    const keys = Object.keys(resourceToJson(full, revealing));
    assert.deepEqual(keys.slice(0, 8), ["urn", "custom", "delete", "id", "type", "inputs", "outputs", "parent"]);
    assert.deepEqual(resourceToJson(full, revealing).customTimeouts, { create: 300, delete: 3600 });
  });

  it("carries fields along that this engine does not know", () => {
    const json = { urn: urnOf("a"), type: "fake:index:Thing", custom: true, viewOf: "x", future: { a: 1 } };
    const again = resourceToJson(resourceFromJson(json, plain), revealing);
    assert.deepEqual(again, json);
  });

  it("of a stack without resources holds manifest, key and metadata alone, as the official CLI writes it", () => {
    const deployment = snapshotToJson(EMPTY_SNAPSHOT, PROVIDER, revealing);
    assert.deepEqual(Object.keys(deployment), ["manifest", "secrets_providers", "metadata"]);
    assert.equal(manifestProblem(deployment), undefined);
  });

  it("holds pending operations with their resources", () => {
    const snapshot = {
      ...EMPTY_SNAPSHOT,
      resources: resources(thing("a")),
      pendingOperations: [{ resource: thing("b"), type: "creating" as const }],
    };
    const again = snapshotFromJson(snapshotToJson(snapshot, PROVIDER, revealing), plain);
    assert.deepEqual(again, snapshot);
  });

  it("is not trusted when its manifest was tampered with", () => {
    const deployment = snapshotToJson(EMPTY_SNAPSHOT, PROVIDER, revealing);
    const manifest = { ...(deployment.manifest as JsonObject), version: `${COMPATIBLE_VERSION}1` };
    assert.match(manifestProblem({ ...deployment, manifest }) ?? "", /magic cookie mismatch/);
  });
});
