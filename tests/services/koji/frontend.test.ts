/** What koji's clients send over HTTP, those of today and those of 2011. */
import assert from "node:assert/strict";
import { decodeResponse } from "../../../services/xmlrpc/decode";
import { encodeCall } from "../../../services/xmlrpc/encode";
import type { Value } from "../../../services/xmlrpc/values";
import { ACCOUNTS, TestInfra } from "../support/infra";
import { fedora2011 } from "../support/situation";

const TAG = ["dist-f15-updates", "mint-2.0-1.fc15"];

describe("services/koji: the hub over HTTP", () => {
  let infra: TestInfra;

  before(async () => {
    infra = await TestInfra.start();
  });
  after(() => infra.close());
  beforeEach(() => infra.load(fedora2011()));

  async function call(method: string, params: Value[], query = "", headers: Record<string, string> = {}) {
    const body = encodeCall(method, params);
    const answer = await infra.get("koji", `/kojihub${query}`, { method: "POST", body, headers });
    assert.equal(answer.status, 200, answer.body);
    return decodeResponse(answer.body);
  }

  async function login(): Promise<{ id: string; key: string; told: Value }> {
    const response = await call("login", ["autoqa", ACCOUNTS.autoqa]);
    assert.ok(response.kind === "value");
    const told = response.value as { "session-id": number; "session-key": string; "header-auth": boolean };
    return { id: String(told["session-id"]), key: told["session-key"], told };
  }

  it("takes POST only, and says which koji it is", async () => {
    const response = await fetch(infra.url("koji", "/kojihub"));
    assert.equal(response.status, 405);
    assert.match(
      await response.text(),
      /^Method Not Allowed\nThis is an XML-RPC server\. Only POST requests are accepted\.$/,
    );
    assert.match(response.headers.get("koji-version") ?? "", /^1\.\d+/);
    assert.equal((await infra.get("koji", "/kojihub", { method: "POST" })).status, 400);
  });

  it("knows a session by the headers that clients have sent since 1.31", async () => {
    const { id, key, told } = await login();
    assert.equal((told as { "header-auth": boolean })["header-auth"], true);
    const headers = { "koji-session-id": id, "koji-session-key": key, "koji-session-callnum": "1" };
    assert.equal((await call("tagBuild", TAG, "", headers)).kind, "value");
    assert.deepEqual(await call("getLoggedInUser", [], "", { ...headers, "koji-session-key": "x" }), {
      kind: "fault",
      code: 1002,
      message: "Invalid session or bad credentials",
    });
  });

  it("knows a session by the URL, as clients sent it in 2011", async () => {
    const { id, key } = await login();
    const session = (number: number) => `?session-id=${id}&session-key=${encodeURIComponent(key)}&callnum=${number}`;
    assert.equal((await call("tagBuild", TAG, session(1))).kind, "value");
    assert.deepEqual(await call("tagBuild", TAG, session(1)), {
      kind: "fault",
      code: 1009,
      message: `unable to retry call 1 for session ${id}`,
    });
    assert.deepEqual(await call("getLoggedInUser", [], session(0)), {
      kind: "fault",
      code: 1008,
      message: `1 > 0 (session ${id})`,
    });
    assert.equal((await call("logout", [], session(2))).kind, "value");
    assert.equal((await call("getLoggedInUser", [], session(3))).kind, "fault");
  });

  it("lets nobody write without a session", async () => {
    assert.deepEqual(await call("tagBuild", TAG), {
      kind: "fault",
      code: 1004,
      message: "you must be logged in for this operation",
    });
  });

  it("records no password and no session's key", async () => {
    const { key } = await login();
    const journal = JSON.stringify(await infra.journal());
    assert.ok(!journal.includes(ACCOUNTS.autoqa) && !journal.includes(key), journal);
  });
});
