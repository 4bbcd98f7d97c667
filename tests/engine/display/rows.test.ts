import assert from "node:assert/strict";
import { newStep, type Step } from "../../../engine/deploy/step";
import { Rows } from "../../../engine/display/rows";
import { PROVIDER, STACK, stackState, thing, urnOf } from "../state/states";

const NOW = 1_000_000;
const step = (op: Step["op"], more: Partial<Step> = {}): Step => ({
  ...newStep(op, { new: thing("a"), old: thing("a") }),
  ...more,
});

describe("the rows of a display", () => {
  const show = (rows: Rows, urn: string, now = NOW) => {
    const row = rows.rowOf(urn);
    return `${rows.status(row, now)} ${rows.info(row)}`.trim();
  };

  it("say what is being done, for how long, and how it went", () => {
    const rows = new Rows(STACK, false);
    const create = newStep("create", { new: thing("a") });
    rows.update({ kind: "step-begins", step: create }, NOW);
    assert.equal(show(rows, urnOf("a"), NOW + 12_000), "creating (12s)");
    rows.update({ kind: "step-ends", step: create }, NOW + 65_000);
    assert.equal(show(rows, urnOf("a"), NOW + 99_000), "created (1m5s)");
    rows.update({ kind: "step-begins", step: step("create-replacement") }, NOW);
    rows.update({ kind: "step-fails", step: step("create-replacement") }, NOW);
    assert.equal(show(rows, urnOf("a")), "**creating failed**");
  });

  it("speak of plans in a preview", () => {
    const rows = new Rows(STACK, true);
    rows.update({ kind: "step-begins", step: step("delete-replaced") }, NOW);
    assert.equal(show(rows, urnOf("a")), "delete original");
  });

  it("name the properties that differ", () => {
    const rows = new Rows(STACK, false);
    const detailed = {
      memory: { kind: "add", inputDiff: true },
      cpus: { kind: "delete", inputDiff: true },
      "disks[0].size": { kind: "update", inputDiff: true },
      "disks[1]": { kind: "delete", inputDiff: true },
    } as const;
    rows.update({ kind: "step-begins", step: step("update", { detailed }) }, NOW);
    assert.match(show(rows, urnOf("a")), /\[diff: \+memory-cpus~disks\]$/);
  });

  it("show the latest word, and keep for the end what was not for the moment only", () => {
    const rows = new Rows(STACK, false);
    const say = (severity: "info" | "warning", message: string, ephemeral: boolean) =>
      rows.update({ kind: "diagnostic", severity, urn: urnOf("a"), message, ephemeral, streamId: 0 }, NOW);
    say("warning", "\nbeware\nof this", false);
    assert.equal(show(rows, urnOf("a")), "warning: beware");
    say("info", "line 7", true);
    assert.equal(show(rows, urnOf("a")), "line 7");
    assert.deepEqual(rows.rowOf(urnOf("a")).messages, [{ severity: "warning", text: "\nbeware\nof this" }]);
  });

  it("leave the engine's own providers out, and note what is read on the stack", () => {
    const rows = new Rows(STACK, false);
    const provider = newStep("create", { new: { ...thing("x"), urn: PROVIDER, type: "pulumi:providers:fake" } });
    assert.equal(rows.update({ kind: "step-begins", step: provider }, NOW), undefined);
    rows.update({ kind: "step-begins", step: newStep("same", { old: stackState(), new: stackState() }) }, NOW);
    rows.update({ kind: "step-begins", step: step("read") }, NOW);
    assert.equal(show(rows, STACK), "running read fake:index:Thing a");
    assert.equal(rows.all().length, 1);
  });
});
