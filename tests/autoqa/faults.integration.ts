/** Bad input and bad luck: whatever happens, no verdict is made up, lost or said twice. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { control as depcheckControl } from "../../autoqa/tests/depcheck/control";
import { Harness, until } from "./harness";
import { rpmsOf } from "./rpms";

const pending = "f15-updates-testing-pending";
const nvr = "mint-1.0-1.fc15";
/** On one architecture. */
const depcheck = { ...depcheckControl, arches: () => ["i386"] };

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
      const { jobs } = await autoqa.status();
      return jobs.running === 1;
    });
    await lost.stop();
    autoqa.startClient({ name: "client2" });
    await autoqa.settle();
    assert.match(infrastructure.results[0]?.ref_url ?? "", /1-autoqa\/client2\/rpmlint/);
    assert.deepEqual(outcomes(), ["PASSED: 0 errors, 4 warnings"]);
  });

  it("answers a URL that no log has with 404, however it is written", async () => {
    for (const path of [
      "results/%/x",
      "results/1-autoqa/%ff/rpmlint/results/output.log",
      "results/1-autoqa/a/b/results/output.log",
    ]) {
      assert.equal((await fetch(`${autoqa.url}/${path}`)).status, 404, path);
    }
  });

  it("ends a job ABORTED, with a log that says so, after the second time that its client was killed", async () => {
    const { infrastructure } = autoqa;
    infrastructure.addBuild(nvr, await rpmsOf(nvr));
    infrastructure.intercept = (path) => (path.startsWith("/kojifiles/") ? "keep waiting" : undefined);
    infrastructure.tag(nvr, pending);
    for (const time of [1, 2]) {
      const client = autoqa.spawnClient();
      await until(`the client downloads for the ${time}. time`, 20, () => {
        return infrastructure.calls.filter((call) => call.startsWith("/kojifiles/")).length >= time;
      });
      client.kill("SIGKILL");
      await once(client, "exit");
      infrastructure.calls = time === 1 ? ["/kojifiles/ once"] : [];
    }
    await autoqa.settle();
    assert.deepEqual(outcomes(), ["ABORTED: the test client was lost 2 times"]);
    assert.equal(
      await autoqa.log(infrastructure.results[0]?.ref_url ?? ""),
      "ABORTED: the test client was lost 2 times\n",
    );
    assert.deepEqual(infrastructure.comments, []);
  });

  it("tells an update that is edited during depcheck no verdict on its old builds, and one on its new builds", async () => {
    const { infrastructure } = autoqa;
    const stable = "f15-updates-pending";
    await autoqa.server?.stop();
    autoqa.controls = [depcheck];
    await autoqa.startServer();
    for (const each of ["julep-1-1.fc15", "julep-2-1.fc15"]) infrastructure.addBuild(each, []);
    const update = infrastructure.addUpdate("FEDORA-2011-2", ["julep-1-1.fc15"], {
      status: "testing",
      request: "stable",
    });
    infrastructure.tag("julep-1-1.fc15", stable);
    // In depcheck's place: passes every update once it may end.
    const permission = join(autoqa.directory, "permission");
    autoqa.startClient({ labels: ["i386"], command: ["/bin/sh", "-c", passWhen(permission), process.execPath] });
    await until("the job runs", 10, async () => (await autoqa.status()).jobs.running === 1);
    infrastructure.untag("julep-1-1.fc15", stable);
    infrastructure.tag("julep-2-1.fc15", stable);
    update.builds = ["julep-2-1.fc15"];
    update.comments.push({
      ...{ author: "bodhi", karma: 0, timestamp: infrastructure.now },
      text: "carol has edited this update. New build(s): julep-2-1.fc15. Removed build(s): julep-1-1.fc15.",
    });
    writeFileSync(permission, "");
    await until("the second job has its word", 20, () => infrastructure.comments.length > 0);
    assert.deepEqual(
      infrastructure.comments.map(({ update: name, text }) => `${name} ${/results\/(\d+)-/.exec(text)?.[1]}`),
      ["FEDORA-2011-2 2"],
    );
    assert.deepEqual(
      infrastructure.results.map(({ ref_url }) => /results\/(\d+)-/.exec(ref_url)?.[1]),
      ["1", "2"],
    );
  });
});

/** A shell script that writes a PASSED for each of the task's updates once the file is there. */
function passWhen(file: string): string {
  const program = `
    const { updates } = JSON.parse(require("node:fs").readFileSync(0, "utf8")).event;
    const results = updates.map(({ name, builds }) => {
      return { item: name, type: "bodhi_update", outcome: "PASSED", note: "", builds };
    });
    require("node:fs").writeFileSync("results.json", JSON.stringify(results));`;
  return `test "$1" = --probe && exit; while ! test -e ${file}; do sleep 0.05; done; exec "$0" -e '${program}'`;
}
