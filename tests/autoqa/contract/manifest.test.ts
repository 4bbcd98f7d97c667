import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContractError, readManifest } from "../../../autoqa/contract/manifest";

const manifest = "version: 1\nserver: { start: [python3, tiny.py] }\n";

describe("readManifest", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-manifest-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("fills in what may be left out", () => {
    writeFileSync(join(directory, "autoqa-staging.yaml"), manifest);
    const start = ["python3", "tiny.py"];
    assert.deepEqual(readManifest(directory), { version: 1, install: [], server: { start } });
  });

  for (const [what, content, message] of [
    ["is not YAML", "a: [", /is not YAML/],
    ["lacks the server", "version: 1", /server: /],
    ["has a typo", `${manifest}clients: {}\n`, /clients/],
    ["is of another version", manifest.replace("1", "2"), /version: /],
    ["has a command that is no list", "version: 1\nserver: { start: python3 tiny.py }", /server\.start: /],
  ] as const) {
    it(`says where the manifest ${what}`, () => {
      writeFileSync(join(directory, "autoqa-staging.yaml"), content);
      assert.throws(
        () => readManifest(directory),
        (error: Error) => error instanceof ContractError && message.test(error.message),
      );
    });
  }

  it("says what to do where there is none", () => {
    assert.throws(() => readManifest(directory), /no autoqa-staging\.yaml or .* \(docs\/autoqa-contract\.md/);
  });
});
