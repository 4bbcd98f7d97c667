/** The inspection of an environment that reads production, against a real HTTP server in AutoQA's place. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "../../verify/inspection/inspect";
import { Progress } from "../../verify/progress";
import { type FakeEnvironment, fakeEnvironment } from "./fake-environment";

describe("inspect", () => {
  let environment: FakeEnvironment;
  let autoqa: Server;
  let answers: Record<string, [status: number, body: string]>;
  const log = "/results/1-autoqa/client1/rpmlint/results/output.log";

  beforeEach(async () => {
    environment = await fakeEnvironment();
    answers = {
      "/health": [200, ""],
      "/status": [200, '{"idle": true, "watchers": {"koji": {"started": 2, "completed": 1}}}'],
      [log]: [200, "the log"],
    };
    autoqa = createServer((request, response) => {
      const [status, body] = answers[request.url ?? ""] ?? [404, ""];
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => autoqa.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    autoqa.closeAllConnections();
    autoqa.close();
    await environment.close();
  });

  async function problems(): Promise<Record<string, string[]>> {
    const { outputs } = environment;
    const url = `http://127.0.0.1:${(autoqa.address() as AddressInfo).port}`;
    const checks = await inspect({
      outputs: { ...outputs, stage: "2", autoqa: { ...outputs.autoqa, url } },
      timeoutSeconds: 1,
      progress: new Progress(() => undefined),
    });
    for (const { status, problems: found } of checks) assert.equal(status, found.length === 0 ? "passed" : "failed");
    return Object.fromEntries(
      checks.filter(({ status }) => status !== "passed").map((check) => [check.name, check.problems]),
    );
  }

  const post = (outcome: string) => ({
    id: 1,
    outcome,
    testcase: { name: "dist.rpmlint" },
    ref_url: `http://autoqa:8080${log}`,
    data: { item: ["pebble-1-1"] },
  });

  it("is content with an AutoQA that looks and posts", async () => {
    environment.posts = { results: [post("FAILED")], comments: [], mail: [] };
    assert.deepEqual(await problems(), {});
  });

  it("finds an AutoQA that is not healthy", async () => {
    answers["/health"] = [503, ""];
    assert.deepEqual(await problems(), { "AutoQA is healthy": ["GET /health: AutoQA answers HTTP 503"] });
  });

  it("finds a watcher that completes no look, and a status that is none", async () => {
    answers["/status"] = [200, '{"idle": true, "watchers": {"koji": {"started": 2, "completed": 0}}}'];
    assert.deepEqual(await problems(), {
      "every watcher has looked at production": ["watcher koji has completed none of 2 looks"],
    });
    answers["/status"] = [200, '{"watchers": {}}'];
    assert.match((await problems())["every watcher has looked at production"]?.[0] ?? "", /GET \/status: .*idle/s);
  });

  it("finds a watcher that cannot look, and jobs without a verdict", async () => {
    const koji = { started: 2, completed: 2, problem: "koji cannot be reached (ECONNREFUSED)" };
    answers["/status"] = [200, JSON.stringify({ idle: true, watchers: { koji }, jobs: { PASSED: 3, CRASHED: 2 } })];
    assert.deepEqual(await problems(), {
      "every watcher has looked at production": [
        "the last look of watcher koji failed: koji cannot be reached (ECONNREFUSED)",
      ],
      "no job crashed or was aborted": ["jobs that ended CRASHED: 2"],
    });
  });

  it("finds what AutoQA says of itself", async () => {
    const own = ["bodhi, job 7: bodhi refused AutoQA's account (HTTP 403)"];
    const koji = { started: 2, completed: 2 };
    answers["/status"] = [200, JSON.stringify({ idle: true, watchers: { koji }, problems: own })];
    assert.deepEqual(await problems(), { "nothing that AutoQA does is in trouble": own });
  });

  it("does not hold what went wrong days ago against an AutoQA that works", async () => {
    const at = (hours: number) => new Date(Date.now() - hours * 3600 * 1000).toISOString().slice(0, 19);
    environment.posts = { results: [{ ...post("CRASHED"), submit_time: at(25) }], comments: [], mail: [] };
    answers[log] = [404, ""];
    assert.deepEqual(await problems(), {});
    environment.posts = { results: [{ ...post("CRASHED"), submit_time: at(23) }], comments: [], mail: [] };
    assert.equal((await problems())["no result is a crash"]?.length, 1);
  });

  it("finds results that are crashes, and logs that are not there", async () => {
    environment.posts = { results: [post("CRASHED")], comments: [], mail: [] };
    answers[log] = [404, ""];
    assert.deepEqual(await problems(), {
      "no result is a crash": [`dist.rpmlint of pebble-1-1: CRASHED: http://autoqa:8080${log}`],
      "the logs of posted results are there": [`the log answers HTTP 404: http://autoqa:8080${log}`],
    });
  });

  it("finds calls that are not modelled", async () => {
    const call = { seq: 1, service: "bodhi", method: "GET /invented", arguments: {}, status: 404, unmodelled: true };
    environment.journal = [call];
    const [found = ""] = (await problems())["AutoQA calls only what is modelled"] ?? [];
    assert.match(found, /bodhi: GET \/invented \{\} \(answered 404\)/);
  });
});
