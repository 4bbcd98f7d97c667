/** AutoQA as a program: what its user is told when it cannot start, and how it works where it may post nothing. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { buildSync } from "esbuild";
import { Bodhi } from "../../autoqa/bodhi/client";
import { FakeInfrastructure } from "./fake-infrastructure";
import { bundling, until } from "./harness";
import { rpmsOf } from "./rpms";

const entryPoint = resolve(__dirname, "../../autoqa/main.ts");

describe("the autoqa program", function () {
  this.timeout(60_000);
  let directory: string;
  let program: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-program-"));
    chmodSync(directory, 0o755);
    program = join(directory, "autoqa.js");
    buildSync({ ...bundling, entryPoints: [entryPoint], outfile: program });
  });

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill();
      await once(child, "exit");
    }
    rmSync(directory, { recursive: true });
  });

  function start(role: string, environment: Record<string, string> = {}) {
    const env = { PATH: process.env.PATH ?? "", ...environment };
    const child = spawn(process.execPath, [program, role], { env, stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    const output = { text: "" };
    child.stderr.on("data", (chunk: Buffer) => {
      output.text += chunk;
    });
    return { child, output };
  }

  const startClient = (port: number, token = "client token") =>
    start("client", {
      AUTOQA_SERVER_URL: `http://127.0.0.1:${port}`,
      AUTOQA_CLIENT_NAME: "client1",
      AUTOQA_CLIENT_LABELS: "noarch",
      AUTOQA_CLIENT_TOKEN: token,
      AUTOQA_STATE_DIRECTORY: join(directory, "client"),
    });

  async function ended(role: string, environment: Record<string, string> = {}) {
    const { child, output } = start(role, environment);
    const [code] = (await once(child, "close")) as [number];
    return { code, text: output.text };
  }

  async function ready(child: ReturnType<typeof start>["child"]): Promise<number> {
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    return (JSON.parse(line) as { port: number }).port;
  }

  const serverEnvironment = (url: string) => ({
    AUTOQA_KOJI_HUB_URL: `${url}/kojihub`,
    AUTOQA_KOJI_FILES_URL: `${url}/kojifiles`,
    AUTOQA_BODHI_URL: `${url}/bodhi`,
    AUTOQA_LISTEN: "127.0.0.1:0",
    AUTOQA_PUBLIC_URL: "http://autoqa:8080",
    AUTOQA_STATE_DIRECTORY: join(directory, "server"),
    AUTOQA_POLL_SECONDS: "0.1",
    AUTOQA_CLIENT_TOKEN: "client token",
  });

  it("says how it is called", async () => {
    assert.deepEqual(await ended("serve"), { code: 2, text: "usage: autoqa server | client\n" });
  });

  it("names all that its environment lacks, without a stack", async () => {
    const { code, text } = await ended("server");
    assert.equal(code, 2);
    assert.match(text, /AUTOQA_KOJI_HUB_URL is not set\n {2}.*AUTOQA_CLIENT_TOKEN is not set\n$/s);
    assert.ok(!text.includes("    at "), text);
  });

  it("says that its port is taken", async () => {
    const first = start("server", serverEnvironment("http://127.0.0.1:1"));
    const port = await ready(first.child);
    const { code, text } = await ended("server", {
      ...serverEnvironment("http://127.0.0.1:1"),
      AUTOQA_LISTEN: `127.0.0.1:${port}`,
      AUTOQA_STATE_DIRECTORY: join(directory, "other"),
    });
    assert.equal(code, 2);
    assert.match(text, /autoqa: listen EADDRINUSE.*127\.0\.0\.1/);
  });

  it("refuses a client without the token, which tries again", async () => {
    const server = start("server", serverEnvironment("http://127.0.0.1:1"));
    const port = await ready(server.child);
    const client = startClient(port, "another token");
    await until("the client says so", 30, () => client.output.text.includes("answered HTTP 401 to POST claim"));
    assert.equal(client.child.exitCode, null);
  });

  it("where it may post nothing, watches and tests, and writes down what it would have posted", async () => {
    const infrastructure = new FakeInfrastructure();
    const url = await infrastructure.start();
    try {
      infrastructure.addBuild("mint-1.0-1.fc15", await rpmsOf("mint-1.0-1.fc15"));
      infrastructure.addUpdate("FEDORA-2011-1", ["mint-1.0-1.fc15"]);
      infrastructure.tag("mint-1.0-1.fc15", "f15-updates-testing-pending");
      const server = start("server", serverEnvironment(url));
      const port = await ready(server.child);
      startClient(port);
      const log = join(directory, "server", "posts.log");
      const posts = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
      await until("rpmguard's and rpmlint's results and comments are written down", 40, () => posts().length === 4);
      const told = posts().map((line) => JSON.parse(line) as { destination: string; test: string; text?: string });
      const count = (destination: string) => told.filter((post) => post.destination === destination).length;
      assert.deepEqual([count("resultsdb"), count("bodhi")], [2, 2]);
      assert.ok(
        told.some(({ text }) =>
          text?.startsWith("AutoQA: rpmlint test PASSED on noarch. Result log:\nhttp://autoqa:8080/"),
        ),
      );
      assert.deepEqual([infrastructure.results, infrastructure.comments], [[], []]);
      assert.ok(!infrastructure.calls.some((call) => call.includes("comment") || call.includes("resultsdb")));
      assert.ok(statSync(join(directory, "server", "autoqa.db")).size > 0);
      // What tests read of bodhi has in it what AutoQA would have said.
      const seenByTests = new Bodhi(`http://127.0.0.1:${port}/bodhi`);
      const update = (await seenByTests.updatesOfBuilds(["mint-1.0-1.fc15", "none-1-1"])).get("mint-1.0-1.fc15");
      assert.deepEqual(
        update?.comments.map(({ author }) => author),
        ["autoqa", "autoqa"],
      );
      assert.deepEqual(
        (await seenByTests.releases()).map(({ name }) => name),
        ["F15"],
      );
      const stopped = once(server.child, "exit");
      server.child.kill();
      await stopped;
      await ready(start("server", serverEnvironment(url)).child);
      assert.equal(posts().length, 4);
    } finally {
      await infrastructure.stop();
    }
  });

  it("says each thing once though the server is killed again and again in the middle of its work", async () => {
    const infrastructure = new FakeInfrastructure();
    const url = await infrastructure.start();
    try {
      const nvrs = ["a", "b", "c", "d"].map((name) => `${name}-1.0-1.fc15`);
      for (const nvr of nvrs) infrastructure.addBuild(nvr, await rpmsOf(nvr));
      infrastructure.addUpdate("FEDORA-2011-1", nvrs);
      for (const nvr of nvrs) infrastructure.tag(nvr, "f15-updates-testing-pending");
      const environment = {
        ...serverEnvironment(url),
        AUTOQA_BODHI_USERNAME: "autoqa",
        AUTOQA_BODHI_PASSWORD: "secret",
        AUTOQA_RESULTSDB_URL: `${url}/resultsdb/api/v2.0`,
      };
      let server = start("server", environment);
      const port = await ready(server.child);
      startClient(port);
      // Killed when it has posted so much more, and has no time to hear the answers.
      for (const writes of [1, 3, 6, 9, 12]) {
        const killed = once(server.child, "exit");
        infrastructure.afterwards = (path, method) => {
          const isWrite = path === "/bodhi/comment" || (path.endsWith("/results") && method === "POST");
          const count = infrastructure.results.length + infrastructure.comments.length;
          if (isWrite && count >= writes) server.child.kill("SIGKILL");
          return undefined;
        };
        await killed;
        server = start("server", { ...environment, AUTOQA_LISTEN: `127.0.0.1:${port}` });
        await ready(server.child);
      }
      infrastructure.afterwards = () => undefined;
      await until("all is said", 40, () => infrastructure.results.length + infrastructure.comments.length >= 16);
      // A second time would be said within the looks of another round.
      await until("AutoQA is idle", 20, async () => {
        return ((await (await fetch(`http://127.0.0.1:${port}/status`)).json()) as { idle: boolean }).idle;
      });
      const jobOf = (text: string) => Number(/results\/(\d+)-autoqa/.exec(text)?.[1]);
      const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
      assert.deepEqual(
        infrastructure.comments.map(({ text }) => jobOf(text)),
        numbers,
      );
      assert.deepEqual(
        infrastructure.results.map(({ ref_url }) => jobOf(ref_url)),
        numbers,
      );
    } finally {
      await infrastructure.stop();
    }
  });
});
