import assert from "node:assert/strict";
import { scenarioJsonSchema } from "../../../scenarios/format/json-schema";
import committed from "../../../scenarios/scenario.schema.json";

describe("the format's JSON schema", () => {
  it("is the committed one", () => {
    const remedy =
      "scenario.schema.json is not that of scenario.ts: run node -r ./setup/typescript.cjs scenarios/write-schema.ts";
    assert.deepEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())), committed, remedy);
  });
});
