/**
 * Whatever clients send: 20,000 inputs for each server from a fixed seed, made of real requests that are bent in every
 * place, and of noise. No crash, no hang, no stack in an answer, no defect of ours reported, memory bounded.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { allSignatures } from "../../services/koji/binding";
import { encodeCall } from "../../services/xmlrpc/encode";
import { Double, type Value } from "../../services/xmlrpc/values";
import { TOKEN, tarOf } from "./support/infra";
import { fedora2011 } from "./support/situation";

const INPUTS = 20_000;
const CONCURRENCY = 24;
const MEMORY_LIMIT_MB = 512;
const ANSWER_TIMEOUT_MS = 20_000;
const PASSWORD = "a password that no answer shows";

/** A small generator of numbers (mulberry32), so that a failure can be had again. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Texts that have broken servers before. */
const NASTY = [
  "",
  " ",
  "0",
  "-1",
  "1e999",
  "NaN",
  "99999999999999999999",
  "null",
  "true",
  "[]",
  "{}",
  "__proto__",
  "constructor",
  "' OR '1'='1",
  "'; DROP TABLE result; --",
  "%",
  "_",
  "*",
  "%00",
  "\u0000",
  "../../../../etc/passwd",
  "..%2f..%2f",
  "<script>alert(1)</script>",
  "&lt;",
  "]]>",
  "<!DOCTYPE x>",
  "$" + "{7*7}",
  "{{7*7}}",
  "a".repeat(5000),
  "ü€\u{1f37a}",
  "\ud800",
  "\u202e",
  "\r\nSet-Cookie: x=y",
  "(a+)+$",
  "[",
  "\\",
  "mint",
  "mint-2.0-1.fc15",
  "dist-f15",
  "FEDORA-2011-7551",
  "F15",
  "lmacken",
  "2011-05-21 00:00:00",
  "2011-99-99",
  "asc:submit_time",
  "item:like",
  "koji_build",
];

class Bender {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = numbers(seed);
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  text(): string {
    return this.anyText();
  }

  /** Text as a URL can carry it. */
  urlText(): string {
    return encodeURIComponent(this.anyText().replace(/[\ud800-\udfff]/g, "?"));
  }

  private anyText(): string {
    return this.next() < 0.8
      ? this.pick(NASTY)
      : String.fromCodePoint(...Array.from({ length: this.below(12) }, () => 1 + this.below(0xd7ff)));
  }

  value(depth = 0): Value {
    switch (this.below(depth > 3 ? 7 : 10)) {
      case 0:
        return null;
      case 1:
        return this.next() < 0.5;
      case 2:
        return this.below(20) - 3;
      case 3:
        return new Double(this.pick([0, -1.5, 1e300, 1305998218.5]));
      case 4:
      case 5:
        return this.text();
      case 6:
        return BigInt(this.pick(["9007199254740993", "-99999999999999999999", "4294967296"]));
      case 7:
        return Array.from({ length: this.below(4) }, () => this.value(depth + 1));
      case 8:
        return Buffer.from(this.text());
      default:
        return Object.fromEntries(
          Array.from({ length: this.below(4) }, () => [
            this.pick([this.text(), "id", "name", "order", "limit", "offset", "countOnly", "__starstar"]),
            this.value(depth + 1),
          ]),
        );
    }
  }

  /** Cuts, doubles, swaps or replaces bytes. */
  bend(bytes: Buffer): Buffer {
    let bent = Buffer.from(bytes);
    for (let times = this.below(4); times > 0; times -= 1) {
      const at = this.below(bent.length + 1);
      const end = Math.min(bent.length, at + this.below(30));
      const part = this.pick([
        Buffer.alloc(0),
        Buffer.from(this.text()),
        bent.subarray(at, end),
        Buffer.from([0xff, 0xfe, 0xc0, 0x80]),
        Buffer.from("<value>"),
      ]);
      bent = Buffer.concat([bent.subarray(0, at), part, bent.subarray(this.next() < 0.5 ? end : at)]);
    }
    return bent;
  }
}

interface Input {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

const FORM = "application/x-www-form-urlencoded";

function kojiInput(bender: Bender, methods: readonly string[]): Input {
  const path =
    bender.next() < 0.9
      ? "/kojihub"
      : bender.pick([
          "/kojifiles/packages/",
          "/kojifiles/repos/",
          "/repositories/",
          "/",
          "/builds/",
          "/search?terms=",
        ]) + bender.urlText();
  const method = bender.next() < 0.9 ? bender.pick(methods) : bender.text();
  const params = Array.from({ length: bender.below(4) }, () => bender.value());
  if (bender.next() < 0.3)
    params.push({
      ...Object.fromEntries([
        [bender.pick(["tag", "build", "event", "latest", "inherit", "queryOpts", "package", "strict"]), bender.value()],
      ]),
      __starstar: true,
    });
  const calls: Value[] = bender.next() < 0.1 ? [[{ methodName: method, params }, bender.value()]] : params;
  const xml = Buffer.from(encodeCall(calls === params ? method : "multiCall", calls));
  const session =
    bender.next() < 0.1 ? `?session-id=${bender.urlText()}&session-key=x&callnum=${bender.urlText()}` : "";
  return {
    method:
      path === "/kojihub" && bender.next() < 0.97 ? "POST" : bender.pick(["GET", "PUT", "DELETE", "OPTIONS", "HEAD"]),
    path: path + (path === "/kojihub" ? session : ""),
    headers: { "content-type": bender.pick(["text/xml", "text/xml", "application/json", FORM, "x"]) },
    body: bender.next() < 0.5 ? xml : bender.bend(xml),
  };
}

const BODHI_PATHS = [
  "/list",
  "/comment",
  "/get_updates_from_builds",
  "/request",
  "/save",
  "/delete",
  "/login",
  "/logout",
  "/latest_builds",
  "/releases",
  "/mine",
  "/updates/",
  "/updates/FEDORA-2011-7551",
  "/updates/FEDORA-2011-7551/request",
  "/comments/",
  "/comments/1",
  "/releases/",
  "/releases/F15",
  "/builds/",
  "/packages/",
  "/users/",
  "/users/lmacken",
  "/overrides/",
  "/composes/",
  "/csrf",
  "/idp/token",
  "/idp/authorize",
  "/idp/userinfo",
  "/oidc/login-token",
];
const BODHI_FIELDS = [
  "title",
  "text",
  "karma",
  "email",
  "user_name",
  "password",
  "release",
  "releases",
  "package",
  "packages",
  "builds",
  "status",
  "request",
  "type",
  "type_",
  "page",
  "rows_per_page",
  "like",
  "search",
  "submitted_since",
  "pushed_before",
  "bugs",
  "csrf_token",
  "update",
  "action",
  "mine",
  "tg_paginate_limit",
  "tg_paginate_no",
  "created_since",
  "count_only",
  "notes",
  "edited",
  "grant_type",
  "username",
  "code",
  "redirect_uri",
  "state",
  "bug_feedback.0.bug_id",
  "bug_feedback",
  "severity",
  "user",
];

function formInput(bender: Bender, paths: readonly string[], fields: readonly string[], json: boolean): Input {
  const known: Record<string, string> = { user_name: "autoqa", password: PASSWORD };
  const pairs = Array.from({ length: bender.below(6) }, (): [string, string] => {
    const name = bender.next() < 0.95 ? bender.pick(fields) : bender.text();
    return [name, name in known && bender.next() < 0.9 ? (known[name] as string) : bender.text()];
  });
  const query = new URLSearchParams(bender.next() < 0.5 ? pairs : []).toString();
  const bare = bender.next() < 0.95 ? bender.pick(paths) : `/${bender.urlText()}`;
  const path = bare + (bender.next() < 0.05 ? `/${bender.urlText()}` : "") + (query === "" ? "" : `?${query}`);
  const asJson = json || bender.next() < 0.2;
  const object = Object.fromEntries([
    ...pairs,
    ...(json
      ? [
          ["outcome", bender.pick(["PASSED", bender.text()])],
          ["testcase", bender.value()],
          ["data", bender.value()],
          ["groups", bender.value()],
          ["submit_time", bender.value()],
        ]
      : []),
  ] as [string, unknown][]);
  const text = asJson
    ? JSON.stringify(object, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value))
    : new URLSearchParams(pairs).toString();
  const method = bender.pick(["GET", "POST", "POST", "GET", "PUT", "DELETE", "PATCH"]);
  const body = method === "GET" ? Buffer.alloc(0) : Buffer.from(text);
  return {
    method,
    path,
    headers: {
      "content-type": bender.pick([
        asJson ? "application/json" : FORM,
        asJson ? "application/json" : FORM,
        "multipart/form-data; boundary=x",
        "text/plain",
      ]),
    },
    body: bender.next() < 0.6 ? body : bender.bend(body),
  };
}

const RESULTSDB_PATHS = [
  "/results",
  "/results/latest",
  "/results/1",
  "/results/x",
  "/groups",
  "/groups/g",
  "/groups/g/results",
  "/testcases",
  "/testcases/t",
  "/testcases/t/results",
  "/healthcheck",
  "",
].map((path) => `/api/v2.0${path}`);
const RESULTSDB_FIELDS = [
  "outcome",
  "testcases",
  "testcases:like",
  "groups",
  "since",
  "page",
  "limit",
  "_sort",
  "_distinct_on",
  "item",
  "item:like",
  "item:odd:key",
  "name",
  "name:like",
  "description",
  "uuid",
  "note",
  "ref_url",
];

function resultsdbInput(bender: Bender): Input {
  if (bender.next() < 0.1) {
    const method = bender.pick([
      "start_job",
      "start_testrun",
      "end_testrun",
      "start_phase",
      "end_phase",
      "store_keyval",
      "x",
    ]);
    const xml = Buffer.from(
      encodeCall(
        method,
        Array.from({ length: bender.below(5) }, () => bender.value()),
      ),
    );
    return {
      method: "POST",
      path: "/xmlrpc",
      headers: { "content-type": "text/xml" },
      body: bender.next() < 0.5 ? xml : bender.bend(xml),
    };
  }
  return formInput(bender, RESULTSDB_PATHS, RESULTSDB_FIELDS, true);
}

function controlInput(bender: Bender, tar: Buffer): Input {
  const authorization = bender.next() < 0.9 ? `Bearer ${TOKEN}` : `Bearer x${bender.below(9)}`;
  if (bender.next() < 0.05) {
    // Never a whole situation: a load that succeeds would make the rest another test.
    const cut = bender.bend(tar.subarray(0, bender.below(tar.length - 600)));
    return {
      method: "PUT",
      path: "/situation",
      headers: { authorization, "content-type": "application/x-tar" },
      body: cut,
    };
  }
  const [method = "", path = ""] = bender
    .pick([
      "GET /posts",
      "GET /journal?after=",
      "GET /clock",
      "POST /clock/advance",
      "PUT /clock",
      "POST /actions",
      "POST /faults",
      "DELETE /faults",
      "GET /faults",
      "GET /x",
      "GET /openapi.json",
    ])
    .split(" ");
  const object = {
    action: bender.pick(["tagBuild", "commentUpdate", "push", "requestUpdate", "editUpdate", bender.text()]),
    ...Object.fromEntries(
      ["build", "tag", "update", "author", "text", "karma", "request", "release", "seconds", "now", "service", "builds"]
        .filter(() => bender.next() < 0.4)
        .map((name) => [name, bender.value()]),
    ),
  };
  const body = Buffer.from(
    JSON.stringify(object, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value)),
  );
  return {
    method,
    path: path.endsWith("=") ? path + bender.urlText() : path,
    headers: { authorization, "content-type": bender.pick(["application/json", "application/json", "x"]) },
    body: method === "GET" ? Buffer.alloc(0) : bender.next() < 0.6 ? body : bender.bend(body),
  };
}

interface Answered {
  status: number;
  text: string;
}

describe("robustness", function () {
  this.timeout(600_000);
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  let directory: string;
  let child: ChildProcess;
  let ports: Record<"koji" | "bodhi" | "resultsdb" | "control", number>;
  let complaints = "";

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "robust-"));
    const secrets = join(directory, "secrets.json");
    writeFileSync(secrets, JSON.stringify({ controlToken: TOKEN, accounts: { autoqa: PASSWORD } }));
    const free = ["koji", "bodhi", "resultsdb", "control"].flatMap((name) => [`--${name}-port`, "0"]);
    const program = ["-r", "./setup/typescript.cjs", join(process.cwd(), "services/main.ts")];
    child = spawn(
      process.execPath,
      [...program, ...free, "--state-directory", join(directory, "state"), "--secrets-file", secrets],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    child.stderr?.on("data", (chunk) => {
      complaints += chunk;
    });
    const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), "line")) as [string];
    ports = JSON.parse(line) as typeof ports;
  });
  after(async () => {
    agent.destroy();
    child.kill();
    await once(child, "exit");
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    complaints = "";
    await load();
  });
  afterEach(() => {
    assert.equal(child.exitCode, null, "the server is alive");
    const megabytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;
    assert.ok(megabytes < MEMORY_LIMIT_MB, `${megabytes} MB`);
    assert.equal(complaints, "", "no defect was logged");
  });

  async function load(): Promise<void> {
    const body = new Uint8Array(await tarOf(JSON.stringify(fedora2011())));
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/x-tar" };
    const response = await fetch(`http://127.0.0.1:${ports.control}/situation`, { method: "PUT", headers, body });
    assert.equal(response.status, 200);
  }

  function send(port: number, input: Input): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          port,
          host: "127.0.0.1",
          method: input.method,
          path: input.path,
          headers: { ...input.headers, "content-length": input.body.length },
          agent,
          timeout: ANSWER_TIMEOUT_MS,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
          );
          response.on("error", reject);
        },
      );
      call.on("timeout", () => call.destroy(new Error("no answer in time")));
      call.on("error", reject);
      call.end(input.body);
    });
  }

  function check(input: Input, { status, text }: Answered): void {
    const shown = `${input.method} ${input.path} ${input.body.toString("utf8").slice(0, 2000)}\n→ ${status} ${text.slice(0, 1000)}`;
    assert.ok(status < 500 || /does not match format/.test(text), shown);
    assert.doesNotMatch(text, /internal error|\n\s+at .+:\d+:\d+|\.ts:\d+|\.js:\d+|node:internal/, shown);
    assert.ok(!text.includes(PASSWORD), shown);
    assert.ok(!text.includes("root:x:0:0"), shown);
  }

  async function flood(port: number, make: (bender: Bender) => Input, seed: number): Promise<Map<number, number>> {
    const bender = new Bender(seed);
    const statuses = new Map<number, number>();
    let sent = 0;
    const worker = async (): Promise<void> => {
      while (sent < INPUTS) {
        sent += 1;
        const input = make(bender);
        // A path with bytes that HTTP has no place for cannot be sent by this client.
        if (/[^\x21-\x7e]/.test(input.path)) input.path = encodeURI(input.path);
        const answered = await send(port, input).catch((error: Error) => {
          throw new Error(
            `${error.message}: ${input.method} ${input.path} ${input.body.toString("utf8").slice(0, 2000)}`,
          );
        });
        check(input, answered);
        statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return statuses;
  }

  it(`koji: ${INPUTS} inputs`, async () => {
    const methods = [...allSignatures().keys()].filter((name) => name !== "fault");
    const statuses = await flood(ports.koji, (bender) => kojiInput(bender, methods), 1);
    assert.ok((statuses.get(200) ?? 0) > INPUTS / 4, JSON.stringify([...statuses]));
  });

  it(`bodhi: ${INPUTS} inputs`, async () => {
    const statuses = await flood(ports.bodhi, (bender) => formInput(bender, BODHI_PATHS, BODHI_FIELDS, false), 2);
    assert.ok((statuses.get(200) ?? 0) > INPUTS / 10, JSON.stringify([...statuses]));
  });

  it(`ResultsDB: ${INPUTS} inputs`, async () => {
    const statuses = await flood(ports.resultsdb, resultsdbInput, 3);
    assert.ok((statuses.get(200) ?? 0) > INPUTS / 10, JSON.stringify([...statuses]));
  });

  it(`the control API: ${INPUTS} inputs`, async () => {
    const tar = await tarOf(JSON.stringify(fedora2011()));
    const statuses = await flood(ports.control, (bender) => controlInput(bender, tar), 4);
    assert.ok((statuses.get(200) ?? 0) > INPUTS / 10, JSON.stringify([...statuses]));
    await fetch(`http://127.0.0.1:${ports.control}/faults`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
  });

  it("a billion laughs", async () => {
    const entities = Array.from(
      { length: 10 },
      (_, index) => `<!ENTITY a${index + 1} "${`&a${index};`.repeat(10)}">`,
    ).join("");
    const body = Buffer.from(
      `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">${entities}]><methodCall><methodName>&a10;</methodName></methodCall>`,
    );
    for (const [port, path] of [
      [ports.koji, "/kojihub"],
      [ports.resultsdb, "/xmlrpc"],
    ] as const) {
      const started = performance.now();
      const { status } = await send(port, { method: "POST", path, headers: { "content-type": "text/xml" }, body });
      assert.equal(status, 400);
      assert.ok(performance.now() - started < 2000);
    }
  });

  it("a file of the server as an external entity", async () => {
    const body = Buffer.from(
      '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><methodCall><methodName>&f;</methodName></methodCall>',
    );
    const { status, text } = await send(ports.koji, { method: "POST", path: "/kojihub", headers: {}, body });
    assert.equal(status, 400);
    assert.doesNotMatch(text, /root:/);
  });

  it("bodies of 100 MB", async () => {
    for (const [port, path] of [
      [ports.koji, "/kojihub"],
      [ports.bodhi, "/comment"],
      [ports.resultsdb, "/api/v2.0/results"],
    ] as const) {
      assert.match(
        await raw(
          port,
          `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${100 << 20}\r\n\r\n`,
          Buffer.alloc(100 << 20, 0x41),
        ),
        /^HTTP\/1\.1 413 /,
        path,
      );
    }
    const headers = `authorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\n`;
    assert.match(
      await raw(
        ports.control,
        `POST /actions HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${100 << 20}\r\n\r\n`,
        Buffer.alloc(100 << 20, 0x41),
      ),
      /^HTTP\/1\.1 413 /,
    );
  });

  it("values nested a hundred thousand deep", async () => {
    const body = Buffer.from(
      `<methodCall><methodName>echo</methodName><params><param>${"<value><array><data>".repeat(100_000)}`,
    );
    assert.equal((await send(ports.koji, { method: "POST", path: "/kojihub", headers: {}, body })).status, 400);
    const json = Buffer.from(`{"outcome":${"[".repeat(100_000)}`);
    const answered = await send(ports.resultsdb, {
      method: "POST",
      path: "/api/v2.0/results",
      headers: { "content-type": "application/json" },
      body: json,
    });
    assert.equal(answered.status, 400);
  });

  it("bytes that are not UTF-8", async () => {
    const body = Buffer.from([0x3c, 0xff, 0xfe, 0xc3, 0x28, 0x3e]);
    assert.equal((await send(ports.koji, { method: "POST", path: "/kojihub", headers: {}, body })).status, 400);
    assert.equal(
      (await send(ports.bodhi, { method: "POST", path: "/comment", headers: { "content-type": FORM }, body })).status,
      400,
    );
    assert.equal(
      (
        await send(ports.resultsdb, {
          method: "POST",
          path: "/api/v2.0/results",
          headers: { "content-type": "application/json" },
          body,
        })
      ).status,
      400,
    );
  });

  it("500 connections, 250 of them slow", async () => {
    const slow = Array.from({ length: 250 }, (_, index) => {
      const socket = createConnection(index % 2 === 0 ? ports.koji : ports.bodhi, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write("POST /kojihub HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n<");
      return socket;
    });
    const call = Buffer.from(encodeCall("getAPIVersion", []));
    const answers = await Promise.all(
      Array.from({ length: 250 }, () =>
        raw(
          ports.koji,
          `POST /kojihub HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${call.length}\r\n\r\n`,
          call,
        ),
      ),
    );
    assert.equal(answers.filter((answer) => answer.includes("<int>1</int>")).length, 250);
    for (const socket of slow) socket.destroy();
  });

  /** Writes as fast as the server takes it; what the server said when it had enough. */
  function raw(port: number, head: string, body: Buffer): Promise<string> {
    return new Promise((resolve) => {
      const socket = createConnection(port, "127.0.0.1");
      let out = "";
      socket.on("data", (chunk) => {
        out += chunk;
      });
      socket.on("error", () => resolve(out));
      socket.on("close", () => resolve(out));
      socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
      socket.write(head);
      socket.end(body);
    });
  }
});
