/** The clients' libraries: koji with multicall and both kinds of sessions, bodhi-client, resultsdb-api, resultsdb_conventions. */
import assert from "node:assert/strict";
import { ACCOUNTS } from "../support/infra";
import { Clients } from "./clients";

describe("the clients' libraries", function () {
  this.timeout(1_200_000);
  let clients: Clients;

  before(async () => {
    clients = await Clients.start();
  });
  after(async () => {
    await clients?.close();
  });

  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of any shape
  type Any = any;

  describe("koji", () => {
    const koji = (method: string, args: unknown[] = [], kwargs: Record<string, unknown> = {}): Promise<Any> =>
      clients.call({ client: "koji", url: clients.infra.url("koji", "/kojihub"), method, args, kwargs });
    const releng = (method: string, args: unknown[] = []): Promise<Any> =>
      clients.call({
        client: "koji",
        url: clients.infra.url("koji", "/kojihub"),
        user: "releng",
        password: ACCOUNTS.releng,
        method,
        args,
      });

    it("getAPIVersion", async () => assert.equal(await koji("getAPIVersion"), 1));
    it("listTagged as AutoQA calls it", async () => {
      const [row] = await koji("listTagged", ["f42-updates-testing-pending"], { package: "mint", latest: true });
      assert.equal(row.nvr, "mint-2.0-1.fc42");
      assert.equal(row.tag_name, "f42-updates-testing-pending");
    });
    it("getBuild of none is None", async () => assert.equal(await koji("getBuild", ["nothing-1-1"]), null));
    it("getBuild gives floats and text for times", async () => {
      const build = await koji("getBuild", ["mint-1.0-1.fc42"]);
      assert.equal(build.start_ts, Date.parse("2026-01-10T09:50:00Z") / 1000);
      assert.equal(build.completion_time, "2026-01-10 10:00:00.000000");
      assert.equal(build.epoch, null);
    });
    it("strict faults become the client's exceptions", async () => {
      await assert.rejects(koji("getBuild", ["nothing-1-1"], { strict: true }), {
        name: "GenericError",
        message: "No such build: 'nothing-1-1'",
      });
      await assert.rejects(koji("getTag", ["nothing", true]), { name: "GenericError" });
      await assert.rejects(koji("getBuild", []), { name: "ParameterError" });
      await assert.rejects(koji("tagBuild", ["f42", "tonic-0.1-1.fc42"]), { name: "ActionNotAllowed" });
    });
    it("listBuilds(completeAfter=…) with a float", async () => {
      const rows = await koji("listBuilds", [], {
        completeAfter: Date.parse("2026-02-28T00:00:00Z") / 1000 + 0.5,
        state: 1,
      });
      assert.ok(rows.some(({ nvr }: Any) => nvr === "mint-2.0-1.fc42"));
      assert.ok(!rows.some(({ nvr }: Any) => nvr === "mint-1.0-1.fc42"));
    });
    it("tagHistory", async () => {
      const rows = await koji("tagHistory", ["mint-2.0-1.fc42"]);
      assert.deepEqual(
        rows.map(({ tag_name, active }: Any) => [tag_name, active]),
        [
          ["f42-updates-candidate", true],
          ["f42-updates-testing-pending", true],
        ],
      );
    });
    it("queryHistory", async () => {
      const history = await koji("queryHistory", [["tag_listing"]], { package: "soda", active: true });
      assert.deepEqual(
        history.tag_listing.map((row: Any) => row["tag.name"]),
        ["f42-updates-testing"],
      );
    });
    it("multicall, with a fault among the answers", async () => {
      const results = await clients.call({
        client: "koji-multicall",
        url: clients.infra.url("koji", "/kojihub"),
        calls: [
          ["getBuild", ["mint-2.0-1.fc42"], {}],
          ["listTags", [], { build: "mint-2.0-1.fc42" }],
          ["getBuild", ["nothing-1-1"], { strict: true }],
          ["listBuildRPMs", ["julep-1.0-1.fc42"], {}],
        ],
      });
      assert.equal(results[0].nvr, "mint-2.0-1.fc42");
      assert.equal(results[1].length, 2);
      assert.deepEqual(results[2], { error: "GenericError", message: "No such build: 'nothing-1-1'" });
      assert.deepEqual(results[3].map(({ arch }: Any) => arch).sort(), ["noarch", "src"]);
    });
    it("getRPMHeaders of a real RPM", async () => {
      const headers = await koji("getRPMHeaders", [], {
        rpmID: "julep-1.0-1.fc42.noarch",
        headers: ["name", "SUMMARY", "buildtime", "REQUIRENAME"],
      });
      assert.equal(headers.name, "julep");
      assert.equal(headers.SUMMARY, "Mix a julep");
      assert.equal(headers.buildtime, Date.parse("2026-03-02T12:00:00Z") / 1000);
      assert.ok(headers.REQUIRENAME.includes("mint"));
    });
    it("getRPMDeps", async () => {
      const rows = await koji("getRPMDeps", ["julep-1.0-1.fc42.noarch", 0]);
      assert.ok(rows.some(({ name, type }: Any) => name === "herb" && type === 0));
    });
    it("listRPMFiles", async () => {
      const rows = await koji("listRPMFiles", ["julep-1.0-1.fc42.noarch"]);
      assert.deepEqual(
        rows.map(({ name, mode, user }: Any) => [name, mode.toString(8), user]),
        [["/usr/bin/julep", "100755", "root"]],
      );
      assert.equal(rows[0].digest_algo, "sha256");
    });
    it("getRPMFile", async () =>
      assert.equal((await koji("getRPMFile", ["julep-1.0-1.fc42.noarch", "/usr/bin/julep"])).name, "/usr/bin/julep"));
    it("getChangelogEntries", async () =>
      assert.match((await koji("getChangelogEntries", ["julep-1.0-1.fc42"]))[0].author, /1\.0-1/));
    it("getBuildLogs", async () => {
      const rows = await koji("getBuildLogs", ["julep-1.0-1.fc42"]);
      assert.equal(rows[0].path, "packages/julep/1.0/1.fc42/data/logs/noarch/build.log");
      const log = await clients.infra.get("koji", `/kojifiles/${rows[0].path}`);
      assert.equal(log.status, 200);
    });
    it("getFullInheritance", async () => assert.equal((await koji("getFullInheritance", ["f42-build"])).length, 3));
    it("getLatestBuilds", async () =>
      assert.equal((await koji("getLatestBuilds", ["f42-updates"], { package: "mint" }))[0].nvr, "mint-1.1-1.fc42"));
    it("getLastEvent before a time", async () => {
      const event = await koji("getLastEvent", [], { before: Date.parse("2026-01-12T12:00:00Z") / 1000 });
      assert.equal(event.ts, Date.parse("2026-01-12T00:00:00Z") / 1000 + 1e-6);
    });
    it("search", async () =>
      assert.deepEqual(
        (await koji("search", ["m*", "package", "glob"])).map(({ name }: Any) => name),
        ["mint"],
      ));
    it("a session by header: getLoggedInUser", async () =>
      assert.equal((await releng("getLoggedInUser")).name, "releng"));
    it("a session by header: tagBuild and untagBuild", async () => {
      const task = await releng("tagBuild", ["f42-updates-pending", "tonic-0.1-1.fc42"]);
      assert.equal((await koji("getTaskInfo", [task])).state, 2);
      assert.equal(await releng("untagBuild", ["f42-updates-pending", "tonic-0.1-1.fc42"]), null);
    });
    it("a wrong password", async () => {
      const request = {
        client: "koji" as const,
        url: clients.infra.url("koji", "/kojihub"),
        user: "autoqa",
        password: "wrong",
        method: "getLoggedInUser",
      };
      await assert.rejects(clients.call({ ...request }), { name: "AuthError" });
    });
    it("a session in the URL, as the client of 2011 had it", async () => {
      const hub = clients.infra.url("koji", "/kojihub");
      const session = await clients.call({
        client: "xmlrpc",
        url: hub,
        method: "login",
        args: ["autoqa", ACCOUNTS.autoqa],
      });
      const query = new URLSearchParams({
        "session-id": session["session-id"],
        "session-key": session["session-key"],
        callnum: "0",
      });
      const user = await clients.call({ client: "xmlrpc", url: `${hub}?${query}`, method: "getLoggedInUser" });
      assert.equal(user.name, "autoqa");
    });
    it("Python's plain xmlrpc library reads every type", async () => {
      const value = ["ü€", 2 ** 31, -1, 1.5, true, null, { a: ["b"] }];
      assert.deepEqual(
        await clients.call({
          client: "xmlrpc",
          url: clients.infra.url("koji", "/kojihub"),
          method: "echo",
          args: value.filter((item) => item !== 2 ** 31),
        }),
        value.filter((item) => item !== 2 ** 31),
      );
    });
  });

  describe("bodhi-client", () => {
    const bodhi = (
      method: string,
      args: unknown[] = [],
      kwargs: Record<string, unknown> = {},
      account = "autoqa",
    ): Promise<Any> =>
      clients.call({
        client: "bodhi",
        url: clients.infra.url("bodhi"),
        storage: clients.bodhiStorage(account),
        method,
        args,
        kwargs,
      });
    const MINT = "FEDORA-2026-0123456789";

    it("query by release", async () => {
      const answer = await bodhi("query", [], { releases: "F42" });
      assert.equal(answer.total, 3);
      assert.deepEqual(
        answer.updates.map(({ alias }: Any) => alias),
        [MINT, "FEDORA-2026-aaaaaaaaaa", "FEDORA-2026-bbbbbbbbbb"],
      );
    });
    it("query by update id, as libtaskotron does", async () =>
      assert.equal((await bodhi("query", [], { updateid: MINT })).updates[0].builds[0].nvr, "mint-2.0-1.fc42"));
    it("query by builds, as libtaskotron does", async () => {
      const { updates } = await bodhi("query", [], { builds: "mint-2.0-1.fc42 soda-3.0-1.fc42" });
      assert.deepEqual(
        updates.map(({ alias }: Any) => alias),
        [MINT, "FEDORA-2026-aaaaaaaaaa"],
      );
    });
    it("query by the package of an update of version 1", async () =>
      assert.equal((await bodhi("query", [], { package: "soda" })).total, 1));
    it("query by status and request", async () => {
      assert.equal((await bodhi("query", [], { status: "stable" })).updates[0].alias, "FEDORA-2026-bbbbbbbbbb");
      assert.equal((await bodhi("query", [], { request: "testing", releases: "F42" })).total, 1);
    });
    it("query by bug, type, severity and time", async () => {
      assert.equal((await bodhi("query", [], { bugs: "2000001" })).total, 1);
      assert.equal((await bodhi("query", [], { type: "security" })).total, 1);
      assert.equal((await bodhi("query", [], { severity: "high" })).total, 1);
      assert.equal((await bodhi("query", [], { submitted_since: "2026-02-15" })).total, 2);
    });
    it("query by pages", async () => {
      const answer = await bodhi("query", [], { rows_per_page: 1, page: 2, releases: "F42" });
      assert.deepEqual([answer.page, answer.pages, answer.rows_per_page, answer.updates.length], [2, 3, 1, 1]);
    });
    it("query mine", async () => assert.equal((await bodhi("query", [], { mine: true }, "alice")).total, 3));
    it("query by a release that is none", async () => {
      await assert.rejects(bodhi("query", [], { releases: "F99" }), {
        name: "BodhiClientException",
        message: /Invalid releases specified: F99/,
      });
    });
    it("query by a page that is none", async () => {
      await assert.rejects(bodhi("query", [], { page: -1 }), { message: /-1 is less than minimum value 1/ });
    });
    it("get_releases", async () =>
      assert.deepEqual(
        (await bodhi("get_releases", [], { state: "current" })).releases.map(({ name }: Any) => name),
        ["F42"],
      ));
    it("latest_builds", async () => {
      const builds = await bodhi("latest_builds", ["mint"]);
      assert.equal(builds["f42-updates"], "mint-1.1-1.fc42");
      assert.equal(builds["f42-updates-candidate"], "mint-2.0-1.fc42");
    });
    it("username", async () => assert.equal((await bodhi("query", [], { mine: true })).total, 0));
    it("csrf", async () => assert.match(await bodhi("csrf"), /^[0-9a-f]{40}$/));
    it("comment, and the comment comes back", async () => {
      const { comment, caveats } = await bodhi("comment", [MINT, "AutoQA: rpmlint test PASSED"], { karma: 0 });
      assert.deepEqual(
        [comment.text, comment.author, comment.update_alias, caveats],
        ["AutoQA: rpmlint test PASSED", "autoqa", MINT, []],
      );
      const [update] = (await bodhi("query", [], { updateid: MINT })).updates;
      assert.equal(update.comments.at(-1).text, "AutoQA: rpmlint test PASSED");
      assert.equal(update.comments.at(-1).timestamp, "2026-03-02 12:00:00");
    });
    it("comment with karma", async () => {
      const { comment } = await bodhi("comment", [MINT, "Good", 1]);
      assert.equal(comment.update.karma, 2, "bob's and this");
    });
    it("comment with karma again reverses it", async () => {
      const { caveats } = await bodhi("comment", [MINT, "Bad", -1]);
      assert.deepEqual(caveats, [{ name: "karma", description: "Your karma standing was reversed." }]);
      const [update] = (await bodhi("query", [], { updateid: MINT })).updates;
      assert.equal(update.karma, 0);
      assert.equal(update.autokarma, false, "negative karma ends the automatism");
      assert.match(update.comments.at(-1).text, /disabling automatic push to stable due to negative karma/);
    });
    it("no karma for one's own update", async () => {
      const { comment, caveats } = await bodhi("comment", [MINT, "Mine is the best", 1], {}, "alice");
      assert.equal(comment.karma, 0);
      assert.equal(caveats[0].description, "You may not give karma to your own updates.");
    });
    it("comment of nothing", async () => {
      await assert.rejects(bodhi("comment", [MINT, ""]), { message: /You must provide either some text or feedback/ });
    });
    it("comment on no update", async () => {
      await assert.rejects(bodhi("comment", ["FEDORA-2026-0000000000", "hello"]), {
        message: /Invalid update specified/,
      });
    });
    it("request by who may not", async () => {
      const refused = /Unauthorized: set_request__POST failed permission check/;
      await assert.rejects(bodhi("request", [MINT, "stable"]), { message: refused });
    });
    it("request that comes too early", async () => {
      await assert.rejects(bodhi("request", [MINT, "stable"], {}, "alice"), {
        message: /has not yet met the minimum testing requirements/,
      });
    });
    it("request revoke and testing move the pending tag in koji", async () => {
      const tags = async () =>
        (
          await clients.call({
            client: "koji",
            url: clients.infra.url("koji", "/kojihub"),
            method: "listTags",
            kwargs: { build: "mint-2.0-1.fc42" },
          })
        ).map(({ name }: Any) => name);
      const revoked = await bodhi("request", [MINT, "revoke"], {}, "alice");
      assert.deepEqual([revoked.update.status, revoked.update.request], ["unpushed", null]);
      assert.deepEqual(await tags(), ["f42-updates-candidate"]);
      const again = await bodhi("request", [MINT, "testing"], {}, "alice");
      assert.deepEqual([again.update.status, again.update.request], ["pending", "testing"]);
      assert.deepEqual(await tags(), ["f42-updates-candidate", "f42-updates-testing-pending"]);
    });
    it("save: a new update", async () => {
      const update = await bodhi(
        "save",
        [],
        { builds: "tonic-0.1-1.fc42", type: "newpackage", notes: "Tonic." },
        "bob",
      );
      assert.match(update.alias, /^FEDORA-2026-[0-9a-f]{10}$/);
      assert.deepEqual([update.status, update.request], ["pending", "testing"]);
    });
    it("save: a build that has an update", async () => {
      const tonic = { builds: "tonic-0.1-1.fc42", type: "newpackage", notes: "Tonic." };
      await assert.rejects(bodhi("save", [], tonic, "bob"), {
        message: /Update for tonic-0\.1-1\.fc42 already exists/,
      });
    });
    it("save: another packager's build", async () => {
      const tonic = { builds: "tonic-0.1-1.fc42", type: "newpackage", notes: "Tonic." };
      await assert.rejects(bodhi("save", [], tonic, "alice"), {
        message: /alice does not have commit access to tonic/,
      });
    });
    it("save: edit", async () => {
      const update = await bodhi(
        "save",
        [],
        { edited: MINT, builds: "mint-2.0-1.fc42", type: "security", notes: "Much more mint." },
        "alice",
      );
      assert.equal(update.notes, "Much more mint.");
    });
    it("list_overrides and list_composes", async () => {
      assert.equal((await bodhi("list_overrides")).total, 0);
      assert.deepEqual(await bodhi("list_composes"), { composes: [] });
    });
    it("get_compose of none", async () =>
      assert.rejects(bodhi("get_compose", ["F42", "stable"]), { name: "BodhiClientException" }));
    it("waive is refused and recorded by its route", async () => {
      await assert.rejects(bodhi("waive", [MINT, "because"], {}, "alice"), { name: "BodhiClientException" });
      const entry = (await clients.infra.journal()).findLast(({ unmodelled }) => unmodelled);
      assert.equal(entry.method, `POST /updates/${MINT}/waive-test-results`);
    });
  });

  describe("bodhi's command line", () => {
    it("updates query", async () => {
      const { out } = await clients.bodhi("alice", "updates", "query", "--updateid", "FEDORA-2026-0123456789");
      assert.match(out, /Update ID: FEDORA-2026-0123456789/);
      assert.match(out, /Bugs: 2000001 - mint wilts/);
      assert.match(out, /bob - 2026-03-01 13:00:00 \(karma 1\)/);
    });
    it("updates query of many", async () => {
      assert.match(
        (await clients.bodhi("alice", "updates", "query", "--releases", "F42", "--status", "stable")).out,
        /mint-1\.1-1\.fc42/,
      );
    });
    it("updates comment", async () => {
      assert.match(
        (await clients.bodhi("autoqa", "updates", "comment", "FEDORA-2026-aaaaaaaaaa", "Sparkles")).out,
        /The following comment was added to FEDORA-2026-aaaaaaaaaa\nSparkles/,
      );
    });
    it("updates request", async () => {
      assert.match(
        (await clients.bodhi("bob", "updates", "request", "FEDORA-2026-aaaaaaaaaa", "unpush")).out,
        /Status: unpushed/,
      );
    });
    it("releases list", async () => assert.match((await clients.bodhi("alice", "releases", "list")).out, /Name: +F42/));
    it("releases info", async () => {
      const { out } = await clients.bodhi("alice", "releases", "info", "F42");
      assert.match(out, /Pending Testing Tag: +f42-updates-testing-pending/);
    });
    it("releases info of none", async () =>
      assert.match((await clients.bodhi("alice", "releases", "info", "F99")).err, /No such release/));
    it("overrides query", async () =>
      assert.match((await clients.bodhi("alice", "overrides", "query")).out, /0 overrides found/));
  });

  describe("resultsdb-api", () => {
    const resultsdb = (method: string, args: unknown[] = [], kwargs: Record<string, unknown> = {}): Promise<Any> =>
      clients.call({ client: "resultsdb", url: clients.infra.url("resultsdb", "/api/v2.0"), method, args, kwargs });

    it("create_result", async () => {
      const result = await resultsdb("create_result", ["passed", "dist.rpmlint"], {
        note: "fine",
        ref_url: "http://autoqa:8080/1",
        item: "mint-2.0-1.fc42",
        type: "koji_build",
        arch: ["x86_64", "i686"],
      });
      assert.deepEqual(
        [result.id, result.outcome, result.note, result.testcase.name],
        [1, "PASSED", "fine", "dist.rpmlint"],
      );
      assert.deepEqual(result.data, { item: ["mint-2.0-1.fc42"], type: ["koji_build"], arch: ["x86_64", "i686"] });
      assert.equal(result.submit_time, "2026-03-02T12:00:00");
    });
    it("create_result with a testcase and groups as objects", async () => {
      const result = await resultsdb(
        "create_result",
        ["FAILED", { name: "dist.depcheck", ref_url: "http://wiki/depcheck" }],
        {
          groups: [{ uuid: "6e8c1e4e-0000-4000-8000-000000000001", description: "batch" }],
          item: "mint-2.0-1.fc42",
          type: "koji_build",
        },
      );
      assert.equal(result.testcase.ref_url, "http://wiki/depcheck");
      assert.deepEqual(result.groups, ["6e8c1e4e-0000-4000-8000-000000000001"]);
    });
    it("get_result", async () => assert.equal((await resultsdb("get_result", [2])).outcome, "FAILED"));
    it("get_result of none", async () =>
      assert.rejects(resultsdb("get_result", [99]), { message: /Result not found/ }));
    it("get_results by data", async () => {
      const { data } = await resultsdb("get_results", [], { item: "mint-2.0-1.fc42", type: "koji_build" });
      assert.deepEqual(
        data.map(({ id }: Any) => id),
        [2, 1],
      );
    });
    it("get_results by outcome, testcase and group", async () => {
      assert.equal((await resultsdb("get_results", [], { outcome: "failed" })).data.length, 1);
      assert.equal((await resultsdb("get_results", [], { testcases: "dist.rpmlint" })).data.length, 1);
      assert.equal((await resultsdb("get_results", [], { testcases_like: "dist.*" })).data.length, 2);
      assert.equal(
        (await resultsdb("get_results", [], { groups: ["6e8c1e4e-0000-4000-8000-000000000001"] })).data.length,
        1,
      );
    });
    it("get_results by pages", async () => {
      const answer = await resultsdb("get_results", [], { limit: 1, page: 0 });
      assert.equal(answer.data.length, 1);
      assert.match(answer.next, /page=1/);
      assert.equal(answer.prev, null);
    });
    it("create_result with an outcome that is none", async () => {
      await assert.rejects(resultsdb("create_result", ["GREAT", "dist.rpmlint"]), {
        message: /must be one of: PASSED, INFO, FAILED, NEEDS_INSPECTION/,
      });
    });
    it("create_testcase and update_testcase", async () => {
      assert.equal(
        (await resultsdb("create_testcase", ["dist.upgradepath"], { ref_url: "http://wiki/u" })).name,
        "dist.upgradepath",
      );
      assert.equal(
        (await resultsdb("update_testcase", ["dist.upgradepath"], { url: "http://wiki/v" })).ref_url,
        "http://wiki/v",
      );
    });
    it("get_testcase", async () =>
      assert.equal((await resultsdb("get_testcase", ["dist.upgradepath"])).ref_url, "http://wiki/v"));
    it("get_testcase of none starts with the words that libtaskotron looks for", async () => {
      await assert.rejects(resultsdb("get_testcase", ["nothing"]), { message: /Testcase not found/ });
    });
    it("get_testcases", async () => {
      assert.deepEqual(
        (await resultsdb("get_testcases", [], { name_like: "dist.*" })).data.map(({ name }: Any) => name),
        ["dist.depcheck", "dist.rpmlint", "dist.upgradepath"],
      );
    });
    it("create_group, update_group, get_group, get_groups", async () => {
      const group = await resultsdb("create_group", [], { description: "tonight", ref_url: "http://autoqa/" });
      assert.match(group.uuid, /^[0-9a-f-]{36}$/);
      await resultsdb("update_group", [group.uuid], { description: "last night" });
      assert.equal((await resultsdb("get_group", [group.uuid])).description, "last night");
      assert.equal((await resultsdb("get_groups", [], { description: "last night" })).data.length, 1);
    });
    it("resultsdb_conventions: a bodhi result", async () => {
      const result = await clients.call({
        client: "conventions",
        url: clients.infra.url("resultsdb", "/api/v2.0"),
        method: "bodhi",
        args: ["FEDORA-2026-0123456789", "PASSED", "dist.depcheck"],
        kwargs: { source: "autoqa", note: "x86_64" },
      });
      assert.deepEqual(result.data.item, ["FEDORA-2026-0123456789"]);
      assert.deepEqual(result.data["meta.conventions"], ["result fedora.bodhi"]);
      assert.equal(result.groups.length, 3);
    });
    it("resultsdb_conventions: a plain result", async () => {
      const result = await clients.call({
        client: "conventions",
        url: clients.infra.url("resultsdb", "/api/v2.0"),
        method: "plain",
        args: ["INFO", "dist.rpmguard"],
      });
      assert.equal(result.outcome, "INFO");
    });
    it("the XML-RPC interface of 2011", async () => {
      const call = (method: string, ...args: unknown[]): Promise<Any> =>
        clients.call({ client: "xmlrpc", url: clients.infra.url("resultsdb", "/xmlrpc"), method, args });
      const job = await call("start_job", "http://autoqa/plan");
      const testrun = await call(
        "start_testrun",
        "https://fedoraproject.org/wiki/QA:Rpmlint_Test_Case",
        { pkg_name: "mint", arch: ["i686", "x86_64"] },
        job,
      );
      await call("start_phase", testrun, "setup");
      assert.equal(await call("end_phase", testrun, "PASSED"), true);
      assert.equal(await call("store_keyval", testrun, { koji_tag: "dist-f15-updates" }), true);
      assert.equal(
        await call("end_testrun", testrun, "FAILED", "http://autoqa/log", { envr: "mint-2.0-1" }, "1 error"),
        true,
      );
      const { data } = await resultsdb("get_results", [], { testcases: "QA:Rpmlint_Test_Case" });
      assert.deepEqual(data[0].data, {
        pkg_name: ["mint"],
        arch: ["i686", "x86_64"],
        koji_tag: ["dist-f15-updates"],
        envr: ["mint-2.0-1"],
      });
      assert.deepEqual([data[0].outcome, data[0].ref_url, data[0].note], ["FAILED", "http://autoqa/log", "1 error"]);
      await assert.rejects(call("end_testrun", testrun, "PASSED", "x"), { name: "Fault" });
    });
  });

  describe("all of these", () => {
    it("are as many different calls as docs/services.md says", () =>
      assert.deepEqual(clients.made(), {
        ...{ koji: 27, "koji-multicall": 1, bodhi: 35, "bodhi's command line": 8 },
        ...{ resultsdb: 21, conventions: 2, xmlrpc: 10 },
      }));
  });
});
