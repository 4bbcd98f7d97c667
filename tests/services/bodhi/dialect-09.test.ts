import assert from "node:assert/strict";
import { ACCOUNTS, TestInfra } from "../support/infra";
import { build, fedora2011, update } from "../support/situation";

const WHO = { user_name: "autoqa", password: ACCOUNTS.autoqa };
const TITLE = "mint-2.0-1.fc15";

describe("services/bodhi: the dialect of 0.9", () => {
  let infra: TestInfra;

  before(async () => {
    infra = await TestInfra.start();
  });
  after(() => infra.close());
  beforeEach(async () => {
    assert.equal((await infra.load(fedora2011())).status, 200);
  });

  const list = async (query: string): Promise<string[]> =>
    (await infra.get("bodhi", `/list?${query}`)).body.updates.map(({ title }: { title: string }) => title);

  it("lists updates with all that bodhi told of one", async () => {
    const { body } = await infra.get("bodhi", "/list?release=F15");
    assert.deepEqual([body.num_items, body.title], [1, "1 update found"]);
    assert.deepEqual(body.updates[0], {
      title: TITLE,
      builds: [{ nvr: TITLE, package: { name: "mint", suggest_reboot: false, committers: ["lmacken"] } }],
      date_submitted: "2011-05-21 12:00:00",
      date_modified: null,
      date_pushed: null,
      submitter: "lmacken",
      updateid: "FEDORA-2011-7551",
      type: "bugfix",
      bugs: [{ bz_id: 701234, title: "mint is stale", security: false, parent: false }],
      release: { name: "F15", long_name: "Fedora 15", id_prefix: "FEDORA", dist_tag: "dist-f15", locked: false },
      status: "pending",
      notes: "Update of mint-2.0-1.fc15",
      request: "testing",
      comments: [],
      karma: 0,
      stable_karma: 3,
      unstable_karma: -3,
      close_bugs: true,
      nagged: null,
      approved: null,
      critpath: false,
      critpath_approved: false,
    });
  });

  it("finds a release by name in any case, with or without a dash, or by its dist tag", async () => {
    for (const name of ["F15", "f15", "F-15", "dist-f15"])
      assert.deepEqual(await list(`release=${name}`), [TITLE], name);
    const { status, body } = await infra.get("bodhi", "/list?release=F99");
    assert.deepEqual(
      [status, body],
      [200, { error: "Unknown release u'F99'", num_items: 0, title: "Unknown release u'F99'", updates: [] }],
    );
  });

  it("takes for a package a title, an update id, a package's name or a build", async () => {
    for (const name of [TITLE, "FEDORA-2011-7551", "mint"])
      assert.deepEqual(await list(`package=${name}`), [TITLE], name);
    assert.deepEqual(await list("package=nothing"), []);
  });

  it("filters and sorts", async () => {
    const more = fedora2011();
    await infra.load(
      fedora2011({
        builds: [...more.builds, build("mint-2.1-1.fc15", []), build("mint-2.2-1.fc15", [])],
        updates: [
          ...more.updates,
          update("FEDORA-2011-2", ["mint-2.1-1.fc15"], "F15", {
            submittedAt: "2011-05-01T00:00:00Z",
            type: "security",
            status: "testing",
          }),
          update("FEDORA-2011-3", ["mint-2.2-1.fc15"], "F15", {
            submittedAt: "2011-05-10T00:00:00Z",
            submitter: "autoqa",
            status: "stable",
          }),
        ],
      }),
    );
    assert.deepEqual(await list(""), [TITLE, "mint-2.2-1.fc15", "mint-2.1-1.fc15"], "newest first");
    assert.deepEqual(await list("status=testing"), ["mint-2.1-1.fc15"]);
    assert.deepEqual(await list("request=testing"), [TITLE]);
    assert.deepEqual(await list("type_=security"), ["mint-2.1-1.fc15"]);
    assert.deepEqual(await list("username=autoqa"), ["mint-2.2-1.fc15"]);
    assert.deepEqual(await list("bugs=%23701234"), [TITLE]);
    assert.deepEqual(await list("created_since=2011-05-05%2000:00:00"), [TITLE, "mint-2.2-1.fc15"]);
    assert.deepEqual(await list("pushed_since=2011-05-05%2000:00:00"), ["mint-2.2-1.fc15"]);
    assert.deepEqual(await list("end_date=2011-05-05%2000:00:00"), ["mint-2.1-1.fc15"]);
    assert.deepEqual(await list("tg_paginate_limit=1"), [TITLE]);
    assert.deepEqual(await list("tg_paginate_limit=1&tg_paginate_no=2"), ["mint-2.2-1.fc15"]);
    assert.equal((await list("tg_paginate_limit=0")).length, 3);
    const { body } = await infra.get("bodhi", "/list?count_only=True&release=F15");
    assert.deepEqual(body, { num_items: 3, updates: [] });
    assert.equal((await infra.get("bodhi", "/list?created_since=yesterday")).status, 500);
  });

  it("shows one's own only to who has logged in", async () => {
    assert.equal((await infra.get("bodhi", "/list?mine=True")).status, 401);
    const mine = await infra.post("bodhi", "/list", { ...WHO, mine: "True" });
    assert.deepEqual([mine.status, mine.body.num_items], [200, 0]);
  });

  it("stores a comment in lines of 80 columns and gives it back", async () => {
    const text =
      "AutoQA: depcheck test PASSED on i386. Result log: http://autoqa:8080/results/101163-autotest/172.16.0.17/depcheck/results/output.log (results are informative only)";
    const { status, body } = await infra.post("bodhi", "/comment", {
      ...WHO,
      title: TITLE,
      text,
      karma: "0",
      email: "False",
    });
    assert.equal(status, 200);
    const stored = text.replace(" http", "\nhttp").replace(" (results", "\n(results");
    assert.deepEqual(body.update.comments, [
      { author: "autoqa", group: null, text: stored, anonymous: false, karma: 0, timestamp: "2011-05-21 17:16:58" },
    ]);
    const again = await infra.get("bodhi", "/list?release=F15");
    assert.equal(again.body.updates[0].comments[0].text, stored);
    const { body: posts } = await infra.control("GET", "/posts");
    assert.deepEqual(posts.comments, [
      {
        update: "FEDORA-2011-7551",
        author: "autoqa",
        text: stored,
        karma: 0,
        email: false,
        at: "2011-05-21T17:16:58Z",
      },
    ]);
    assert.deepEqual(posts.mail, []);
  });

  it("takes an update id in place of a title", async () => {
    const { body } = await infra.post("bodhi", "/comment", { ...WHO, title: "FEDORA-2011-7551", text: "x" });
    assert.equal(body.update.title, TITLE);
  });

  it("answers {} with status 200 where there is no such update, or the karma is none", async () => {
    const none = await infra.post("bodhi", "/comment", { ...WHO, title: "nothing-1-1", text: "x" });
    assert.deepEqual([none.status, none.body], [200, {}]);
    assert.deepEqual((await infra.post("bodhi", "/comment", { ...WHO, title: TITLE, text: "x", karma: "2" })).body, {});
    assert.deepEqual((await infra.control("GET", "/posts")).body.comments, []);
  });

  it("takes no comment without credentials, and repeats no password", async () => {
    const none = await infra.post("bodhi", "/comment", { title: TITLE, text: "x" });
    assert.equal(none.status, 403);
    const wrong = await infra.post("bodhi", "/comment", {
      user_name: "autoqa",
      password: "hunter2",
      title: TITLE,
      text: "x",
    });
    assert.equal(wrong.status, 403);
    assert.match(wrong.body.message, /credentials you supplied were not correct/);
    assert.doesNotMatch(JSON.stringify(wrong.body), /hunter2/);
    assert.doesNotMatch(JSON.stringify(await infra.journal()), /hunter2|autoqa's password/);
  });

  it("keeps a visit by a cookie", async () => {
    const login = await fetch(infra.url("bodhi", "/login"), { method: "POST", body: new URLSearchParams(WHO) });
    const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
    assert.match(cookie, /^tg-visit=[0-9a-f]{40}$/);
    const post = () =>
      fetch(infra.url("bodhi", "/comment"), {
        method: "POST",
        headers: { cookie },
        body: new URLSearchParams({ title: TITLE, text: "x" }),
      });
    assert.equal((await post()).status, 200);
    await fetch(infra.url("bodhi", "/logout"), { method: "POST", headers: { cookie } });
    assert.equal((await post()).status, 403);
  });

  it("takes forms as curl's multipart and as JSON", async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...WHO, title: TITLE, text: "in parts" })) form.set(name, value);
    assert.equal(
      (await infra.get("bodhi", "/comment", { method: "POST", body: form })).body.update.comments[0].text,
      "in parts",
    );
    const json = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...WHO, title: TITLE, text: "as JSON" }),
    };
    assert.equal((await infra.get("bodhi", "/comment", json)).body.update.comments[1].text, "as JSON");
  });

  it("finds updates by builds", async () => {
    const { body } = await infra.post("bodhi", "/get_updates_from_builds", {
      builds: `${TITLE} nothing-1-1 mint-1.2-1.fc15`,
    });
    assert.deepEqual(Object.keys(body), [TITLE]);
    assert.equal(body[TITLE].updateid, "FEDORA-2011-7551");
    assert.deepEqual((await infra.get("bodhi", "/get_updates_from_builds")).body, {});
  });

  it("tells releases, tags and latest builds", async () => {
    assert.deepEqual((await infra.get("bodhi", "/candidate_tags")).body.tags, [
      "dist-f14-updates-candidate",
      "dist-f15-updates-candidate",
    ]);
    assert.deepEqual((await infra.get("bodhi", "/dist_tags")).body.tags, ["dist-f14", "dist-f15"]);
    assert.equal((await infra.post("bodhi", "/releases", {})).body.releases[0].name, "F14");
    const { body } = await infra.get("bodhi", "/latest_builds?package=mint");
    assert.equal(body["dist-f15-updates"], "mint-1.1-1.fc15");
  });

  it("changes requests, and the pending tags in koji with them", async () => {
    const { body } = await infra.post("bodhi", "/request", { ...WHO, action: "revoke", update: TITLE });
    assert.equal(body.update.request, null);
    const { world } = infra.running.infrastructure;
    assert.deepEqual(
      world.buildsByNvr.get(TITLE)?.listings.map(({ revokeEvent }) => revokeEvent === null),
      [true, false],
    );
    const again = await infra.post("bodhi", "/request", { ...WHO, action: "revoke", update: TITLE });
    assert.match(again.body.tg_flash, /does not have a request to revoke/);
    assert.deepEqual((await infra.post("bodhi", "/request", { ...WHO, action: "testing", update: "x" })).body, {});
  });

  it("saves and deletes", async () => {
    const made = await infra.post("bodhi", "/save", { ...WHO, builds: "mint-1.2-1.fc15", type_: "bugfix", notes: "x" });
    assert.match(made.body.tg_flash, /not tagged as an update candidate/);
    const removed = await infra.post("bodhi", "/delete", { ...WHO, update: TITLE });
    assert.match(removed.body.tg_flash, /Cannot delete an update you did not submit/);
    assert.match(
      (await infra.post("bodhi", "/save", { ...WHO, builds: "", type_: "bugfix", notes: "x" })).body.tg_flash,
      /Didn't receive any builds/,
    );
  });

  it("answers {} where that fault is injected, as often as it is to strike, and stores nothing", async () => {
    const fault = { kind: "empty", match: "comment", times: 1 };
    assert.equal((await infra.control("POST", "/faults", fault)).status, 200);
    const comment = { ...WHO, title: TITLE, text: "lost", karma: "0" };
    assert.deepEqual(await infra.post("bodhi", "/comment", comment), { status: 200, body: {} });
    const { world } = infra.running.infrastructure;
    assert.equal(world.bodhi.comments.length, 0);
    assert.equal((await infra.post("bodhi", "/comment", comment)).body.update.title, TITLE);
  });

  it("records a parameter that bodhi does not have as not modelled", async () => {
    await infra.get("bodhi", "/list?colour=green");
    assert.equal((await infra.journal()).at(-1).unmodelled, true);
    await infra.get("bodhi", "/list?release=F15&tg_format=json");
    assert.equal((await infra.journal()).at(-1).unmodelled, false);
  });
});
