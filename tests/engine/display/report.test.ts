import assert from "node:assert/strict";
import { renderDiagnostics, renderOutputs, renderSummary } from "../../../engine/display/report";
import { Rows } from "../../../engine/display/rows";
import { Secret, UNKNOWN } from "../../../engine/values/property";
import { STACK, urnOf } from "../state/states";

describe("the report at the end", () => {
  it("sums up what was done", () => {
    assert.deepEqual(renderSummary({ create: 1, update: 2, delete: 1, same: 1 }, 0, true), [
      "Resources:",
      "    + 1 to create",
      "    ~ 2 to update",
      "    - 1 to delete",
      "    4 changes. 1 unchanged",
      "",
    ]);
    assert.deepEqual(renderSummary({ replace: 3, same: 2 }, 2, false), [
      "Resources:",
      "    +-3 replaced",
      "    2 unchanged",
      "    2 errored",
      "",
    ]);
    assert.deepEqual(renderSummary({}, 0, false), ["Resources:", ""]);
  });

  it("groups what was said by resource", () => {
    const rows = new Rows(STACK, false);
    const say = (urn: string, message: string) =>
      rows.update({ kind: "diagnostic", severity: "error", urn, message, ephemeral: false, streamId: 0 }, 0);
    say(urnOf("a"), "first\nsecond");
    say(STACK, "update failed");
    assert.deepEqual(renderDiagnostics(rows.all()), [
      "Diagnostics:",
      "  fake:index:Thing (a):",
      "    error: first",
      "    second",
      "",
      "  pulumi:pulumi:Stack (test-dev):",
      "    error: update failed",
      "",
    ]);
    assert.deepEqual(renderDiagnostics([]), []);
  });

  it("shows outputs, and nothing of secrets", () => {
    assert.deepEqual(renderOutputs(undefined, { b: [1, { c: "x" }], a: new Secret("s"), long: UNKNOWN }, false), [
      "Outputs:",
      "    a   : [secret]",
      "    b   : [",
      "        [0]: 1",
      "        [1]: {",
      '            c: "x"',
      "        }",
      "    ]",
      "    long: [unknown]",
      "",
    ]);
  });

  it("shows how outputs changed; secrets read the same whatever they are", () => {
    const old = { gone: 1, list: [1, [2]], same: true, secret: new Secret("a"), text: "a\nb" };
    const now = { list: [1, [2, 3]], new: "", same: true, secret: new Secret("b"), text: "a\nc" };
    assert.deepEqual(renderOutputs(old, now, false), [
      "Outputs:",
      "  - gone  : 1",
      "  ~ list  : [",
      "        [0]: 1",
      "      ~ [1]: [",
      "                [0]: 2",
      "              + [1]: 3",
      "            ]",
      "    ]",
      '  + new   : ""',
      "    same  : true",
      "    secret: [secret]",
      "  ~ text  : ",
      "        a",
      "      - b",
      "      + c",
      "",
    ]);
    assert.deepEqual(renderOutputs(old, old, true), []);
  });
});
