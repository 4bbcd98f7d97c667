import assert from "node:assert/strict";
import { newState } from "../../../engine/state/resource";
import { urnOf } from "../state/states";
import { TestStack, type Wanted } from "./world";

const wanted = (name: string, inputs: Wanted["inputs"] = {}, more: Partial<Wanted> = {}): Wanted => ({
  name,
  inputs,
  ...more,
});
const ordered = (calls: readonly string[], first: string, second: string) =>
  assert.ok(calls.indexOf(first) < calls.indexOf(second), `${first} before ${second} in ${calls.join(", ")}`);

describe("a deployment", () => {
  it("creates, updates and deletes, and does nothing when there is nothing to do", async () => {
    const stack = new TestStack();
    const created = await stack.run([wanted("a", { size: 1 }), wanted("b", {}, { of: { of: "a" } })]);
    assert.deepEqual(created.changes, { create: 3 });
    const same = await stack.run([wanted("a", { size: 1 }), wanted("b", {}, { of: { of: "a" } })]);
    assert.deepEqual(same.changes, { same: 3 });
    const changed = await stack.run([wanted("a", { size: 2 }), wanted("c")]);
    assert.deepEqual(changed.changes, { same: 1, update: 1, create: 1, delete: 1 });
    assert.deepEqual([...stack.world.things.keys()].sort(), ["a-1", "c-1"]);
  });

  it("deletes dependents before what they depend on", async () => {
    const stack = new TestStack();
    await stack.run([wanted("a"), wanted("b", {}, { of: { of: "a" } }), wanted("c", {}, { dependsOn: ["b"] })]);
    stack.world.calls.length = 0;
    await stack.run([], { destroy: true });
    ordered(stack.world.calls, "delete c", "delete b");
    ordered(stack.world.calls, "delete b", "delete a");
    assert.equal(stack.snapshot.resources.length, 0);
  });

  it("does not delete anything after the program failed", async () => {
    const stack = new TestStack();
    await stack.run([wanted("a"), wanted("b")]);
    const { failed } = await stack.run([wanted("a")], { programFails: true });
    assert.ok(!failed, "the program's error is the program's to report");
    assert.deepEqual(Object.keys(stack.resources).sort(), ["a", "b"]);
  });

  it("begins nothing new after a failure, and goes on from there next time", async () => {
    const stack = new TestStack();
    const program = [wanted("a"), wanted("b", {}, { of: { of: "a" } }), wanted("c", {}, { of: { of: "b" } })];
    const first = await stack.run(program, { failures: ["create b"] });
    assert.ok(first.failed);
    assert.deepEqual(first.errors, ["create b refused", "update failed"]);
    assert.deepEqual(Object.keys(stack.resources), ["a"]);
    const second = await stack.run(program);
    assert.deepEqual(second.changes, { same: 2, create: 2 });
  });

  it("goes on with what does not depend on a failure, when asked to", async () => {
    const stack = new TestStack();
    const program = [wanted("a"), wanted("b", {}, { of: { of: "a" } }), wanted("c")];
    const { failed } = await stack.run(program, { failures: ["create a"], continueOnError: true });
    assert.ok(failed);
    assert.deepEqual(Object.keys(stack.resources), ["c"]);
  });

  it("replaces by creating first, unless the provider or the program says otherwise", async () => {
    const stack = new TestStack();
    const program = (key: number, more: Partial<Wanted> = {}) => [wanted("a", { r_key: key }, more)];
    await stack.run(program(1));
    stack.world.calls.length = 0;
    const { changes } = await stack.run(program(2));
    assert.deepEqual(changes, { same: 1, replace: 1 });
    ordered(stack.world.calls, "create a", "delete a");
    stack.world.calls.length = 0;
    await stack.run(program(3, { options: { deleteBeforeReplace: true } }));
    ordered(stack.world.calls, "delete a", "create a");
    assert.deepEqual([...stack.world.things.keys()], ["a-3"]);
  });

  it("takes down what has to be replaced together with a resource, and nothing else", async () => {
    const stack = new TestStack();
    const program = (key: number) => [
      wanted("net", { d_key: key }),
      wanted("machine", {}, { of: { r_net: "net" } }),
      wanted("service", {}, { of: { r_machine: "machine" } }),
      wanted("label", {}, { of: { text: "net" } }),
      wanted("apart"),
    ];
    await stack.run(program(1));
    stack.world.calls.length = 0;
    const { changes } = await stack.run(program(2));
    const { calls } = stack.world;
    assert.deepEqual(changes, { same: 2, replace: 3, update: 1 });
    ordered(calls, "delete service", "delete machine");
    ordered(calls, "delete machine", "delete net");
    ordered(calls, "delete net", "create net");
    ordered(calls, "create net", "create machine");
    assert.ok(!calls.includes("delete label") && !calls.includes("delete apart"));
  });

  it("goes on after a replacement that failed between delete and create", async () => {
    const stack = new TestStack();
    const program = (key: number) => [wanted("a", { d_key: key }), wanted("b", {}, { of: { r_of: "a" } })];
    await stack.run(program(1));
    const broken = await stack.run(program(2), { failures: ["create a"] });
    assert.ok(broken.failed);
    assert.ok(stack.resources.a?.pendingReplacement && stack.resources.b?.pendingReplacement);
    assert.equal(stack.world.things.size, 0);
    const { failed } = await stack.run(program(2));
    assert.ok(!failed);
    assert.deepEqual([...stack.world.things.keys()].sort(), ["a-2", "b-2"]);
  });

  it("forgets what was to be replaced and is not wanted any more", async () => {
    const stack = new TestStack();
    await stack.run([wanted("a", { d_key: 1 })]);
    await stack.run([wanted("a", { d_key: 2 })], { failures: ["create a"] });
    stack.world.calls.length = 0;
    const { failed } = await stack.run([]);
    assert.ok(!failed);
    assert.deepEqual(stack.world.calls, []);
    assert.deepEqual(stack.resources, {});
  });

  it("updates what exists but is not healthy, even without a change", async () => {
    const stack = new TestStack();
    const { failed } = await stack.run([wanted("a")], { failures: ["partial create a"] });
    assert.ok(failed);
    assert.deepEqual(stack.resources.a?.initErrors, ["never came up"]);
    const { changes } = await stack.run([wanted("a")]);
    assert.deepEqual(changes, { same: 1, update: 1 });
    assert.deepEqual(stack.resources.a?.initErrors, []);
  });

  it("protects", async () => {
    const stack = new TestStack();
    await stack.run([
      wanted("a", { r_key: 1 }, { options: { protect: true } }),
      wanted("b", {}, { options: { protect: true } }),
    ]);
    const deleted = await stack.run([]);
    assert.equal(deleted.errors.filter((error) => /cannot be deleted\nbecause it is protected/.test(error)).length, 2);
    const replaced = await stack.run([wanted("a", { r_key: 2 }, { options: { protect: true } }), wanted("b")]);
    assert.match(replaced.errors[0] ?? "", /unable to replace resource/);
    assert.equal(stack.world.things.size, 2);
  });

  it("lets go of what is to be retained, read only, or deleted with something else", async () => {
    const stack = new TestStack();
    await stack.run([
      wanted("host"),
      wanted("inner", {}, { options: { deletedWith: urnOf("host") }, dependsOn: ["host"] }),
      wanted("kept", {}, { options: { retainOnDelete: true } }),
    ]);
    stack.world.calls.length = 0;
    await stack.run([], { destroy: true });
    assert.deepEqual(stack.world.calls, ["delete host"]);
    assert.equal(stack.snapshot.resources.length, 0);
  });

  it("changes nothing in a preview, and says what it would do", async () => {
    const stack = new TestStack();
    const empty = await stack.run([wanted("a"), wanted("b", {}, { of: { of: "a" } })], { dryRun: true });
    assert.deepEqual(empty.changes, { create: 3 });
    assert.equal(stack.snapshot.resources.length, 0);
    await stack.run([wanted("a", { d_key: 1 }), wanted("b", {}, { of: { r_of: "a" } })]);
    stack.world.calls.length = 0;
    const { changes } = await stack.run([wanted("a", { d_key: 2 }), wanted("b", {}, { of: { r_of: "a" } })], {
      dryRun: true,
    });
    assert.deepEqual(changes, { same: 1, replace: 2 });
    assert.deepEqual(
      stack.world.calls.filter((call) => /^(create|update|delete)/.test(call)),
      [],
    );
  });

  it("refuses two resources of one name", async () => {
    const stack = new TestStack();
    const { errors } = await stack.run([wanted("a"), { ...wanted("a", { size: 2 }) }]);
    assert.match(errors[0] ?? "", /^Duplicate resource URN '.*::a'; try giving it a unique name$/);
  });

  it("finds renamed resources by their aliases, and leaves them alone", async () => {
    const stack = new TestStack();
    await stack.run([wanted("old"), wanted("user", {}, { of: { of: "old" } })]);
    const { changes } = await stack.run([
      wanted("new", {}, { options: { aliases: [{ name: "old" }] } }),
      wanted("user", {}, { of: { of: "new" } }),
    ]);
    assert.deepEqual(changes, { same: 3 });
    assert.deepEqual(stack.resources.user?.dependencies, [urnOf("new")]);
  });

  it("refreshes: takes over what changed and forgets what vanished", async () => {
    const stack = new TestStack();
    await stack.run([wanted("a", { size: 1 }), wanted("b", {}, { of: { of: "a" } })]);
    stack.world.things.delete("a-1");
    stack.world.things.set("b-1", { of: "elsewhere" });
    await stack.run([wanted("b")], { refresh: true, programFails: true });
    assert.deepEqual(Object.keys(stack.resources), ["b"]);
    assert.deepEqual(stack.resources.b?.dependencies, []);
    await stack.run([wanted("a", { size: 1 }), wanted("b", {}, { of: { of: "a" } })]);
    assert.deepEqual([...stack.world.things.keys()].sort(), ["a-2", "b-1"]);
  });

  it("stops when the state cannot be saved, and says so once", async () => {
    const stack = new TestStack();
    const { failed, errors } = await stack.run([wanted("a"), wanted("b", {}, { of: { of: "a" } })], { diesAfter: 4 });
    assert.ok(failed);
    assert.deepEqual(errors, ["killed"]);
    assert.ok(!stack.world.calls.includes("create b"));
  });

  it("keeps interrupted creates on record until they are settled", async () => {
    const stack = new TestStack();
    const lost = newState({ urn: urnOf("lost"), type: "fake:index:Thing", custom: true });
    stack.snapshot = { ...stack.snapshot, pendingOperations: [{ resource: lost, type: "creating" }] };
    await stack.run([wanted("a")]);
    assert.equal(stack.snapshot.pendingOperations[0]?.resource.urn, urnOf("lost"));
  });
});
