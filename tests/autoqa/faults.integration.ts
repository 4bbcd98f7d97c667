/** Bad input and bad luck: whatever happens, no verdict is made up, lost or said twice. */
import assert from "node:assert/strict";
import { Harness, until } from "./harness";
import { rpmsOf } from "./rpms";

const pending = "f15-updates-testing-pending";
const nvr = "mint-1.0-1.fc15";

describe("AutoQA under bad conditions", function () {
  this.timeout(60_000);
  let autoqa: Harness;

  beforeEach(async () => {
    autoqa = await new Harness().start();
    autoqa.infrastructure.addUpdate("FEDORA-2011-1", [nvr]);
  });

  afterEach(() => autoqa.stop());

  const outcomes = () => autoqa.infrastructure.results.map(({ outcome, note }) => `${outcome}: ${note}`);

  async function examine(): Promise<void> {
    autoqa.infrastructure.tag(nvr, pending);
    autoqa.startClient();
    await autoqa.settle();
  }

  describe("ends without a verdict, and tells no packager, when", () => {
    afterEach(() => assert.deepEqual(autoqa.infrastructure.comments, []));

    it("an RPM is missing", async () => {
      const [rpm] = await rpmsOf(nvr);
      assert.ok(rpm !== undefined);
      autoqa.infrastructure.addBuild(nvr, [rpm, { name: "mint", arch: "i686", content: Buffer.alloc(0), size: 1000 }]);
      autoqa.infrastructure.intercept = (path) => (path.includes("i686") ? { status: 404, body: "" } : undefined);
      await examine();
      assert.deepEqual(outcomes(), ["ABORTED: koji has no file mint-1.0-1.fc15.i686.rpm (HTTP 404)"]);
    });

    it("an RPM is truncated", async () => {
      const rpms = await rpmsOf(nvr);
      const cut = rpms.map((rpm) => ({ ...rpm, content: rpm.content.slice(0, 3000), size: rpm.content.length }));
      autoqa.infrastructure.addBuild(nvr, cut);
      await examine();
      assert.match(outcomes().join(), /^ABORTED: mint-1\.0-1\.fc15\.\w+\.rpm has 3000 bytes of the \d+ koji states$/);
    });

    it("an RPM is truncated in koji itself, whose size is the truncated one's", async () => {
      const rpms = await rpmsOf(nvr);
      autoqa.infrastructure.addBuild(
        nvr,
        rpms.map((rpm) => ({ ...rpm, content: rpm.content.slice(0, -100) })),
      );
      await examine();
      assert.match(outcomes().join(), /^CRASHED: not a whole RPM: mint-1\.0-1\.fc15\.noarch\.rpm/);
    });

    it("a file is no RPM", async () => {
      autoqa.infrastructure.addBuild(nvr, [{ arch: "noarch", content: Buffer.from("#!/bin/sh\nreboot\n") }]);
      await examine();
      assert.deepEqual(outcomes(), ["CRASHED: not a whole RPM: mint-1.0-1.fc15.noarch.rpm"]);
    });

    it("koji sends more than it stated", async () => {
      const [rpm] = await rpmsOf(nvr);
      assert.ok(rpm !== undefined);
      autoqa.infrastructure.addBuild(nvr, [{ ...rpm, size: 100 }]);
      await examine();
      assert.match(outcomes().join(), /^ABORTED: .* is larger than the 100 bytes koji states$/);
    });

    it("koji names a file by a path", async () => {
      autoqa.infrastructure.addBuild(nvr, [{ name: "../../../tmp/x", arch: "noarch", content: Buffer.from("x") }]);
      await examine();
      assert.deepEqual(outcomes(), ['CRASHED: koji names a file by "../../../tmp/x", which is no RPM\'s name']);
    });

    it("the build is deleted between seeing and downloading", async () => {
      const build = autoqa.infrastructure.addBuild(nvr, await rpmsOf(nvr));
      autoqa.infrastructure.tag(nvr, pending);
      await until("the job is queued", 5, async () => !(await autoqa.status()).idle);
      build.state = 2;
      autoqa.startClient();
      await autoqa.settle();
      assert.deepEqual(outcomes(), [`ABORTED: koji's build ${nvr} is not complete any more`]);
    });

    it("koji goes offline before the test runs", async () => {
      autoqa.infrastructure.addBuild(nvr, await rpmsOf(nvr));
      autoqa.infrastructure.tag(nvr, pending);
      await until("the job is queued", 5, async () => !(await autoqa.status()).idle);
      autoqa.infrastructure.intercept = (path) => (path.startsWith("/koji") ? { status: 503, body: "" } : undefined);
      autoqa.startClient();
      await autoqa.settle();
      assert.deepEqual(outcomes(), ["ABORTED: koji answered HTTP 503"]);
    });
  });

  it("sees what was tagged while koji or bodhi was away", async () => {
    const { infrastructure } = autoqa;
    infrastructure.addBuild(nvr, await rpmsOf(nvr));
    infrastructure.intercept = (path) => (path === "/kojihub" ? "hang up" : undefined);
    await examine();
    assert.deepEqual(outcomes(), []);
    assert.ok(autoqa.lines.some((line) => /^watcher koji-builds: koji cannot be reached/.test(line)));
    infrastructure.intercept = (path) => (path === "/bodhi/releases/" ? { status: 502, body: "" } : undefined);
    await autoqa.settle();
    assert.deepEqual(outcomes(), []);
    infrastructure.intercept = () => undefined;
    await autoqa.settle();
    assert.deepEqual(outcomes(), ["PASSED: 0 errors, 4 warnings"]);
  });

  it("says each thing once though ResultsDB and bodhi fail after having stored it", async () => {
    const { infrastructure } = autoqa;
    infrastructure.addBuild(nvr, await rpmsOf(nvr));
    let failures = 0;
    infrastructure.afterwards = (path, method) => {
      const isWrite = path === "/bodhi/comment" || (path.endsWith("/results") && method === "POST");
      if (isWrite && failures < 2) {
        failures += 1;
        return { status: 504, body: "" };
      }
      return undefined;
    };
    await examine();
    assert.equal(failures, 2);
    assert.deepEqual([infrastructure.results.length, infrastructure.comments.length], [1, 1]);
  });

  it("comments as soon as bodhi, which answered with an empty object, takes comments again", async () => {
    const { infrastructure } = autoqa;
    infrastructure.addBuild(nvr, await rpmsOf(nvr));
    infrastructure.intercept = (path) => (path === "/bodhi/comment" ? { status: 200, body: "{}" } : undefined);
    await examine();
    assert.deepEqual([infrastructure.results.length, infrastructure.comments.length], [1, 0]);
    infrastructure.intercept = () => undefined;
    await until("the comment is there", 10, () => infrastructure.comments.length === 1);
  });

  it("comments on no update from which the build was taken meanwhile", async () => {
    const { infrastructure } = autoqa;
    infrastructure.addBuild(nvr, await rpmsOf(nvr));
    infrastructure.tag(nvr, pending);
    await until("the job is queued", 5, async () => !(await autoqa.status()).idle);
    for (const update of infrastructure.updates) update.builds = ["julep-1.0-1.fc15"];
    autoqa.startClient();
    await autoqa.settle();
    assert.deepEqual([infrastructure.results.length, infrastructure.comments.length], [1, 0]);
  });

  it("goes on where it stopped after a restart in the middle: same numbers, nothing twice", async () => {
    const { infrastructure } = autoqa;
    const nvrs = ["a-1-1.fc15", "b-1-1.fc15", "c-1-1.fc15"];
    for (const each of nvrs) {
      infrastructure.addBuild(each, await rpmsOf(each));
      infrastructure.tag(each, pending);
    }
    await until("the jobs are queued", 5, async () => !(await autoqa.status()).idle);
    autoqa.startClient();
    await until("the first result is posted", 20, () => infrastructure.results.length > 0);
    await autoqa.server?.stop();
    await autoqa.startServer();
    await autoqa.settle();
    const posted = infrastructure.results.map(
      ({ data, ref_url }) => `${data.item} ${/results\/(\d+)-/.exec(ref_url)?.[1]}`,
    );
    assert.deepEqual(posted, ["a-1-1.fc15 1", "b-1-1.fc15 2", "c-1-1.fc15 3"]);
  });

  it("gives the job of a client that is no more to another", async () => {
    const { infrastructure } = autoqa;
    infrastructure.addBuild(nvr, await rpmsOf(nvr));
    infrastructure.tag(nvr, pending);
    const lost = autoqa.startClient({
      name: "lost",
      command: ["/bin/sh", "-c", 'test "$1" = --probe || sleep 1000', "sh"],
    });
    await until("the client that will be lost has the job", 5, async () => {
      const { jobs } = (await autoqa.status()) as unknown as { jobs: Record<string, number> };
      return jobs.running === 1;
    });
    await lost.stop();
    autoqa.startClient({ name: "client2" });
    await autoqa.settle();
    assert.match(infrastructure.results[0]?.ref_url ?? "", /1-autoqa\/client2\/rpmlint/);
    assert.deepEqual(outcomes(), ["PASSED: 0 errors, 4 warnings"]);
  });
});
