import assert from "node:assert/strict";
import { ACCOUNTS, TestInfra } from "../support/infra";
import { fedora2011 } from "../support/situation";

const ALIAS = "FEDORA-2011-7551";

describe("services/bodhi: the current dialect", () => {
  let infra: TestInfra;

  before(async () => {
    infra = await TestInfra.start();
  });
  after(() => infra.close());
  beforeEach(async () => {
    assert.equal((await infra.load(fedora2011())).status, 200);
  });

  const basic = { authorization: `Basic ${Buffer.from(`autoqa:${ACCOUNTS.autoqa}`).toString("base64")}` };
  async function comment(form: Record<string, string>) {
    const { body } = await infra.get("bodhi", "/csrf", { headers: basic });
    const full = new URLSearchParams({ csrf_token: body.csrf_token, update: ALIAS, ...form });
    return infra.get("bodhi", "/comments/", { method: "POST", headers: basic, body: full });
  }
  const problem = (status: number, name: string, description: string, location = "querystring") => ({
    status,
    body: { status: "error", errors: [{ location, name, description }] },
  });

  it("tells one update, and that there is none", async () => {
    const { body } = await infra.get("bodhi", `/updates/${ALIAS}`);
    assert.equal(body.can_edit, false);
    assert.deepEqual(
      [body.update.alias, body.update.updateid, body.update.status, body.update.request, body.update.date_submitted],
      [ALIAS, ALIAS, "pending", "testing", "2011-05-21 12:00:00"],
    );
    assert.deepEqual(body.update.builds, [
      { nvr: "mint-2.0-1.fc15", signed: true, type: "rpm", epoch: 0, release_id: 2 },
    ]);
    assert.deepEqual(await infra.get("bodhi", "/updates/nothing"), problem(404, "id", "Invalid update id", "url"));
  });

  it("pages as bodhi does, and refuses pages that are none", async () => {
    const { body } = await infra.get("bodhi", "/updates/?rows_per_page=1");
    assert.deepEqual([body.page, body.pages, body.rows_per_page, body.total, body.chrome], [1, 1, 1, 1, true]);
    assert.deepEqual((await infra.get("bodhi", "/updates/?page=7")).body.updates, []);
    assert.deepEqual(
      await infra.get("bodhi", "/updates/?page=0"),
      problem(400, "page", "0 is less than minimum value 1"),
    );
    assert.deepEqual(await infra.get("bodhi", "/updates/?page=one"), problem(400, "page", '"one" is not a number'));
    assert.deepEqual(
      await infra.get("bodhi", "/updates/?rows_per_page=1001"),
      problem(400, "rows_per_page", "1001 is greater than maximum value 1000"),
    );
  });

  it("refuses values that are none", async () => {
    assert.deepEqual(
      await infra.get("bodhi", "/updates/?status=lost"),
      problem(400, "status.0", '"lost" is not one of pending, testing, stable, unpushed, obsolete'),
    );
    assert.deepEqual(
      await infra.get("bodhi", "/updates/?bugs=x"),
      problem(400, "bugs", "Invalid bug ID specified: ['x']"),
    );
    assert.deepEqual(
      await infra.get("bodhi", "/updates/?user=nobody"),
      problem(400, "user", "Invalid users specified: nobody"),
    );
    assert.deepEqual(
      await infra.get("bodhi", "/updates/?submitted_since=soon"),
      problem(400, "submitted_since", "Invalid date"),
    );
  });

  it("searches, also by what stands within a name", async () => {
    const total = async (query: string): Promise<number> => (await infra.get("bodhi", `/updates/?${query}`)).body.total;
    assert.equal(await total("like=nt-2.0"), 1);
    assert.equal(await total("search=7551"), 1);
    assert.equal(await total("packages=mint"), 1);
    assert.equal(await total("builds=mint-2.0-1.fc15%20x-1-1"), 1);
    assert.equal(await total("releases=F14"), 0);
    assert.equal(await total("critpath=true"), 0);
    assert.equal(await total("submitted_before=2011-05-21"), 0);
    assert.equal(
      await total("pushed=false&locked=0&type=bugfix&severity=unspecified&suggest=unspecified&content_type=rpm"),
      1,
    );
  });

  it("takes comments only with a token against forgery and from who is logged in", async () => {
    assert.equal((await comment({ text: "Fine" })).status, 200);
    const anonymous = await infra.get("bodhi", "/csrf");
    const form = new URLSearchParams({ csrf_token: anonymous.body.csrf_token, update: ALIAS, text: "x" });
    const refused = await infra.get("bodhi", "/comments/", { method: "POST", body: form });
    assert.deepEqual(refused, problem(403, "email", "You must provide an author", "body"));
    const forged = await infra.get("bodhi", "/comments/", {
      method: "POST",
      headers: basic,
      body: new URLSearchParams({ csrf_token: "0", update: ALIAS, text: "x" }),
    });
    assert.equal(forged.status, 400);
    assert.equal((await infra.control("GET", "/posts")).body.comments.length, 1);
  });

  it("keeps a comment as it was sent, for today's bodhi does not wrap", async () => {
    const text = `${"long ".repeat(40)}\n\n* list`;
    const { body } = await comment({ text });
    assert.equal(body.comment.text, text);
    const listed = await infra.get("bodhi", "/comments/?user=autoqa");
    assert.equal(listed.body.comments[0].text, text);
    assert.equal((await infra.get("bodhi", `/comments/${body.comment.id}`)).body.comment.update_alias, ALIAS);
    assert.equal((await infra.get("bodhi", "/comments/999")).status, 404);
  });

  it("refuses comments of nothing, with too much karma, on bugs of others", async () => {
    assert.equal(
      (await comment({ text: "" })).body.errors[0].description,
      "You must provide either some text or feedback",
    );
    assert.equal(
      (await comment({ text: "x", karma: "2" })).body.errors[0].description,
      "2 is greater than maximum value 1",
    );
    assert.equal((await comment({ text: "x", update: "none" })).status, 404);
    const feedback = { "bug_feedback.0.bug_id": "1", "bug_feedback.0.karma": "1" };
    assert.match(
      (await comment({ text: "x", ...feedback })).body.errors[0].description,
      /Invalid bug ids specified: 1/,
    );
    const right = await comment({ text: "", "bug_feedback.0.bug_id": "701234", "bug_feedback.0.karma": "1" });
    assert.equal(right.body.comment.bug_feedback[0].karma, 1);
  });

  it("tells releases, builds, packages, users and versions", async () => {
    assert.equal((await infra.get("bodhi", "/releases/")).body.total, 2);
    assert.equal((await infra.get("bodhi", "/releases/?exclude_archived=1&state=current")).body.total, 2);
    assert.equal((await infra.get("bodhi", "/releases/F15")).body.dist_tag, "dist-f15");
    assert.equal((await infra.get("bodhi", "/releases/F99")).status, 404);
    assert.equal((await infra.get("bodhi", "/builds/?packages=mint")).body.builds[0].nvr, "mint-2.0-1.fc15");
    assert.equal((await infra.get("bodhi", "/builds/nothing-1-1")).status, 404);
    assert.deepEqual((await infra.get("bodhi", "/packages/?like=in")).body.packages, [{ name: "mint", type: "rpm" }]);
    assert.equal((await infra.get("bodhi", "/users/lmacken")).body.user.email, "lmacken@example.org");
    assert.equal((await infra.get("bodhi", "/users/?groups=packager")).body.total, 1);
    assert.match((await infra.get("bodhi", "/api_version")).body.version, /^\d+\.\d+\.\d+$/);
  });

  it("logs a person in through the identity provider, and back only to the client's own page", async () => {
    const query = {
      response_type: "code",
      client_id: "bodhi-client",
      redirect_uri: "http://localhost:9123/auth",
      state: "s",
    };
    const page = await fetch(infra.url("bodhi", `/idp/authorize?${new URLSearchParams(query)}`));
    assert.match(await page.text(), /name="state" value="s"/);
    const log = (form: Record<string, string>) =>
      fetch(infra.url("bodhi", "/idp/authorize"), {
        method: "POST",
        redirect: "manual",
        body: new URLSearchParams({ ...query, ...form }),
      });
    assert.equal((await log({ username: "autoqa", password: "wrong" })).status, 403);
    assert.equal(
      (await log({ username: "autoqa", password: ACCOUNTS.autoqa, redirect_uri: "http://evil.example.org/" })).status,
      400,
    );
    const answer = await log({ username: "autoqa", password: ACCOUNTS.autoqa });
    const code = new URL(answer.headers.get("location") ?? "").searchParams.get("code") ?? "";
    const form = { grant_type: "authorization_code", code, redirect_uri: query.redirect_uri };
    const token = await infra.post("bodhi", "/idp/token", form);
    const bearer = { authorization: `Bearer ${token.body.access_token}` };
    assert.equal((await infra.get("bodhi", "/idp/userinfo", { headers: bearer })).body.nickname, "autoqa");
    assert.equal((await infra.post("bodhi", "/idp/token", form)).status, 400, "a code is good once");
    assert.equal(
      (await infra.get("bodhi", "/oidc/login-token", { headers: { authorization: "Bearer x" } })).status,
      401,
    );
    assert.doesNotMatch(JSON.stringify(await infra.journal()), new RegExp(`${token.body.access_token}|${code}`));
  });

  it("escapes what it puts into a page", async () => {
    const page = await fetch(
      infra.url("bodhi", `/idp/authorize?state=${encodeURIComponent('"><script>alert(1)</script>')}`),
    );
    assert.doesNotMatch(await page.text(), /<script>/);
  });
});
