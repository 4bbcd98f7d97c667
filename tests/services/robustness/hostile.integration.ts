/** What has brought servers down: entities, bodies, depths and clients without end. */
import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { encodeCall } from "../../../services/xmlrpc/encode";
import { TOKEN } from "../support/infra";
import { FORM } from "./forms";
import { AttackedServer } from "./server";

describe("robustness: hostile", function () {
  this.timeout(300_000);
  let server: AttackedServer;

  before(async () => {
    server = await AttackedServer.start();
  });
  afterEach(() => server.assertWell());
  after(() => server.stop());

  it("a billion laughs", async () => {
    const entities = Array.from(
      { length: 10 },
      (_, index) => `<!ENTITY a${index + 1} "${`&a${index};`.repeat(10)}">`,
    ).join("");
    const body = Buffer.from(
      `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">${entities}]><methodCall><methodName>&a10;</methodName></methodCall>`,
    );
    for (const [service, path] of [
      ["koji", "/kojihub"],
      ["resultsdb", "/xmlrpc"],
    ] as const) {
      const started = performance.now();
      const { status } = await server.send(service, {
        method: "POST",
        path,
        headers: { "content-type": "text/xml" },
        body,
      });
      assert.equal(status, 400);
      assert.ok(performance.now() - started < 2000);
    }
  });

  it("a file of the server as an external entity", async () => {
    const body = Buffer.from(
      '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><methodCall><methodName>&f;</methodName></methodCall>',
    );
    const { status, text } = await server.send("koji", { method: "POST", path: "/kojihub", headers: {}, body });
    assert.equal(status, 400);
    assert.doesNotMatch(text, /root:/);
  });

  it("bodies of 100 MB", async () => {
    for (const [service, path] of [
      ["koji", "/kojihub"],
      ["bodhi", "/comment"],
      ["resultsdb", "/api/v2.0/results"],
    ] as const) {
      assert.match(
        await server.raw(
          service,
          `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${100 << 20}\r\n\r\n`,
          Buffer.alloc(100 << 20, 0x41),
        ),
        /^HTTP\/1\.1 413 /,
        path,
      );
    }
    const headers = `authorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\n`;
    assert.match(
      await server.raw(
        "control",
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
    assert.equal((await server.send("koji", { method: "POST", path: "/kojihub", headers: {}, body })).status, 400);
    const json = Buffer.from(`{"outcome":${"[".repeat(100_000)}`);
    const answered = await server.send("resultsdb", {
      method: "POST",
      path: "/api/v2.0/results",
      headers: { "content-type": "application/json" },
      body: json,
    });
    assert.equal(answered.status, 400);
  });

  it("bytes that are not UTF-8", async () => {
    const body = Buffer.from([0x3c, 0xff, 0xfe, 0xc3, 0x28, 0x3e]);
    assert.equal((await server.send("koji", { method: "POST", path: "/kojihub", headers: {}, body })).status, 400);
    assert.equal(
      (await server.send("bodhi", { method: "POST", path: "/comment", headers: { "content-type": FORM }, body }))
        .status,
      400,
    );
    assert.equal(
      (
        await server.send("resultsdb", {
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
      const socket = createConnection(server.ports[index % 2 === 0 ? "koji" : "bodhi"], "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write("POST /kojihub HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n<");
      return socket;
    });
    const call = Buffer.from(encodeCall("getAPIVersion", []));
    const answers = await Promise.all(
      Array.from({ length: 250 }, () =>
        server.raw(
          "koji",
          `POST /kojihub HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${call.length}\r\n\r\n`,
          call,
        ),
      ),
    );
    assert.equal(answers.filter((answer) => answer.includes("<int>1</int>")).length, 250);
    for (const socket of slow) socket.destroy();
  });
});
