/** Every route of both of bodhi's dialects: answered, or refused with bodhi's error and recorded as not modelled. */
import assert from "node:assert/strict";
import { ROUTES } from "../../../services/bodhi/current";
import { METHODS_09 } from "../../../services/bodhi/dialect-09";
import { TestInfra } from "../support/infra";
import { fedora2011 } from "../support/situation";

const ALIAS = "FEDORA-2011-7551";
const NVR = "mint-2.0-1.fc15";

/** What bodhi-server registers (fedora-infra/bodhi 2afdbd08: server/__init__.py, auth/, services/, views/). */
const REST = [
  ...["GET /", "GET /metrics", "GET /updates/new", "GET /overrides/new", "GET /docs/index.html"],
  ...["GET /latest_candidates", "GET /latest_builds", "GET /get_sidetags", "GET /latest_builds_in_tag"],
  ...["GET /api_version", "GET /healthz/live", "GET /healthz/ready", "GET /get_critpath_components"],
  ...["GET /login", "GET /logout", "GET /dologin.html"],
  ...["GET /oidc/login", "GET /oidc/authorize", "GET /oidc/login-token"],
  ...["GET /builds/", `GET /builds/${NVR}`],
  ...["GET /comments/", "POST /comments/", "GET /comments/1", "GET /rss/comments/"],
  ...["GET /composes/", "GET /composes/F15/testing"],
  ...["GET /csrf", "GET /markdown"],
  ...["GET /overrides/", "POST /overrides/", `GET /overrides/${NVR}`, "GET /rss/overrides/"],
  ...["GET /packages/"],
  ...["GET /releases/", "POST /releases/", "GET /releases/F15", "GET /list_releases/"],
  ...["GET /message-schemas/v1/", "GET /message-schemas/v1/bodhi.update.comment"],
  ...["GET /updates/", "POST /updates/", "GET /rss/updates/"],
  ...[`GET /updates/${ALIAS}`, `GET /updates/${ALIAS}/edit`, `POST /updates/${ALIAS}/request`],
  ...[`POST /updates/${ALIAS}/waive-test-results`, `GET /updates/${ALIAS}/get-test-results`],
  `POST /updates/${ALIAS}/trigger-tests`,
  ...["GET /users/", "GET /users/lmacken", "GET /rss/users/"],
];

/**
 * What bodhi 0.9.15 exposes (controllers.py, admin.py, new.py, overrides.py, search.py, metrics.py), but for `comments`,
 * a page for people whose address is the REST API's now.
 */
const OF_09 = [
  ...["pkgs", "login", "logout", "get_updates_from_builds", "list", "mine", "request", "revoke", "delete", "edit"],
  ...["save", "captcha_comment", "comment", "confirm_delete", "dist_tags", "candidate_tags", "approve"],
  ...["security", "user", "latest_builds", "critpath", "releases", "new", "new/search", "search", `search/${NVR}`],
  ...["admin", "admin/masher", "admin/lastlog", "admin/mash_tag", "admin/push", "admin/mash", "admin/current_mash"],
  ...["metrics", "rss", "override", "override/list", "override/new", "override/expire", "override/save"],
  ...["override/edit", "override/save_edit_cli", "override/save_edit"],
].map((name) => `POST /${name}`);

/** Pages for people, feeds, logins of browsers. */
const PAGES = /^GET \/($|metrics|docs|rss|message-schemas|dologin|oidc\/(login|authorize)$|.*\/(new|edit)$)/;

describe("services/bodhi: routes", () => {
  let infra: TestInfra;

  before(async () => {
    infra = await TestInfra.start();
    assert.equal((await infra.load(fedora2011())).status, 200);
  });
  after(() => infra.close());

  /** @returns the routes that are refused as not modelled */
  async function refusedOf(routes: readonly string[]): Promise<string[]> {
    const refused: string[] = [];
    for (const route of routes) {
      const [method = "", path = ""] = route.split(" ");
      const { status, body } = await infra.get("bodhi", path, { method });
      assert.ok(status < 500, `${route}: ${status}`);
      const entry = (await infra.journal()).at(-1);
      assert.equal(entry.method, route);
      if (!entry.unmodelled) {
        assert.notEqual(status, 405, route);
        continue;
      }
      refused.push(route);
      assert.ok(status === 404 || status === 405, `${route}: ${status}`);
      assert.deepEqual([body.status, body.errors.length, body.errors[0].name], ["error", 1, "error"], route);
    }
    return refused;
  }

  it("of the REST API: answers what AutoQA and bodhi's clients need, and refuses the rest", async () => {
    const refused = await refusedOf(REST);
    assert.deepEqual(refused.filter((route) => !PAGES.test(route)).sort(), [
      ...["GET /get_critpath_components", "GET /get_sidetags", "GET /latest_builds_in_tag"],
      ...["GET /list_releases/", "GET /markdown", `GET /overrides/${NVR}`, `GET /updates/${ALIAS}/get-test-results`],
      ...["POST /overrides/", "POST /releases/"],
      ...[`POST /updates/${ALIAS}/trigger-tests`, `POST /updates/${ALIAS}/waive-test-results`],
    ]);
    assert.deepEqual(
      REST.filter((route) => PAGES.test(route) && !refused.includes(route)),
      [],
    );
  });

  it("of the REST API: every route that is modelled is one of the real server's", () => {
    const paths = REST.map((route) => route.split(" ") as [string, string]);
    for (const { method, path } of ROUTES) {
      const pattern = new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}/?$`);
      assert.ok(
        paths.some(([real, address]) => real === method && pattern.test(address)),
        `${method} ${path}`,
      );
    }
  });

  it("of 0.9: answers what its command line and AutoQA call, and refuses the rest", async () => {
    const refused = new Set(await refusedOf(OF_09));
    const answered = OF_09.filter((route) => !refused.has(route)).map((route) => route.replace("POST /", ""));
    assert.deepEqual(answered.sort(), Object.keys(METHODS_09).sort());
  });
});
