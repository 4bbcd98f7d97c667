import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { Faults } from "../../../services/http/faults";
import { Journal } from "../../../services/http/journal";
import { BODY_LIMIT, type Listener, listen, serviceServer } from "../../../services/http/listener";
import { type Handler, json, text } from "../../../services/http/types";

describe("services/http", () => {
  let listener: Listener;
  let handler: Handler;
  const journal = new Journal();
  const faults = new Faults();
  const logged: string[] = [];

  before(async () => {
    const server = serviceServer({
      service: "bodhi",
      handler: (request) => handler(request),
      journal,
      faults,
      clock: () => 0,
      log: (message) => logged.push(message),
    });
    listener = await listen(server, "127.0.0.1", 0);
  });
  after(() => listener.close());
  beforeEach(() => {
    handler = (request) => json(200, { path: request.path, query: request.rawQuery, body: request.body.length });
    faults.clear();
  });

  const url = (path = "/"): string => `http://127.0.0.1:${listener.port}${path}`;

  /** Sends bytes as they are. @returns all that comes back until the server ends it */
  function raw(bytes: string | Buffer): Promise<string> {
    return new Promise((resolve) => {
      const socket = createConnection(listener.port, "127.0.0.1");
      let out = "";
      socket.on("data", (chunk) => {
        out += chunk;
      });
      socket.on("close", () => resolve(out));
      socket.on("error", () => resolve(out));
      socket.write(bytes);
      socket.setTimeout(3000, () => socket.destroy());
    });
  }

  it("hands requests on whole", async () => {
    const response = await fetch(url("/a%20b?c=d&e"), { method: "POST", body: "12345" });
    assert.deepEqual(await response.json(), { path: "/a%20b", query: "c=d&e", body: 5 });
  });

  it("answers HEAD without a body", async () => {
    const response = await fetch(url(), { method: "HEAD" });
    assert.ok(Number(response.headers.get("content-length")) > 0);
    assert.equal(await response.text(), "");
  });

  it("refuses a body that is too large as soon as it is announced", async () => {
    const response = await fetch(url(), { method: "POST", body: new Uint8Array(BODY_LIMIT + 1) });
    assert.equal(response.status, 413);
    const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${100 << 20}\r\n\r\n`;
    assert.match(await raw(head), /^HTTP\/1\.1 413 /);
  });

  it("refuses a body that grows too large without having said so", async () => {
    const chunk = `100000\r\n${"x".repeat(0x100000)}\r\n`;
    const answer = await raw(`POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(20)}`);
    assert.match(answer, /^HTTP\/1\.1 413 /);
  });

  it("answers what is no HTTP, and goes on", async () => {
    assert.match(await raw("\x16\x03\x01\x02garbage\r\n\r\n"), /^HTTP\/1\.1 400 /);
    assert.match(await raw(`GET / HTTP/1.1\r\n${"a".repeat(100_000)}\r\n\r\n`), /^HTTP\/1\.1 4\d\d /);
    assert.equal((await fetch(url())).status, 200);
  });

  it("tells of a defect without its stack, and logs it", async () => {
    handler = () => {
      throw new Error("secret place");
    };
    const response = await fetch(url());
    assert.deepEqual([response.status, await response.text()], [500, "Internal Server Error\n"]);
    assert.match(logged.at(-1) ?? "", /bodhi: GET \/: Error: secret place/);
  });

  it("serves 500 connections at one time", async () => {
    handler = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return text(200, "fine");
    };
    const answers = await Promise.all(
      Array.from({ length: 500 }, () => raw("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")),
    );
    assert.equal(answers.filter((answer) => answer.endsWith("fine")).length, 500);
  });

  it("is not held up by clients that are slow", async () => {
    const slow = Array.from({ length: 200 }, () => {
      const socket = createConnection(listener.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nx");
      return socket;
    });
    const started = performance.now();
    assert.equal((await fetch(url())).status, 200);
    assert.ok(performance.now() - started < 2000);
    for (const socket of slow) socket.destroy();
  });

  describe("faults", () => {
    it("HTTP errors, as often as they are to strike", async () => {
      faults.inject({ kind: "http", service: "bodhi", code: 503, message: "busy", match: "/busy", times: 2 });
      const statuses = [await fetch(url("/busy")), await fetch(url("/busy")), await fetch(url("/busy"))].map(
        ({ status }) => status,
      );
      assert.deepEqual(statuses, [503, 503, 200]);
    });

    it("only for paths that match, and for their service", async () => {
      faults.inject({ kind: "http", service: "bodhi", code: 500, match: "/updates/*/request" });
      faults.inject({ kind: "http", service: "koji", code: 500 });
      assert.equal((await fetch(url("/updates/x/request"))).status, 500);
      assert.equal((await fetch(url("/updates/x"))).status, 200);
    });

    it("connections that are dropped", async () => {
      faults.inject({ kind: "drop", service: "bodhi", times: 1 });
      assert.equal(await raw("GET / HTTP/1.1\r\nhost: x\r\n\r\n"), "");
      assert.equal(journal.after(0).at(-1)?.status, 0);
    });

    it("answers that are late, until faults are cleared", async () => {
      faults.inject({ kind: "delay", service: "bodhi", seconds: 0.3, times: 1 });
      const started = performance.now();
      await fetch(url());
      assert.ok(performance.now() - started >= 290);
      faults.inject({ kind: "delay", service: "bodhi", seconds: 600 });
      const waiting = fetch(url());
      setTimeout(() => faults.clear(), 50);
      assert.equal((await waiting).status, 200);
    });
  });

  describe("the journal", () => {
    it("stays small: it forgets the oldest, but nothing that was not modelled, and cuts what is long", () => {
      const kept = new Journal();
      const entry = { method: "GET /", arguments: {}, status: 200, write: false, unmodelled: false };
      kept.add("koji", "x", 0, { ...entry, unmodelled: true });
      for (let index = 0; index < 60_000; index += 1) kept.add("koji", "x", 0, { ...entry, write: true });
      const entries = kept.after(0);
      assert.ok(entries.length <= 24_001, String(entries.length));
      assert.equal(entries[0]?.seq, 1);
      assert.equal(entries.at(-1)?.seq, 60_001);
      assert.deepEqual(
        kept.after(60_000).map(({ seq }) => seq),
        [60_001],
      );
      assert.deepEqual(kept.after(60_001), []);
      assert.equal(kept.writes, 60_000);
      const long = kept.add("koji", "x", 0, { ...entry, arguments: { text: "x".repeat(10_000) } });
      assert.deepEqual((long.arguments as { truncated: boolean }).truncated, true);
    });
  });
});
