import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { TestInfra, TOKEN, tarOf } from "../support/infra";
import { build, fedora2011, rpm, situation } from "../support/situation";

/** A supervisor that does as it is told and remembers what. */
class FakeSupervisor {
  readonly calls: string[] = [];
  failing = "";
  #server: Server | undefined;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const call = `${request.method} ${request.url}`;
        this.calls.push(call === "PUT /clock" ? `${call} ${body}` : call);
        if (request.headers.authorization !== `Bearer ${TOKEN}`) response.writeHead(401).end();
        else if (this.failing === call) response.writeHead(500).end("out of order");
        else response.end("{}");
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}

describe("services/control", () => {
  const supervisors = [new FakeSupervisor(), new FakeSupervisor()];
  let infra: TestInfra;

  before(async () => {
    infra = await TestInfra.start({ supervisorUrls: await Promise.all(supervisors.map((each) => each.start())) });
  });
  after(async () => {
    await infra.close();
    for (const each of supervisors) each.stop();
  });
  beforeEach(async () => {
    for (const each of supervisors) each.failing = "";
    assert.equal((await infra.load(fedora2011())).status, 200);
    for (const each of supervisors) each.calls.length = 0;
  });

  const upload = async (document: string, files?: ReadonlyMap<string, Buffer>) =>
    infra.control("PUT", "/situation", await tarOf(document, files));
  const builds = (): number => infra.running.infrastructure.world.builds.length;

  it("tells health without a token, and nothing else", async () => {
    assert.deepEqual(await (await fetch(infra.url("control", "/health"))).json(), { status: "ok" });
    for (const headers of [
      {},
      { authorization: "Bearer wrong" },
      { authorization: TOKEN },
      { authorization: "Basic x" },
    ]) {
      const response = await fetch(infra.url("control", "/posts"), { headers });
      assert.deepEqual(
        [response.status, await response.json()],
        [401, { error: { message: "the control token is missing or wrong" } }],
      );
    }
  });

  it("loads: stops every supervisor, sets the clock, starts every supervisor, and counts", async () => {
    const { status, body } = await infra.load(fedora2011({ name: "again" }));
    assert.deepEqual(
      [status, body],
      [200, { name: "again", releases: 2, tags: 16, builds: 7, rpms: 3, files: 0, updates: 1 }],
    );
    for (const { calls } of supervisors) {
      assert.equal(calls.length, 3);
      assert.equal(calls[0], "POST /stop");
      const { offsetSeconds } = JSON.parse(calls[1]?.replace("PUT /clock ", "") ?? "{}") as { offsetSeconds: number };
      assert.ok(Math.abs(offsetSeconds - (Date.parse("2011-05-21T17:16:58Z") - Date.now()) / 1000) < 5);
      assert.equal(calls[2], "POST /start");
    }
  });

  const refused: readonly [
    string,
    () => Promise<{ status: number; body: { error: { message: string; path?: string } } }>,
    number,
    RegExp,
    string | undefined,
  ][] = [
    [
      "a body that is no tar",
      () => infra.control("PUT", "/situation", Buffer.from("x".repeat(2000))),
      400,
      /not a tar archive/,
      undefined,
    ],
    [
      "a tar that ends early",
      async () => infra.control("PUT", "/situation", (await tarOf(JSON.stringify(fedora2011()))).subarray(0, 1500)),
      400,
      /not a tar archive/,
      undefined,
    ],
    ["a document that is no JSON", () => upload("{"), 400, /situation\.json is not JSON/, "situation.json"],
    ["an unknown field", () => upload(JSON.stringify({ ...fedora2011(), colour: 1 })), 422, /colour/, undefined],
    [
      "a wrong type, with its place",
      () => upload(JSON.stringify({ ...fedora2011(), clock: "soon" })),
      422,
      /ISO/,
      "clock",
    ],
    [
      "a tag that is none, with its place",
      () => upload(JSON.stringify(situation({ builds: [build("a-1-1", ["t"])] }))),
      422,
      /no tag is called "t"/,
      "builds[0].tags[0].tag",
    ],
    [
      "a file that is missing",
      () =>
        upload(
          JSON.stringify(
            situation({
              builds: [build("a-1-1", [], { rpms: [rpm("a-1-1", "src", { file: { sha256: "0".repeat(64) } })] })],
            }),
          ),
        ),
      422,
      /the upload lacks rpms\/0{64}/,
      "builds[0].rpms[0].file.sha256",
    ],
    [
      "a file that is not what it says",
      () => upload(JSON.stringify(fedora2011()), new Map([["1".repeat(64), Buffer.from("x")]])),
      422,
      /its sha256 is [0-9a-f]{64}/,
      `rpms/${"1".repeat(64)}`,
    ],
  ];
  for (const [what, act, status, message, path] of refused) {
    it(`refuses ${what}, and changes nothing`, async () => {
      const answer = await act();
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(answer.body.error.message, message);
      assert.equal(answer.body.error.path, path);
      assert.equal(builds(), 7);
      assert.deepEqual(
        supervisors.map(({ calls }) => calls),
        [[], []],
      );
      assert.deepEqual(
        readdirSync(infra.running.infrastructure.stateDirectory).filter((name) => name.startsWith("incoming")),
        [],
      );
    });
  }

  it("refuses files that are neither the document nor an RPM", async () => {
    const { pack } = await import("tar-stream");
    const tar = pack();
    tar.entry({ name: "situation.json" }, JSON.stringify(fedora2011()));
    tar.entry({ name: "../../etc/cron.d/x" }, "x");
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    const { status, body } = await infra.control("PUT", "/situation", Buffer.concat(chunks));
    assert.equal(status, 400);
    assert.equal(body.error.path, "../../etc/cron.d/x");
  });

  it("keeps the old situation, and the system under test running, when a supervisor does not stop", async () => {
    (supervisors[1] as FakeSupervisor).failing = "POST /stop";
    const { status, body } = await infra.load(situation({}));
    assert.equal(status, 502);
    assert.match(body.error.message, /the supervisor at http:\/\/\S+ answered 500 to POST \/stop: out of order/);
    assert.equal(builds(), 7);
    assert.equal(supervisors[0]?.calls.at(-1), "POST /start");
  });

  it("keeps only the files that the situation names, with the time that they were built", async () => {
    const content = Buffer.from("an rpm");
    const sha256 = createHash("sha256").update(content).digest("hex");
    const stray = Buffer.from("stray");
    const files = new Map([
      [sha256, content],
      [createHash("sha256").update(stray).digest("hex"), stray],
    ]);
    const named = situation({ builds: [build("a-1-1", [], { rpms: [rpm("a-1-1", "noarch", { file: { sha256 } })] })] });
    assert.equal((await infra.load(named, files)).body.files, 2);
    const { rpmDirectory } = infra.running.infrastructure;
    assert.deepEqual(readdirSync(rpmDirectory), [sha256]);
    assert.equal(statSync(join(rpmDirectory, sha256)).mtimeMs, 1_305_990_000_000);
    const served = await fetch(infra.url("koji", "/kojifiles/packages/a/1/1/noarch/a-1-1.noarch.rpm"));
    assert.equal(await served.text(), "an rpm");
    await infra.load(fedora2011());
    assert.equal(existsSync(join(rpmDirectory, sha256)), false);
  });

  it("empties the world on reset", async () => {
    const { status, body } = await infra.control("POST", "/reset");
    assert.deepEqual([status, body.builds], [200, 0]);
    assert.deepEqual(supervisors[0]?.calls, ["POST /stop", "POST /start"]);
  });

  it("sets and advances the clock, also for the system under test", async () => {
    assert.deepEqual((await infra.control("GET", "/clock")).body, { now: "2011-05-21T17:16:58Z" });
    assert.deepEqual((await infra.control("PUT", "/clock", { now: "2012-01-01T00:00:00Z" })).body, {
      now: "2012-01-01T00:00:00Z",
    });
    assert.deepEqual((await infra.control("POST", "/clock/advance", { seconds: 90 })).body, {
      now: "2012-01-01T00:01:30Z",
    });
    assert.equal(supervisors[0]?.calls.filter((call) => call.startsWith("PUT /clock")).length, 2);
    assert.equal((await infra.control("PUT", "/clock", { now: "tomorrow" })).status, 400);
    assert.equal((await infra.control("POST", "/clock/advance", { seconds: -1 })).status, 400);
  });

  it("keeps the journal: who, what, arguments, answer, and what was written or not modelled", async () => {
    await fetch(infra.url("koji", "/kojihub"), {
      method: "POST",
      body: "<methodCall><methodName>makeCoffee</methodName></methodCall>",
    });
    await infra.get("resultsdb", "/api/v2.0/results?item=a");
    await infra.get("resultsdb", "/api/v2.0/results", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ outcome: "INFO", testcase: "t" }),
    });
    const [coffee, read, write] = await infra.journal();
    assert.deepEqual(
      [coffee.seq, coffee.service, coffee.client, coffee.method, coffee.unmodelled, coffee.write],
      [1, "koji", "127.0.0.1", "makeCoffee", true, false],
    );
    assert.deepEqual(coffee.answer, { faultCode: 1000, faultString: "Invalid method: makeCoffee" });
    assert.deepEqual([read.arguments, read.write, read.at], [{ item: "a" }, false, "2011-05-21T17:16:58Z"]);
    assert.deepEqual([write.method, write.status, write.write], ["POST /api/v2.0/results", 201, true]);
    const { body } = await infra.control("GET", "/journal?after=2");
    assert.deepEqual(
      body.map(({ seq }: { seq: number }) => seq),
      [3],
    );
    assert.equal((await infra.control("GET", "/journal?after=x")).status, 400);
  });

  describe("actions", () => {
    const act = (action: object) => infra.control("POST", "/actions", action);
    const tags = (): string[] => {
      const { world } = infra.running.infrastructure;
      const listings = world.buildsByNvr.get("mint-2.0-1.fc15")?.listings ?? [];
      return listings.filter(({ revokeEvent }) => revokeEvent === null).map(({ tagId }) => world.tagById(tagId).name);
    };

    it("tag, untag and delete builds", async () => {
      assert.deepEqual(await act({ action: "tagBuild", build: "mint-2.0-1.fc15", tag: "dist-f15-updates" }), {
        status: 200,
        body: { done: true },
      });
      assert.ok(tags().includes("dist-f15-updates"));
      await act({ action: "untagBuild", build: "mint-2.0-1.fc15", tag: "dist-f15-updates" });
      assert.ok(!tags().includes("dist-f15-updates"));
      await act({ action: "deleteBuild", build: "mint-2.0-1.fc15" });
      assert.deepEqual(tags(), []);
    });

    it("request, edit, comment and push as bodhi does", async () => {
      await act({ action: "commentUpdate", update: "FEDORA-2011-7551", author: "tester", text: "Fine", karma: 1 });
      await act({ action: "push", request: "testing", release: "F15" });
      assert.deepEqual(tags(), ["dist-f15-updates-testing"]);
      await act({ action: "editUpdate", update: "FEDORA-2011-7551", builds: ["mint-1.2-1.fc15"] });
      assert.deepEqual(tags(), ["dist-f15-updates-candidate"]);
      await act({ action: "requestUpdate", update: "FEDORA-2011-7551", request: "revoke" });
      const { posts, comments } = {
        posts: (await infra.control("GET", "/posts")).body,
        comments: infra.running.infrastructure.world.bodhi.comments,
      };
      assert.deepEqual(posts.comments, [], "what people of the scenario say is no post");
      assert.equal(comments[0]?.author, "tester");
      assert.ok(posts.mail.length > 0);
    });

    it("move the clock for everybody", async () => {
      await act({ action: "advanceClock", seconds: 86_400 });
      assert.deepEqual((await infra.control("GET", "/clock")).body, { now: "2011-05-22T17:16:58Z" });
      assert.equal(supervisors[0]?.calls.length, 1);
    });

    it("inject and clear faults", async () => {
      await act({ action: "fault", kind: "http", service: "resultsdb", times: 1 });
      assert.equal((await infra.get("resultsdb", "/api/v2.0")).status, 500);
      assert.equal((await infra.get("resultsdb", "/api/v2.0")).status, 300);
      await act({ action: "fault", kind: "drop", service: "bodhi" });
      await act({ action: "clearFaults" });
      assert.equal((await infra.get("bodhi", "/releases/")).status, 200);
    });

    for (const [what, action, status, message] of [
      ["an unknown one", { action: "dance" }, 400, /./],
      ["an unknown field", { action: "push", request: "testing", colour: 1 }, 400, /colour/],
      [
        "a build that is none",
        { action: "tagBuild", build: "x-1-1", tag: "dist-f15" },
        422,
        /no build is called "x-1-1"/,
      ],
      ["a tag that is none", { action: "tagBuild", build: "mint-2.0-1.fc15", tag: "x" }, 422, /no tag is called "x"/],
      [
        "an update that is none",
        { action: "requestUpdate", update: "x", request: "stable" },
        422,
        /no update is called "x"/,
      ],
      [
        "what koji refuses",
        { action: "untagBuild", build: "mint-2.0-1.fc15", tag: "dist-f15" },
        422,
        /not in tag dist-f15/,
      ],
      [
        "what bodhi refuses",
        { action: "requestUpdate", update: "FEDORA-2011-7551", request: "testing" },
        422,
        /already been submitted to testing/,
      ],
      ["a fault of an unknown kind", { action: "fault", kind: "earthquake" }, 400, /./],
    ] as const) {
      it(`refuse ${what}`, async () => {
        const answer = await act(action);
        assert.equal(answer.status, status, JSON.stringify(answer.body));
        assert.match(answer.body.error.message, message);
      });
    }
  });

  it("answers what it does not have, and bodies that are none, without a stack", async () => {
    assert.equal((await infra.control("GET", "/nothing")).status, 404);
    const post = (body: string, type = "application/json") =>
      fetch(infra.url("control", "/actions"), {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}`, "content-type": type },
        body,
      });
    for (const [response, status] of [
      [await post("{"), 400],
      [await post("a=b", "application/x-www-form-urlencoded"), 415],
      [await post(""), 400],
    ] as const) {
      assert.equal(response.status, status);
      assert.doesNotMatch(await response.text(), /at .*\.(ts|js):/);
    }
    assert.equal((await post("x".repeat(5 << 20))).status, 413);
  });
});
