/** bodhi in both dialects, and its identity provider: forms, queries and JSON, bent. */
import assert from "node:assert/strict";
import { formInput } from "./forms";
import { AttackedServer, INPUTS } from "./server";

const BODHI_PATHS = [
  "/list",
  "/comment",
  "/get_updates_from_builds",
  "/request",
  "/save",
  "/delete",
  "/login",
  "/logout",
  "/latest_builds",
  "/releases",
  "/mine",
  "/updates/",
  "/updates/FEDORA-2011-7551",
  "/updates/FEDORA-2011-7551/request",
  "/comments/",
  "/comments/1",
  "/releases/",
  "/releases/F15",
  "/builds/",
  "/packages/",
  "/users/",
  "/users/lmacken",
  "/overrides/",
  "/composes/",
  "/csrf",
  "/idp/token",
  "/idp/authorize",
  "/idp/userinfo",
  "/oidc/login-token",
];
const BODHI_FIELDS = [
  "title",
  "text",
  "karma",
  "email",
  "user_name",
  "password",
  "release",
  "releases",
  "package",
  "packages",
  "builds",
  "status",
  "request",
  "type",
  "type_",
  "page",
  "rows_per_page",
  "like",
  "search",
  "submitted_since",
  "pushed_before",
  "bugs",
  "csrf_token",
  "update",
  "action",
  "mine",
  "tg_paginate_limit",
  "tg_paginate_no",
  "created_since",
  "count_only",
  "notes",
  "edited",
  "grant_type",
  "username",
  "code",
  "redirect_uri",
  "state",
  "bug_feedback.0.bug_id",
  "bug_feedback",
  "severity",
  "user",
];

describe("robustness: bodhi", function () {
  this.timeout(300_000);
  let server: AttackedServer;

  before(async () => {
    server = await AttackedServer.start();
  });
  afterEach(() => server.assertWell());
  after(() => server.stop());

  it(`${INPUTS} inputs`, async () => {
    const statuses = await server.flood("bodhi", (bender) => formInput(bender, BODHI_PATHS, BODHI_FIELDS, false), 2);
    assert.ok((statuses.get(200) ?? 0) > INPUTS / 10, JSON.stringify([...statuses]));
  });
});
