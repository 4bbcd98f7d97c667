import assert from "node:assert/strict";
import fc from "fast-check";
import { TestStack, type Wanted } from "./world";

const NAMES = ["a", "b", "c", "d", "e"] as const;
const CALLS = ["create", "update", "delete", "partial create", "partial update"] as const;

/** Resources in the order of their names; each may take from those before it what replaces it, delete-first or not. */
const program: fc.Arbitrary<Wanted[]> = fc
  .tuple(...NAMES.map((name, index) => resource(name, NAMES.slice(0, index))))
  .map((resources) => {
    const present = resources.filter((one) => one !== undefined);
    const names = new Set(present.map(({ name }) => name));
    return present.map((one) => ({
      ...one,
      of: Object.fromEntries(Object.entries(one.of ?? {}).filter(([, name]) => names.has(name))),
      dependsOn: (one.dependsOn ?? []).filter((name) => names.has(name)),
    }));
  });

function resource(name: string, earlier: readonly string[]): fc.Arbitrary<Wanted | undefined> {
  const some = earlier.length > 0 ? fc.option(fc.constantFrom(...earlier), { nil: undefined }) : fc.constant(undefined);
  const present = fc
    .record({
      size: fc.nat({ max: 1 }),
      r_key: fc.nat({ max: 1 }),
      d_key: fc.nat({ max: 1 }),
      of: some,
      r_of: some,
      d_of: some,
      after: some,
      deleteBeforeReplace: fc.constantFrom(undefined, undefined, true, false),
    })
    .map(({ size, r_key, d_key, of, r_of, d_of, after, deleteBeforeReplace }) => ({
      name,
      inputs: { size, r_key, d_key },
      of: Object.fromEntries(Object.entries({ of, r_of, d_of }).filter(([, other]) => other !== undefined)) as Record<
        string,
        string
      >,
      dependsOn: after ? [after] : [],
      options: { deleteBeforeReplace },
    }));
  return fc.option(present, { nil: undefined, freq: 4 });
}

const failures = fc.array(
  fc.tuple(fc.constantFrom(...CALLS), fc.constantFrom(...NAMES)).map(([call, name]) => `${call} ${name}`),
  { maxLength: 3 },
);

const run = fc.record({
  program,
  failures,
  continueOnError: fc.boolean(),
  destroy: fc.constantFrom(false, false, false, true),
  refresh: fc.constantFrom(false, false, true),
  diesAfter: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat({ max: 20 }) }),
});

/** What a program wants to exist: how many things of each name. */
const namesOf = (stack: TestStack) => [...stack.world.things.keys()].map((id) => id.replace(/-\d+$/, "")).sort();

describe("any sequence of deployments", () => {
  it("leaves a sound state after every step, whatever fails or dies, and the next one converges", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 4 }), program, async (runs, last) => {
        const stack = new TestStack();
        let deaths = 0;
        for (const { program: wanted, ...options } of runs) {
          if (options.diesAfter !== undefined) deaths += 1;
          const { diesAfter, ...rest } = options;
          const { problems } = await stack.run(wanted, { ...rest, ...(diesAfter !== undefined && { diesAfter }) });
          assert.deepEqual(problems, []);
        }
        const { failed, errors, problems } = await stack.run(last);
        assert.deepEqual(problems, []);
        // A death between a create and its record leaves a thing that nobody knows: the state says which it may be.
        const lost = stack.snapshot.pendingOperations.length;
        assert.ok(lost === 0 || deaths > 0);
        const wanted = last.map(({ name }) => name).sort();
        if (deaths === 0) {
          assert.ok(!failed, errors.join("\n"));
          assert.deepEqual(namesOf(stack), wanted);
        } else if (!failed) {
          for (const name of wanted) assert.ok(namesOf(stack).includes(name), `${name} is missing`);
          assert.ok(namesOf(stack).length <= wanted.length + lost, `${namesOf(stack)} for ${wanted}`);
        }
        if (!failed) {
          stack.world.calls.length = 0;
          const again = await stack.run(last);
          assert.deepEqual(Object.keys(again.changes), ["same"]);
          assert.deepEqual(
            stack.world.calls.filter((call) => /^(create|update|delete)/.test(call)),
            [],
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it("can be undone: destroy leaves nothing in the state, and of the world only what it never knew", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 3 }), async (runs) => {
        const stack = new TestStack();
        for (const { program: wanted, diesAfter: _never, ...options } of runs) await stack.run(wanted, options);
        const { failed } = await stack.run([], { destroy: true });
        assert.ok(!failed);
        assert.deepEqual(stack.snapshot.resources, []);
        assert.deepEqual([...stack.world.things.keys()], []);
      }),
      { numRuns: 200 },
    );
  });

  it("does in an update what the preview said", async () => {
    await fc.assert(
      fc.asyncProperty(program, program, async (before, now) => {
        const stack = new TestStack();
        await stack.run(before);
        const preview = await stack.run(now, { dryRun: true });
        const real = await stack.run(now);
        // A preview cannot know that an unknown value turns out to be the old one.
        for (const op of ["create", "delete"]) assert.equal(real.changes[op] ?? 0, preview.changes[op] ?? 0, op);
      }),
      { numRuns: 200 },
    );
  });
});
