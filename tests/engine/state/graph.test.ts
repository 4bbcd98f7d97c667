import assert from "node:assert/strict";
import { DependencyGraph } from "../../../engine/state/graph";
import { newState } from "../../../engine/state/resource";
import { PROVIDER, PROVIDER_REFERENCE, providerState, resources, STACK, stackState, thing, urnOf } from "./states";

describe("the dependency graph", () => {
  const a = thing("a");
  const b = thing("b", [], { propertyDependencies: { of: [urnOf("a")] } });
  const c = thing("c", ["b"]);
  const other = thing("other");
  const all = resources(a, b, c, other);
  const graph = new DependencyGraph(all);

  it("knows what depends on a resource, directly or not, in dependency order", () => {
    assert.deepEqual(graph.dependingOn(a, new Set()), [b, c]);
    assert.deepEqual(graph.dependingOn(other, new Set()), []);
  });

  it("does not go through ignored resources", () => {
    assert.deepEqual(graph.dependingOn(a, new Set([urnOf("b")])), []);
  });

  it("does not count children as dependents, but users of a provider", () => {
    const [stack, provider] = all;
    assert.ok(stack && provider);
    assert.deepEqual(graph.dependingOn(stack, new Set()), []);
    assert.deepEqual(graph.dependingOn(provider, new Set()), [a, b, c, other]);
  });

  it("knows everything that a resource needs", () => {
    assert.deepEqual(
      [...graph.transitiveDependenciesOf(c)].map(({ urn }) => urn).sort(),
      [urnOf("a"), urnOf("b"), PROVIDER, STACK].sort(),
    );
  });

  it("tells two providers of one URN apart by their ids", () => {
    const condemned = newState({ urn: PROVIDER, type: "pulumi:providers:fake", custom: true, id: "p-0", delete: true });
    const states = [stackState(), condemned, providerState(), thing("x", [], { provider: PROVIDER_REFERENCE })];
    const needs = new DependencyGraph(states).dependenciesOf(states[3] ?? thing("none"));
    assert.ok(!needs.has(condemned));
    assert.ok(states[2] && needs.has(states[2]));
  });
});
