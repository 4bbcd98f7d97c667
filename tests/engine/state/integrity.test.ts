import assert from "node:assert/strict";
import { integrityProblem } from "../../../engine/state/integrity";
import { newState } from "../../../engine/state/resource";
import { PROVIDER, resources, STACK, stackState, thing, urnOf } from "./states";

describe("the integrity of a snapshot", () => {
  it("holds for resources in dependency order", () => {
    assert.equal(integrityProblem(resources(thing("a"), thing("b", ["a"]))), undefined);
    assert.equal(integrityProblem([]), undefined);
  });

  it("is broken by a missing dependency", () => {
    assert.equal(
      integrityProblem(resources(thing("b", ["a"]))),
      `resource ${urnOf("b")}'s dependency ${urnOf("a")} refers to missing resource`,
    );
  });

  it("is broken by a wrong order", () => {
    assert.match(integrityProblem(resources(thing("b", ["a"]), thing("a"))) ?? "", /comes after it/);
  });

  it("is broken by an unknown provider, or one that comes later", () => {
    assert.match(integrityProblem([stackState(), thing("a")]) ?? "", /refers to unknown provider/);
    const other = thing("a", [], { provider: `${PROVIDER}::other-id` });
    assert.match(integrityProblem(resources(other)) ?? "", /refers to unknown provider/);
  });

  it("is broken by property dependencies, parents and deletedWith that are not there", () => {
    const cases = [
      { propertyDependencies: { of: [urnOf("gone")] } },
      { parent: urnOf("gone") },
      { deletedWith: urnOf("gone") },
    ];
    for (const more of cases) {
      assert.match(integrityProblem(resources(thing("a", [], more))) ?? "", /refers to missing resource/);
    }
  });

  it("allows a URN twice only while the others wait for deletion", () => {
    const condemned = thing("a", [], { delete: true });
    assert.equal(integrityProblem(resources(thing("a"), condemned, { ...condemned, id: "a-0" })), undefined);
    assert.match(integrityProblem(resources(thing("a"), thing("a"))) ?? "", /duplicate resource/);
  });

  it("knows that only custom resources have ids, and providers always", () => {
    assert.match(integrityProblem([newState({ urn: STACK, type: "t", custom: false, id: "x" })]) ?? "", /not a custom/);
    const provider = newState({ urn: PROVIDER, type: "pulumi:providers:fake", custom: true });
    assert.match(integrityProblem([provider]) ?? "", /has no id/);
  });
});
