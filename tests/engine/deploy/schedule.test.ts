import assert from "node:assert/strict";
import fc from "fast-check";
import { scheduleDeletes } from "../../../engine/deploy/schedule";
import { deleteStep } from "../../../engine/deploy/step";
import { nameOf } from "../../../engine/urn";
import { resources, thing } from "../state/states";

const names = (groups: readonly (readonly { urn: string }[])[]) =>
  groups.map((group) => group.map(({ urn }) => nameOf(urn)).sort());

describe("the order of deletes", () => {
  it("is from dependents to what they depend on, as much at once as may be", () => {
    const all = resources(thing("a"), thing("b", ["a"]), thing("c", ["a"]), thing("d", ["b", "c"]), thing("apart"));
    const groups = scheduleDeletes(all.map(deleteStep), all);
    assert.deepEqual(names(groups), [["d"], ["b", "c"], ["a", "apart"], ["default", "test-dev"]]);
  });

  it("does not wait for what stays", () => {
    const all = resources(thing("a"), thing("b", ["a"]), thing("c", ["b"]));
    const [, , a, , c] = all;
    assert.ok(a && c);
    assert.deepEqual(names(scheduleDeletes([deleteStep(a), deleteStep(c)], all)), [["a", "c"]]);
  });

  it("never deletes anything before all that directly depends on it", () => {
    const graph = fc.array(fc.array(fc.nat({ max: 9 }), { maxLength: 3 }), { maxLength: 10 });
    fc.assert(
      fc.property(graph, (edges) => {
        const things = edges.map((targets, index) =>
          thing(
            `n${index}`,
            [...new Set(targets.filter((target) => target < index))].map((target) => `n${target}`),
          ),
        );
        const all = resources(...things);
        const groups = scheduleDeletes(all.map(deleteStep), all);
        const turn = new Map(groups.flatMap((group, index) => group.map(({ urn }) => [urn, index] as const)));
        assert.equal(turn.size, all.length);
        for (const state of things) {
          for (const dependency of state.dependencies) {
            assert.ok((turn.get(state.urn) ?? 0) < (turn.get(dependency) ?? 0));
          }
        }
      }),
    );
  });
});
