import assert from "node:assert/strict";
import { Journal } from "../../../engine/state/journal";
import { EMPTY_SNAPSHOT, type Snapshot } from "../../../engine/state/resource";
import { resources, thing, urnOf } from "./states";

const names = ({ resources: states }: Snapshot) => states.map(({ urn }) => urn.split("::").at(-1));

describe("the journal of a deployment", () => {
  it("puts what this run has registered before what it has not come to", () => {
    const [a, b] = [thing("a"), thing("b")];
    const journal = new Journal({ ...EMPTY_SNAPSHOT, resources: resources(a, b) });
    const now = thing("b");
    journal.remove(b);
    journal.add(now);
    journal.add(thing("new"));
    assert.deepEqual(names(journal.snapshot()), ["b", "new", "test-dev", "default", "a"]);
    assert.ok(journal.snapshot().resources.includes(now));
  });

  it("has an operation pending between its beginning and its end", () => {
    const journal = new Journal(EMPTY_SNAPSHOT);
    const state = thing("a");
    journal.begin(state, "creating");
    assert.deepEqual(journal.snapshot().pendingOperations, [{ resource: state, type: "creating" }]);
    journal.finish(state);
    assert.deepEqual(journal.snapshot().pendingOperations, []);
  });

  it("keeps earlier creates that nobody has settled, and forgets all other interrupted operations", () => {
    const interrupted = (["creating", "updating", "deleting"] as const).map((type) => ({
      resource: thing(type),
      type,
    }));
    const journal = new Journal({ ...EMPTY_SNAPSHOT, pendingOperations: interrupted });
    assert.deepEqual(
      journal.snapshot().pendingOperations.map(({ type }) => type),
      ["creating"],
    );
  });

  it("writes references to former URNs as what they are called now", () => {
    const dependent = thing("b", ["old"], { propertyDependencies: { of: [urnOf("old")] }, parent: urnOf("old") });
    const old = thing("old");
    const journal = new Journal({ ...EMPTY_SNAPSHOT, resources: resources(old, dependent) });
    journal.remove(old);
    journal.add(thing("new", [], { aliases: [urnOf("old")] }));
    const written = journal.snapshot().resources.find(({ urn }) => urn === urnOf("b"));
    assert.deepEqual(written?.dependencies, [urnOf("new")]);
    assert.deepEqual(written?.propertyDependencies, { of: [urnOf("new")] });
    assert.equal(written?.parent, urnOf("new"));
    assert.deepEqual(journal.snapshot().resources[0]?.aliases, []);
  });
});
