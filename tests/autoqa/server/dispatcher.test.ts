import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Posts, type Verdict } from "../../../autoqa/reporters/posts";
import { openDatabase } from "../../../autoqa/server/database";
import { Dispatcher } from "../../../autoqa/server/dispatcher";
import { Jobs } from "../../../autoqa/server/jobs";
import { Logs } from "../../../autoqa/server/logs";
import type { Control } from "../../../autoqa/tests/control";
import type { TestResult } from "../../../autoqa/tests/run";
import { buildEvent } from "../events";

const control: Control = {
  test: "rpmlint",
  events: ["post-koji-build"],
  arches: () => ["noarch"],
  labels: (arch) => [arch],
  timeoutSeconds: 60,
};
const endpoints = { kojiHubUrl: "", kojiFilesUrl: "", bodhiUrl: "", bodhiUsername: "autoqa" };
const passed: TestResult[] = [
  { item: "mint-1-1", type: "koji_build", outcome: "PASSED", note: "", builds: ["mint-1-1"] },
];

describe("dispatcher", () => {
  let jobs: Jobs;
  let logs: Logs;
  let dispatcher: Dispatcher;
  let directory: string;
  let now: number;
  let awaitPosts: boolean;
  let planned: { number: number; results: readonly TestResult[] }[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-"));
    jobs = new Jobs(openDatabase(":memory:"));
    logs = new Logs(directory);
    now = 0;
    awaitPosts = true;
    planned = [];
    dispatcher = createDispatcher();
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function createDispatcher(): Dispatcher {
    return new Dispatcher({
      jobs,
      logs,
      controls: [control],
      endpoints,
      planPosts: ({ number }, results) => planned.push({ number, results }),
      awaitPosts: () => awaitPosts,
      finished: () => undefined,
      leaseMilliseconds: 1_000,
      patienceMilliseconds: 120_000,
      monotonic: () => now,
    });
  }

  function add(...nvrs: string[]): void {
    for (const nvr of nvrs) jobs.add(buildEvent(nvr), [{ test: "rpmlint", arch: "noarch", serial: undefined }]);
  }

  const client = (start: string, name = "client1", labels = ["noarch"], slot = 0) => ({ name, start, slot, labels });

  it("gives each job to one client, in order", async () => {
    add("mint-1-1", "julep-1-1");
    const [first, second, third] = await Promise.all([
      dispatcher.claim(client("a"), 50),
      dispatcher.claim(client("b", "client2"), 50),
      dispatcher.claim(client("c", "client3"), 50),
    ]);
    assert.deepEqual([first?.number, second?.number, third], [1, 2, undefined]);
  });

  it("wakes a waiting client when a job comes", async () => {
    const claimed = dispatcher.claim(client("a"), 5_000);
    add("mint-1-1");
    dispatcher.dispatch();
    assert.equal((await claimed)?.number, 1);
  });

  it("keeps a job from a client without its labels", async () => {
    add("mint-1-1");
    assert.equal(await dispatcher.claim(client("a", "client1", ["x86_64"]), 10), undefined);
  });

  it("gives a job whose client went silent to another, and takes nothing more from the first", async () => {
    add("mint-1-1");
    await dispatcher.claim(client("a"), 10);
    now = 900;
    assert.equal(dispatcher.heartbeat(1, "a/0"), true);
    now = 1_800;
    await dispatcher.sweep();
    assert.equal(jobs.get(1)?.state, "running");
    now = 2_000;
    await dispatcher.sweep();
    assert.equal(jobs.get(1)?.state, "queued");
    assert.equal((await dispatcher.claim(client("b", "client2"), 10))?.number, 1);
    assert.equal(dispatcher.heartbeat(1, "a/0"), false);
    assert.equal(dispatcher.finish(1, "a/0", passed), false);
    assert.equal(dispatcher.finish(1, "b/0", passed), true);
    assert.deepEqual([jobs.get(1)?.outcome, jobs.get(1)?.client], ["PASSED", "client2"]);
    assert.equal(planned.length, 1);
  });

  it("ends a job ABORTED, with a log that says so, when its second client is lost too", async () => {
    add("mint-1-1");
    for (const instance of ["a", "b"]) {
      await dispatcher.claim(client(instance), 10);
      now += 1_500;
      await dispatcher.sweep();
    }
    assert.equal(jobs.get(1)?.outcome, "ABORTED");
    assert.deepEqual(
      planned.map(({ results }) => results.map(({ outcome }) => outcome)),
      [["ABORTED"]],
    );
    const log = logs.open(1);
    assert.match(log === undefined ? "" : await text(log), /lost 2 times/);
  });

  it("ends a job once though all slots of a restarted client, and the sweep, find it lost at the same time", async () => {
    add("mint-1-1");
    await dispatcher.claim(client("a"), 10);
    await dispatcher.claim(client("b"), 10);
    now = 2_000;
    const slots = [0, 1].map((slot) => dispatcher.claim(client("c", "client1", ["noarch"], slot), 10));
    await Promise.all([...slots, dispatcher.sweep()]);
    assert.equal(jobs.get(1)?.outcome, "ABORTED");
    assert.equal(planned.length, 1);
  });

  it("does not take back an end: neither a pass after the abortion, nor an abortion after the pass", async () => {
    add("mint-1-1", "julep-1-1");
    await dispatcher.claim(client("a"), 10);
    await dispatcher.claim(client("b"), 10);
    const lost = dispatcher.claim(client("c"), 10);
    assert.equal(dispatcher.finish(1, "b/0", passed), false);
    assert.equal((await lost)?.number, 2);
    assert.equal(jobs.get(1)?.outcome, "ABORTED");
    assert.equal(dispatcher.finish(2, "c/0", passed), true);
    now = 5_000;
    await dispatcher.sweep();
    await dispatcher.claim(client("d"), 10);
    assert.equal(jobs.get(2)?.outcome, "PASSED");
    assert.deepEqual(
      planned.map(({ number }) => number),
      [1, 2],
    );
  });

  it("does not let the log of a client that was given up replace that of the next", async () => {
    add("mint-1-1");
    await dispatcher.claim(client("a"), 10);
    const late = dispatcher.storeLog(1, "a/0", Buffer.from("of the first"));
    await dispatcher.claim(client("b"), 10);
    assert.equal(await dispatcher.storeLog(1, "b/0", Buffer.from("of the second")), true);
    assert.equal(await late, false);
    const log = logs.open(1);
    assert.equal(log === undefined ? "" : await text(log), "of the second");
  });

  it("ends a job ABORTED, naming its labels, when no client that may run it has been there for too long", async () => {
    add("mint-1-1", "julep-1-1");
    const virtual = dispatcher.claim(client("a", "client1", ["virt"]), 10);
    now = 119_000;
    await dispatcher.sweep();
    assert.equal(jobs.get(1)?.state, "queued");
    now = 121_000;
    await dispatcher.sweep();
    const { outcome, client: name, results } = jobs.get(1) ?? {};
    assert.deepEqual([outcome, name, jobs.get(2)?.outcome], ["ABORTED", "none", "ABORTED"]);
    assert.match(results?.[0]?.note ?? "", /for 2 minutes there was no test client with the labels noarch/);
    const log = logs.open(1);
    assert.match(log === undefined ? "" : await text(log), /^ABORTED: for 2 minutes/);
    assert.equal(planned.length, 2);
    await virtual;
  });

  it("lets jobs wait without end behind those that a client is busy with, also after a restart", async () => {
    add("mint-1-1", "julep-1-1");
    await dispatcher.claim(client("a"), 10);
    const restarted = createDispatcher();
    for (const each of [dispatcher, restarted]) {
      for (const end = now + 300_000; now < end; now += 500) {
        assert.equal(each.heartbeat(1, "a/0"), true);
        await each.sweep();
      }
      assert.equal(jobs.get(2)?.state, "queued");
    }
  });

  it("gives the first job to the first client by name, whichever asked first", async () => {
    const claims = ["client10", "client2", "client1"].map((name) => dispatcher.claim(client(name, name), 5_000));
    add("a-1-1", "b-1-1", "c-1-1");
    dispatcher.dispatch();
    assert.deepEqual(
      (await Promise.all(claims)).map((assignment) => assignment?.number),
      [3, 2, 1],
    );
  });

  it("reads no more of a long queue than it needs", async () => {
    add(...Array.from({ length: 3_000 }, (_, i) => `p${i}-1-1`));
    const began = performance.now();
    for (let i = 0; i < 200; i++) {
      const job = await dispatcher.claim(client("a"), 10);
      assert.equal(dispatcher.finish(job?.number ?? 0, "a/0", passed), true);
    }
    // All of the queue each time would be 600,000 rows.
    assert.ok(performance.now() - began < 1_500, `${performance.now() - began} ms`);
  });

  it("knows by a client's new start that its job is lost, without waiting", async () => {
    add("mint-1-1");
    await dispatcher.claim(client("before"), 10);
    assert.equal((await dispatcher.claim(client("after"), 10))?.number, 1);
    assert.equal(jobs.get(1)?.attempts, 2);
  });

  it("leaves what other slots of the client hold alone", async () => {
    add("mint-1-1", "julep-1-1");
    assert.equal((await dispatcher.claim(client("a"), 10))?.number, 1);
    assert.equal((await dispatcher.claim(client("a", "client1", ["noarch"], 1), 10))?.number, 2);
    assert.equal(jobs.get(1)?.attempts, 1);
    assert.equal(dispatcher.heartbeat(1, "a/1"), false);
    assert.equal(dispatcher.heartbeat(1, "a/0"), true);
  });

  it("takes a job for lost when its own slot asks for another", async () => {
    add("mint-1-1");
    await dispatcher.claim(client("a"), 10);
    assert.equal((await dispatcher.claim(client("a"), 10))?.number, 1);
    assert.equal(jobs.get(1)?.attempts, 2);
  });

  it("gives a job of a series out when bodhi knows what was said before, whatever ResultsDB knows", async () => {
    const posts = new Posts(jobs.database);
    const series = [1, 2].map(() => ({ test: "rpmlint", arch: "noarch", serial: "depcheck f15-updates-pending i386" }));
    jobs.add(buildEvent("mint-1-1"), series);
    await dispatcher.claim(client("a"), 10);
    assert.equal(await dispatcher.claim(client("b", "client2"), 10), undefined, "the first still runs");
    const [result] = passed;
    assert.ok(result !== undefined);
    const verdict: Verdict = { ...result, test: "rpmlint", arch: "noarch", url: "", target: "stable", arches: [] };
    for (const destination of ["resultsdb", "bodhi"] as const) posts.add(1, destination, verdict);
    assert.equal(dispatcher.finish(1, "a/0", passed), true);
    const waiting = dispatcher.claim(client("b", "client2"), 5_000);
    assert.equal(jobs.get(2)?.state, "queued");
    posts.settle(posts.ofJob(1)[1]?.id ?? 0, "sent", "");
    dispatcher.dispatch();
    assert.equal((await waiting)?.number, 2);
  });

  it("gives it out nevertheless while bodhi takes nothing", async () => {
    awaitPosts = false;
    const posts = new Posts(jobs.database);
    jobs.add(
      buildEvent("mint-1-1"),
      [1, 2].map(() => ({ test: "rpmlint", arch: "noarch", serial: "a series" })),
    );
    await dispatcher.claim(client("a"), 10);
    const [result] = passed;
    assert.ok(result !== undefined);
    posts.add(1, "bodhi", { ...result, test: "rpmlint", arch: "noarch", url: "", target: "stable", arches: [] });
    dispatcher.finish(1, "a/0", passed);
    assert.equal((await dispatcher.claim(client("a"), 10))?.number, 2);
  });

  it("lets a client finish its job after the server's restart", async () => {
    add("mint-1-1");
    await dispatcher.claim(client("a"), 10);
    const restarted = createDispatcher();
    now = 10_000;
    await restarted.sweep();
    assert.equal(restarted.finish(1, "a/0", passed), true);
  });
});
