import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { KeptComments } from "../../../services/bodhi/read-through/comments";
import { ACCOUNTS, TestInfra } from "../support/infra";
import { fedora2011 } from "../support/situation";

const TITLE = "mint-2.0-1.fc15";
const ALIAS = "FEDORA-2011-7551";
const WHO = { user_name: "autoqa", password: ACCOUNTS.autoqa };

/** Stands before "production" and remembers every request; one that speaks only 0.9 has no api_version. */
class Production {
  readonly requests: { method: string; url: string; headers: Record<string, unknown>; body: string }[] = [];
  #server: Server | undefined;

  async start(target: string, dialect: "0.9" | "current"): Promise<string> {
    this.#server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const { method = "", url = "" } = request;
      this.requests.push({ method, url, headers: { ...request.headers }, body });
      const known =
        dialect === "current" ||
        /^\/(list|releases|get_updates_from_builds|latest_builds|candidate_tags|dist_tags)\b/.test(url);
      if (!known) return response.writeHead(404).end("<html>");
      const answer = await fetch(`${target}${url}`);
      return response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}

for (const dialect of ["0.9", "current"] as const) {
  describe(`services/bodhi: reading through a bodhi of ${dialect}`, () => {
    const front = new Production();
    let production: TestInfra;
    let infra: TestInfra;

    before(async () => {
      production = await TestInfra.start();
      await production.load(fedora2011());
      infra = await TestInfra.start({ bodhiReadThrough: await front.start(production.url("bodhi"), dialect) });
    });
    after(async () => {
      await infra.close();
      front.stop();
      await production.close();
    });
    beforeEach(() => {
      front.requests.length = 0;
    });
    afterEach(async () => {
      for (const { method, headers, url, body } of front.requests) {
        assert.equal(method, "GET", `${method} ${url}`);
        assert.equal(body, "");
        assert.equal(headers.cookie ?? headers.authorization, undefined);
        assert.ok(!decodeURIComponent(url).includes(ACCOUNTS.autoqa), url);
      }
      assert.deepEqual((await production.control("GET", "/posts")).body.comments, [], "nothing was passed on");
    });

    it("lists production's updates in the dialect of 0.9", async () => {
      const { body } = await infra.get("bodhi", "/list?release=F15");
      assert.equal(body.num_items, 1);
      const [update] = body.updates;
      assert.deepEqual(
        [
          update.title,
          update.updateid,
          update.status,
          update.request,
          update.submitter,
          update.builds[0].nvr,
          update.release.dist_tag,
        ],
        [TITLE, ALIAS, "pending", "testing", "lmacken", TITLE, "dist-f15"],
      );
      assert.deepEqual(update.bugs, [{ bz_id: 701234, title: "mint is stale", security: false, parent: false }]);
      for (const pkg of [TITLE, ALIAS, "mint"]) {
        assert.equal((await infra.get("bodhi", `/list?package=${pkg}`)).body.updates.length, 1, pkg);
      }
      assert.match((await infra.get("bodhi", "/list?release=F99")).body.error, /Unknown release/);
    });

    it("finds updates by builds, also when the client asks by POST with its credentials", async () => {
      const { body } = await infra.post("bodhi", "/get_updates_from_builds", {
        ...WHO,
        builds: `${TITLE} nothing-1-1`,
      });
      assert.deepEqual(Object.keys(body), [TITLE]);
      assert.equal(body[TITLE].updateid, ALIAS);
    });

    it("tells the releases with their tags", async () => {
      const { body } = await infra.get("bodhi", "/releases/");
      const f15 = body.releases.find(({ name }: { name: string }) => name === "F15");
      assert.equal(f15.pending_testing_tag, "dist-f15-updates-testing-pending");
      assert.equal(f15.candidate_tag, "dist-f15-updates-candidate");
      assert.deepEqual((await infra.get("bodhi", "/dist_tags")).body.tags, ["dist-f14", "dist-f15"]);
      assert.deepEqual((await infra.get("bodhi", "/candidate_tags")).body.tags, [
        "dist-f14-updates-candidate",
        "dist-f15-updates-candidate",
      ]);
      assert.equal(
        (await infra.get("bodhi", "/latest_builds?package=mint")).body["dist-f15-updates"],
        "mint-1.1-1.fc15",
      );
    });

    it("keeps a comment, shows it beside production's, and tells the control API", async () => {
      const text =
        "AutoQA: rpmlint test PASSED on noarch. Result log: http://autoqa:8080/results/1 (results are informative only)";
      const { body } = await infra.post("bodhi", "/comment", {
        ...WHO,
        title: TITLE,
        text,
        karma: "0",
        email: "False",
      });
      assert.equal(body.update.comments.length, 1);
      const again = await infra.get("bodhi", "/list?release=F15");
      const [comment] = again.body.updates[0].comments;
      assert.equal(comment.author, "autoqa");
      assert.equal(comment.text, text.replace(" (results", "\n(results"));
      assert.ok(
        Math.abs(Date.parse(`${comment.timestamp.replace(" ", "T")}Z`) - Date.now()) < 60_000,
        "the machine's clock",
      );
      const { comments } = (await infra.control("GET", "/posts")).body;
      assert.deepEqual([comments[0].update, comments[0].text, comments[0].email], [ALIAS, comment.text, false]);
      const found = await infra.post("bodhi", "/get_updates_from_builds", { builds: TITLE });
      assert.equal(found.body[TITLE].comments.length, 1);
    });

    it("answers {} to a comment on no update, and takes none without credentials", async () => {
      assert.deepEqual((await infra.post("bodhi", "/comment", { ...WHO, title: "nothing-1-1", text: "x" })).body, {});
      assert.equal((await infra.post("bodhi", "/comment", { title: TITLE, text: "x" })).status, 403);
    });

    it("answers {} where that fault is injected, and asks production nothing", async () => {
      await infra.control("POST", "/faults", { kind: "empty", times: 1 });
      assert.deepEqual(await infra.get("bodhi", "/list?release=F15"), { status: 200, body: {} });
      assert.deepEqual(front.requests, []);
    });

    it("passes no write on, whatever it is, and records it as not modelled", async () => {
      for (const [path, form] of [
        ["/request", { ...WHO, action: "revoke", update: TITLE }],
        ["/save", { ...WHO, builds: TITLE, notes: "x", type_: "bugfix" }],
        ["/delete", { ...WHO, update: TITLE }],
        ["/updates/", { ...WHO, builds: TITLE }],
        [`/updates/${ALIAS}/request`, { ...WHO, request: "revoke" }],
        ["/overrides/", { ...WHO, nvr: TITLE }],
      ] as const) {
        const { status } = await infra.post("bodhi", path, form);
        assert.equal(status, 405, path);
        assert.equal((await infra.journal()).at(-1).unmodelled, true);
      }
      for (const method of ["PUT", "DELETE", "PATCH"]) {
        assert.equal((await infra.get("bodhi", `/updates/${ALIAS}`, { method })).status, 405);
      }
      assert.deepEqual(front.requests, []);
      assert.equal(production.running.infrastructure.world.bodhi.updatesByAlias.get(ALIAS)?.request, "testing");
    });

    it("keeps its comments over a restart", async () => {
      const before = (await infra.control("GET", "/posts")).body.comments;
      assert.equal(before.length, 1);
      const kept = new KeptComments(join(infra.running.infrastructure.stateDirectory, "comments.jsonl"));
      assert.deepEqual(
        kept.all.map(({ text }) => text),
        before.map(({ text }: { text: string }) => text),
      );
    });

    if (dialect === "current") {
      it("answers today's dialect as production does, with the comments kept here", async () => {
        const { body } = await infra.get("bodhi", "/updates/?releases=F15&rows_per_page=5");
        assert.deepEqual([body.total, body.rows_per_page, body.updates[0].comments.length], [1, 5, 1]);
        assert.equal((await infra.get("bodhi", `/updates/${ALIAS}`)).body.update.comments[0].author, "autoqa");
        assert.equal((await infra.get("bodhi", "/updates/none")).status, 404);
        assert.equal((await infra.get("bodhi", "/updates/?page=0")).status, 400);
        assert.equal((await infra.get("bodhi", "/users/lmacken")).body.user.name, "lmacken");
      });

      it("keeps a comment of today's dialect", async () => {
        const headers = { authorization: `Basic ${Buffer.from(`alice:${ACCOUNTS.alice}`).toString("base64")}` };
        const { body } = await infra.get("bodhi", "/csrf", { headers });
        const form = { update: ALIAS, text: "Mine", karma: "1", csrf_token: body.csrf_token };
        const posted = await infra.get("bodhi", "/comments/", {
          method: "POST",
          headers,
          body: new URLSearchParams(form),
        });
        assert.deepEqual(
          [posted.status, posted.body.comment.text, posted.body.comment.update_alias],
          [200, "Mine", ALIAS],
        );
        assert.equal((await infra.get("bodhi", `/updates/${ALIAS}`)).body.update.comments.length, 2);
        const forged = await infra.get("bodhi", "/comments/", {
          method: "POST",
          headers,
          body: new URLSearchParams({ ...form, csrf_token: "x" }),
        });
        assert.equal(forged.status, 400);
      });
    }
  });
}

describe("services/bodhi: reading through what does not answer", () => {
  it("says so with status 502", async () => {
    const infra = await TestInfra.start({ bodhiReadThrough: "http://127.0.0.1:9" });
    const { status, body } = await infra.get("bodhi", "/list?release=F15");
    assert.equal(status, 502);
    assert.match(body.errors[0].description, /http:\/\/127\.0\.0\.1:9 did not answer/);
    await infra.close();
  });
});
