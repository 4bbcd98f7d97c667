/** koji's hub and files: calls of every method with bent arguments and bent XML, and paths that lead elsewhere. */
import assert from "node:assert/strict";
import { allSignatures } from "../../../services/koji/binding";
import { encodeCall } from "../../../services/xmlrpc/encode";
import type { Value } from "../../../services/xmlrpc/values";
import type { Bender } from "./bender";
import { AttackedServer, INPUTS, type Input } from "./server";

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
    headers: {
      "content-type": bender.pick([
        "text/xml",
        "text/xml",
        "application/json",
        "application/x-www-form-urlencoded",
        "x",
      ]),
    },
    body: bender.next() < 0.5 ? xml : bender.bend(xml),
  };
}

describe("robustness: koji", function () {
  this.timeout(300_000);
  let server: AttackedServer;

  before(async () => {
    server = await AttackedServer.start();
  });
  afterEach(() => server.assertWell());
  after(() => server.stop());

  it(`${INPUTS} inputs`, async () => {
    const methods = [...allSignatures().keys()].filter((name) => name !== "fault");
    const statuses = await server.flood("koji", (bender) => kojiInput(bender, methods), 1);
    assert.ok((statuses.get(200) ?? 0) > INPUTS / 4, JSON.stringify([...statuses]));
  });
});
