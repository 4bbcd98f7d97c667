import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allSignatures } from "../../../services/koji/binding";
import { isModelled } from "../../../services/koji/hub";
import type { Value } from "../../../services/xmlrpc/values";
import { Hub } from "../support/hub";
import { build, fedora2011, situation } from "../support/situation";

const CANDIDATE = "dist-f15-updates-candidate";
const UPDATES = "dist-f15-updates";
const REAL_API = readFileSync(join(__dirname, "listapi.txt"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

describe("services/koji/hub", () => {
  it("tells of the real hub's API, with the one method more that AutoQA calls", () => {
    const hub = new Hub(fedora2011());
    const api: { name: string; argdesc: string; args: unknown[] }[] = hub.call("_listapi");
    const told = api.map(({ name, argdesc }) => name + argdesc);
    const own = "tagHistory(build=None, tag=None, package=None, active=None, queryOpts=None)";
    assert.deepEqual(told.sort(), [...REAL_API, own].sort());
    assert.deepEqual(api.find(({ name }) => name === "getBuild")?.args, ["buildInfo", ["strict", false]]);
    assert.deepEqual(
      hub.call("system.listMethods"),
      api.map(({ name }) => name),
    );
    assert.equal(hub.call("system.methodHelp", "getBuild"), "getBuild(buildInfo, strict=False)");
  });

  it("answers or refuses each method of the real hub, and never makes anything up", () => {
    const hub = new Hub(fedora2011());
    const refused: string[] = [];
    for (const name of REAL_API.map((line) => line.replace(/\(.*/, ""))) {
      hub.records = [];
      const { parameters } = allSignatures().get(name) ?? { parameters: [] };
      const required: Value[] = parameters.filter((parameter) => !("fallback" in parameter)).map(() => 1);
      try {
        hub.call(name, ...required);
      } catch (error) {
        assert.match((error as Error).message, /^\d+: /, name);
        assert.doesNotMatch((error as Error).message, /internal error/, name);
      }
      const record = hub.records.at(-1);
      assert.ok(record);
      assert.equal(record.method, name);
      const unmodelled = record.outcome.kind === "fault" && record.outcome.unmodelled;
      if (!isModelled(name)) {
        refused.push(name);
        assert.ok(unmodelled, `${name} is not modelled, and the journal must say so`);
        assert.deepEqual(record.outcome, {
          kind: "fault",
          code: 1000,
          message: `Invalid method: ${name}`,
          unmodelled: true,
        });
      } else assert.ok(!unmodelled, `${name} is modelled`);
    }
    // What reads builds, tags, inheritance, targets, packages, RPMs, tasks, history and events is modelled.
    const reads = refused.filter((name) => /^(get|list|query|search|find|count|filter|untagged|tag[A-Z])/.test(name));
    assert.deepEqual(reads, []);
    assert.ok(refused.includes("createTag") && refused.includes("host.openTask"));
    for (const name of ["tagHistory", "multiCall", "system.multicall"]) assert.ok(isModelled(name));
  });

  it("refuses what no hub has ever had, with koji's words", () => {
    const hub = new Hub(fedora2011());
    hub.fault("1000: Invalid method: makeCoffee", "makeCoffee");
    hub.fault("1000: Invalid method: krbLogin", "krbLogin", "ticket");
    hub.fault("1000: Invalid method: __proto__", "__proto__");
    hub.fault("1000: Invalid method: constructor", "constructor");
  });

  it("makes each call of a multiCall, faults among the results", () => {
    const hub = new Hub(fedora2011());
    const results = hub.call("multiCall", [
      { methodName: "getBuild", params: ["mint-2.0-1.fc15"] },
      { methodName: "getBuild", params: ["mint-9-9", { strict: true, __starstar: true }] },
      { methodName: "makeCoffee", params: [] },
    ]);
    assert.equal(results[0][0].nvr, "mint-2.0-1.fc15");
    assert.deepEqual(results[1], { faultCode: 1000, faultString: "No such build: 'mint-9-9'", traceback: [] });
    assert.equal(results[2].faultCode, 1000);
    assert.deepEqual(
      hub.records.map(({ method }) => method),
      ["getBuild", "getBuild", "makeCoffee", "multiCall"],
    );
    hub.fault("1019: multiCall() takes one list of calls", "multiCall", "getBuild");
  });

  it("shows no defect's stack", () => {
    const hub = new Hub(fedora2011());
    Object.defineProperty(hub.world, "builds", {
      get() {
        throw new TypeError("secret /path/to/source.ts:12");
      },
    });
    hub.fault("1: <class 'Exception'>: internal error (TypeError)", "getBuild", 1);
  });
});

describe("services/koji: tagging", () => {
  it("needs a session", () => {
    const hub = new Hub(fedora2011());
    hub.fault(
      "1002: you must be logged in for this operation".replace("1002", "1004"),
      "tagBuild",
      UPDATES,
      "mint-2.0-1.fc15",
    );
    hub.fault("1004: you must be logged in for this operation", "untagBuild", CANDIDATE, "mint-2.0-1.fc15");
    assert.equal(
      hub.records.every(({ outcome }) => outcome.kind === "fault"),
      true,
    );
  });

  it("tags in a task that is finished when the call returns", () => {
    const hub = new Hub(fedora2011());
    hub.login("autoqa");
    const id = hub.call("tagBuild", UPDATES, "mint-2.0-1.fc15");
    assert.equal(hub.call("getTaskInfo", id).state, 2);
    assert.equal(hub.call("listTagged", UPDATES)[0].nvr, "mint-2.0-1.fc15");
    const again = hub.call("tagBuild", UPDATES, "mint-2.0-1.fc15");
    assert.equal(hub.call("getTaskInfo", again).state, 5, "a task that failed");
    hub.fault("1000: build mint-2.0-1.fc15 already tagged (dist-f15-updates)", "getTaskResult", again);
  });

  it("moves", () => {
    const hub = new Hub(fedora2011());
    hub.login("autoqa");
    hub.call("moveBuild", CANDIDATE, UPDATES, "mint-2.0-1.fc15");
    const tags = hub.named("listTags", [], { build: "mint-2.0-1.fc15" }).map(({ name }: { name: string }) => name);
    assert.ok(tags.includes(UPDATES) && !tags.includes(CANDIDATE));
    assert.equal(hub.call("moveAllBuilds", UPDATES, CANDIDATE, "mint").length, 3);
    assert.deepEqual(
      hub.call("listTagged", CANDIDATE).map(({ nvr }: { nvr: string }) => nvr),
      ["mint-2.0-1.fc15", "mint-1.1-1.fc15", "mint-1.2-1.fc15"],
    );
  });

  it("refuses as koji does", () => {
    const hub = new Hub(fedora2011());
    hub.login("autoqa");
    hub.fault("1000: No such build: 'mint-9-9'", "tagBuild", UPDATES, "mint-9-9");
    hub.fault("1000: No such tagInfo: 'dist-f99'", "tagBuild", "dist-f99", "mint-2.0-1.fc15");
    hub.fault("1003: build failed-1.0-1.fc15 not complete: state FAILED", "tagBuild", UPDATES, "failed-1.0-1.fc15");
    hub.fault("1003: build mint-2.0-1.fc15 not in tag dist-f15-updates", "untagBuild", UPDATES, "mint-2.0-1.fc15");
    hub.fault("1003: Package julep not in list for dist-f14", "tagBuild", "dist-f14", "julep-1.0-1.fc15");
    hub.fault("1004: tag permission required (logged in as autoqa)", "tagBuildBypass", UPDATES, "mint-2.0-1.fc15");
  });

  it("asks for the permission that a tag requires", () => {
    const tags = [{ name: "open" }, { name: "guarded", permission: "autosign" }];
    const users = [{ name: "releng", groups: ["autosign"] }];
    const hub = new Hub(
      situation({ tags, users, builds: [build("mint-1-1", ["open"]), build("mint-2-1", ["guarded"])] }),
    );
    const permission = hub.call("getAllPerms").find(({ name }: { name: string }) => name === "autosign");
    const { perm, perm_id } = hub.call("getTag", "guarded");
    assert.deepEqual([perm, perm_id], ["autosign", permission.id]);
    hub.login("autoqa");
    hub.fault("1004: tag requires autosign permission", "tagBuild", "guarded", "mint-1-1");
    hub.fault("1004: tag requires autosign permission", "untagBuild", "guarded", "mint-2-1");
    hub.login("releng");
    assert.deepEqual(hub.call("checkTagAccess", "guarded"), [true, false, ""]);
    hub.call("tagBuild", "guarded", "mint-1-1");
    assert.equal(hub.call("listTagged", "guarded").length, 2);
  });

  it("lets only admins force", () => {
    const hub = new Hub(fedora2011());
    const force = { force: true, __starstar: true };
    hub.login("autoqa");
    hub.fault("1003: Package julep not in list for dist-f14", "tagBuild", "dist-f14", "julep-1.0-1.fc15", force);
    hub.login("releng");
    hub.call("tagBuild", "dist-f14", "julep-1.0-1.fc15", force);
    assert.equal(hub.call("checkTagPackage", "dist-f14", "julep"), true);
    const before = hub.call("listTagged", UPDATES)[0].nvr;
    assert.equal(before, "mint-1.1-1.fc15");
    hub.call("tagBuild", UPDATES, "mint-1.2-1.fc15", force);
    assert.equal(hub.call("listTagged", UPDATES)[0].nvr, "mint-1.2-1.fc15", "tagged anew, so the latest");
  });
});

describe("services/koji: sessions", () => {
  it("begin with a password and end with logout", () => {
    const hub = new Hub(fedora2011());
    hub.fault("1002: invalid username or password", "login", "autoqa", "wrong");
    hub.fault("1002: invalid username or password", "login", "nobody", "");
    const {
      "session-id": id,
      "session-key": key,
      "header-auth": header,
    } = hub.call("login", "autoqa", "autoqa's password");
    assert.equal(header, true);
    hub.session = hub.sessions.find(String(id), key, "0");
    assert.equal(hub.call("getLoggedInUser").name, "autoqa");
    assert.equal(hub.call("getSessionInfo").authtype, 0);
    hub.call("logout");
    assert.throws(() => hub.sessions.find(String(id), key, "1"), {
      message: "Invalid session or bad credentials",
      code: 1002,
    });
  });

  it("cannot be guessed, forged or replayed", () => {
    const { sessions } = new Hub(fedora2011());
    const session = sessions.open("autoqa");
    const find = (id: string | undefined, key: string | undefined, call?: string) => () => sessions.find(id, key, call);
    assert.throws(find("1", "wrong"), { code: 1002 });
    assert.throws(find("99", session.key), { code: 1002 });
    assert.throws(find(undefined, session.key), { code: 1002 });
    assert.throws(find("1", undefined), { code: 1002 });
    assert.throws(find("1", session.key, "x"), { message: "Invalid callnum: 'x'" });
    assert.equal(find("1", session.key, "7")()?.userName, "autoqa");
    session.callNumber = 7;
    assert.throws(find("1", session.key, "6"), { message: "7 > 6 (session 1)", code: 1008 });
    assert.throws(find("1", session.key, "7"), { message: "unable to retry call 7 for session 1", code: 1009 });
    assert.equal(sessions.find(undefined, undefined, undefined), null);
  });
});
