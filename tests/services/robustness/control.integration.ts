/** The control API: actions, faults, clocks and cut-off situations, mostly by one who has the token. */
import assert from "node:assert/strict";
import { TOKEN, tarOf } from "../support/infra";
import { fedora2011 } from "../support/situation";
import type { Bender } from "./bender";
import { jsonOf } from "./forms";
import { AttackedServer, INPUTS, type Input } from "./server";

function controlInput(bender: Bender, tar: Buffer): Input {
  const authorization = bender.next() < 0.9 ? `Bearer ${TOKEN}` : `Bearer x${bender.below(9)}`;
  if (bender.next() < 0.02) {
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
  const body = Buffer.from(jsonOf(object));
  return {
    method,
    path: path.endsWith("=") ? path + bender.urlText() : path,
    headers: { authorization, "content-type": bender.pick(["application/json", "application/json", "x"]) },
    body: method === "GET" ? Buffer.alloc(0) : bender.next() < 0.6 ? body : bender.bend(body),
  };
}

describe("robustness: control", function () {
  this.timeout(300_000);
  let server: AttackedServer;

  before(async () => {
    server = await AttackedServer.start();
  });
  afterEach(() => server.assertWell());
  after(() => server.stop());

  it(`${INPUTS} inputs`, async () => {
    const tar = await tarOf(JSON.stringify(fedora2011()));
    const statuses = await server.flood("control", (bender) => controlInput(bender, tar), 4);
    assert.ok((statuses.get(200) ?? 0) > INPUTS / 10, JSON.stringify([...statuses]));
  });
});
