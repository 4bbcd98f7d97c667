/** From koji's tags to posts, with real RPMs and the real rpmlint. Needs rpmbuild and rpmlint. */
import assert from "node:assert/strict";
import { Harness } from "./harness";
import { rpmsOf } from "./rpms";

const pending = "f15-updates-testing-pending";
const url = (job: number) => `http://autoqa:8080/results/${job}-autoqa/client1/rpmlint/results/output.log`;

describe("AutoQA examines builds in testing-pending with rpmlint", function () {
  this.timeout(60_000);
  let autoqa: Harness;

  beforeEach(async () => {
    autoqa = await new Harness().start();
  });

  afterEach(() => autoqa.stop());

  it("posts a result and a comment for each, in the order of tagging", async () => {
    const { infrastructure } = autoqa;
    infrastructure.addBuild("bad-1.0-1.fc15", await rpmsOf("bad-1.0-1.fc15", { requires: ["bad-devel"] }));
    infrastructure.addBuild("good-1.0-1.fc15", await rpmsOf("good-1.0-1.fc15"));
    infrastructure.addUpdate("FEDORA-2011-1", ["good-1.0-1.fc15"]);
    infrastructure.addUpdate("FEDORA-2011-2", ["bad-1.0-1.fc15"]);
    infrastructure.tag("good-1.0-1.fc15", pending);
    infrastructure.tag("bad-1.0-1.fc15", pending);
    autoqa.startClient();
    await autoqa.settle();
    const shared = { testcase: "dist.rpmlint" };
    const data = { type: "koji_build", arch: "noarch" };
    assert.deepEqual(infrastructure.results, [
      {
        ...shared,
        outcome: "PASSED",
        ref_url: url(1),
        note: "0 errors, 4 warnings",
        data: { item: "good-1.0-1.fc15", ...data },
      },
      {
        ...shared,
        outcome: "FAILED",
        ref_url: url(2),
        note: "1 errors, 4 warnings",
        data: { item: "bad-1.0-1.fc15", ...data },
      },
    ]);
    const comment = (outcome: string, job: number) =>
      `AutoQA: rpmlint test ${outcome} on noarch. Result log:\n${url(job)}\n(results are informative only)`;
    assert.deepEqual(infrastructure.comments, [
      { update: "FEDORA-2011-1", text: comment("PASSED", 1), email: "False", author: "autoqa" },
      { update: "FEDORA-2011-2", text: comment("FAILED", 2), email: "False", author: "autoqa" },
    ]);
    assert.match(await autoqa.log(url(2)), /^bad\.noarch: E: devel-dependency bad-devel$/m);
    assert.equal((await fetch(`${autoqa.url}/results/2-autoqa/client2/rpmlint/results/output.log`)).status, 404);
  });
});
