import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseJob, planJobs, type QueuedJob } from "../../../autoqa/server/schedule";
import type { Control } from "../../../autoqa/tests/control";
import { buildEvent } from "../events";

const base: Omit<Control, "test"> = {
  events: ["post-koji-build"],
  arches: () => ["noarch"],
  labels: (arch) => [arch],
  timeoutSeconds: 1,
};

describe("scheduling", () => {
  it("makes the jobs of an event by test name, then architecture, whatever the registry's order", () => {
    const controls: Control[] = [
      { ...base, test: "zeta" },
      { ...base, test: "alpha", arches: () => ["i386", "x86_64"] },
      { ...base, test: "other", events: ["post-bodhi-update-batch"] },
      { ...base, test: "unwilling", arches: () => [] },
    ];
    const planned = planJobs(buildEvent("mint-1-1"), controls).map(({ test, arch }) => `${test} ${arch}`);
    assert.deepEqual(planned, ["alpha i386", "alpha x86_64", "zeta noarch"]);
    assert.deepEqual(
      planJobs(buildEvent("mint-1-1"), [...controls].reverse()),
      planJobs(buildEvent("mint-1-1"), controls),
    );
  });

  type Job = QueuedJob & { labels: string[] };
  const job: fc.Arbitrary<Job> = fc.record({
    number: fc.integer({ min: 1, max: 50 }),
    labels: fc.uniqueArray(fc.constantFrom("noarch", "i386", "x86_64", "virt"), { maxLength: 2 }),
    serial: fc.constantFrom(null, "a", "b"),
    test: fc.constant("depcheck"),
    arch: fc.constant("i386"),
  });

  it("gives a client the lowest job that it may run", () => {
    const queue = fc.uniqueArray(job, { selector: ({ number }) => number });
    fc.assert(
      fc.property(queue, fc.subarray(["noarch", "i386", "x86_64", "virt"]), (jobs, labels) => {
        const queued = jobs.sort((a, b) => a.number - b.number);
        const may = ({ labels: needed, serial }: Job) =>
          serial !== "b" && needed.every((label) => labels.includes(label));
        const chosen = chooseJob(
          queued,
          labels,
          (each) => each.labels,
          (_, serial) => serial === "b",
        );
        assert.equal(chosen?.number, queued.find(may)?.number);
      }),
    );
  });
});
