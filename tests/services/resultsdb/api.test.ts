import assert from "node:assert/strict";
import { type Answer, TestInfra } from "../support/infra";
import { fedora2011 } from "../support/situation";

const API = "/api/v2.0";

describe("services/resultsdb: API v2.0", () => {
  let infra: TestInfra;

  before(async () => {
    infra = await TestInfra.start();
  });
  after(() => infra.close());
  beforeEach(async () => {
    await infra.load(fedora2011());
  });

  const get = (path: string): Promise<Answer> => infra.get("resultsdb", `${API}${path}`);
  const post = (path: string, body: unknown, type = "application/json"): Promise<Answer> =>
    infra.get("resultsdb", `${API}${path}`, {
      method: "POST",
      headers: { "content-type": type },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const ids = async (query: string): Promise<number[]> =>
    (await get(`/results?${query}`)).body.data.map(({ id }: { id: number }) => id);

  it("has a landing page of status 300", async () => {
    for (const path of ["", "/"]) {
      const { status, body } = await get(path);
      assert.equal(status, 300);
      assert.deepEqual(body.outcomes, ["PASSED", "INFO", "FAILED", "NEEDS_INSPECTION"]);
      assert.match(body.results, /^http:\/\/127\.0\.0\.1:\d+\/api\/v2\.0\/results$/);
    }
  });

  it("stores a result and gives it back, data values in lists", async () => {
    const { status, body } = await post("/results", {
      outcome: " passed ",
      testcase: { name: "dist.rpmlint", ref_url: "http://wiki/rpmlint" },
      groups: ["11111111-1111-4111-8111-111111111111", { description: "batch" }],
      note: "0 errors",
      ref_url: "http://autoqa:8080/results/1",
      data: { item: "mint-2.0-1.fc15", arch: ["i686", "x86_64"], count: 3, flag: true, nothing: null },
    });
    assert.equal(status, 201);
    assert.equal(body.id, 1);
    assert.equal(body.outcome, "PASSED");
    assert.equal(body.submit_time, "2011-05-21T17:16:58");
    assert.deepEqual(body.data, {
      item: ["mint-2.0-1.fc15"],
      arch: ["i686", "x86_64"],
      count: ["3"],
      flag: ["True"],
      nothing: ["None"],
    });
    assert.equal(body.groups.length, 2);
    assert.deepEqual((await get("/results/1")).body, body);
    assert.equal((await get("/testcases/dist.rpmlint")).body.ref_url, "http://wiki/rpmlint");
    assert.equal((await get(`/groups/${body.groups[0]}`)).body.results_count, 1);
    assert.deepEqual((await infra.control("GET", "/posts")).body.results[0].data, body.data);
  });

  it("gives ids from 1 after each load, and groups that follow from it", async () => {
    const round = async () => {
      await infra.load(fedora2011());
      const { body } = await post("/results", { outcome: "INFO", testcase: "t", groups: [{ description: "batch" }] });
      return body;
    };
    const [first, second] = [await round(), await round()];
    assert.deepEqual(first, second);
    assert.equal(first.id, 1);
  });

  it("filters", async () => {
    const make = (outcome: string, testcase: string, data: object, more: object = {}) =>
      post("/results", { outcome, testcase, data, ...more });
    await make("PASSED", "dist.rpmlint", { item: "a-1-1", type: "koji_build" });
    await make("FAILED", "dist.depcheck", { item: "a-1-1", type: "koji_build", arch: "i686" });
    await make("FAILED", "dist.depcheck", { item: "b-1-1", type: "koji_build", arch: "x86_64" }, { groups: ["g"] });
    await make("INFO", "other", { item: "U", type: "bodhi_update" }, { submit_time: "2011-05-01T00:00:00.000000" });
    assert.deepEqual(await ids(""), [3, 2, 1, 4], "newest first");
    assert.deepEqual(await ids("_sort=asc:submit_time"), [4, 1, 2, 3]);
    assert.deepEqual(await ids("_sort=asc:outcome"), [3, 2, 1, 4]);
    assert.deepEqual(await ids("outcome=failed,info"), [3, 2, 4]);
    assert.deepEqual(await ids("item=a-1-1"), [2, 1]);
    assert.deepEqual(await ids("item=a-1-1&arch=i686"), [2]);
    assert.deepEqual(await ids("item=a-1-1,U"), [2, 1, 4]);
    assert.deepEqual(await ids("item:like=*-1-1"), [3, 2, 1]);
    assert.deepEqual(await ids("item:like=a*,U*"), [2, 1, 4]);
    assert.deepEqual(await ids("item:like=A*"), [], "PostgreSQL's LIKE minds the case");
    assert.deepEqual(await ids("testcases=dist.rpmlint,other"), [1, 4]);
    assert.deepEqual(await ids("testcases:like=dist.*"), [3, 2, 1]);
    assert.deepEqual(await ids("groups=g"), [3]);
    assert.deepEqual(await ids("since=2011-05-20"), [3, 2, 1]);
    assert.deepEqual(await ids("since=2011-04-01T00:00:00,2011-05-02T00:00:00Z"), [4]);
    assert.deepEqual((await get("/groups/g/results")).body.data.length, 1);
    assert.deepEqual((await get("/testcases/dist.depcheck/results")).body.data.length, 2);
    assert.deepEqual(await ids("nothing=such"), []);
    assert.deepEqual(await ids(`item=${encodeURIComponent("a' OR 1=1 --")}`), []);
  });

  it("pages, with links to the next and the one before", async () => {
    for (let index = 0; index < 5; index += 1) await post("/results", { outcome: "INFO", testcase: "t" });
    const first = (await get("/results?limit=2&testcases=t")).body;
    assert.equal(first.prev, null);
    assert.match(first.next, /\/api\/v2\.0\/results\?limit=2&testcases=t&page=1$/);
    const second = (await (await fetch(first.next)).json()) as { prev: string; next: string; data: unknown[] };
    assert.match(second.prev, /page=0$/);
    assert.match(second.next, /page=2$/);
    const last = (await get("/results?limit=2&page=2")).body;
    assert.deepEqual([last.data.length, last.next], [1, null]);
    assert.equal((await get("/results?page=-3&limit=2")).body.data.length, 2);
    assert.deepEqual((await get("/results?limit=0")).body.data, []);
  });

  it("tells the latest of each testcase, or of each combination of values", async () => {
    const make = (outcome: string, testcase: string, arch: string) =>
      post("/results", { outcome, testcase, data: { item: "a-1-1", arch } });
    await make("PASSED", "depcheck", "i686");
    await make("FAILED", "depcheck", "x86_64");
    await make("FAILED", "depcheck", "i686");
    await make("PASSED", "rpmlint", "noarch");
    const latest = async (query: string): Promise<number[]> =>
      (await get(`/results/latest?${query}`)).body.data.map(({ id }: { id: number }) => id);
    assert.deepEqual(await latest("item=a-1-1"), [4, 3]);
    assert.deepEqual(await latest("item=a-1-1&_distinct_on=arch"), [4, 3, 2]);
    assert.deepEqual(await latest("testcases=depcheck"), [3]);
    const refused = await get("/results/latest?_distinct_on=arch");
    assert.deepEqual(
      [refused.status, refused.body],
      [400, { message: "Please, provide at least one filter beside '_distinct_on'" }],
    );
  });

  const refused: readonly [string, unknown, string, string][] = [
    ["no outcome", { testcase: "t" }, "outcome", "Field required"],
    [
      "an outcome that is none",
      { outcome: "GREAT", testcase: "t" },
      "outcome",
      "Value error, must be one of: PASSED, INFO, FAILED, NEEDS_INSPECTION",
    ],
    ["an empty outcome", { outcome: " ", testcase: "t" }, "outcome", "String should have at least 1 character"],
    ["an outcome that is no text", { outcome: 1, testcase: "t" }, "outcome", "Input should be a valid string"],
    ["no testcase", { outcome: "INFO" }, "testcase", "Field required"],
    [
      "a testcase without a name",
      { outcome: "INFO", testcase: {} },
      "testcase",
      "Value error, testcase name must be non-empty",
    ],
    [
      "an empty testcase",
      { outcome: "INFO", testcase: "" },
      "testcase",
      "Value error, testcase name must be non-empty",
    ],
    [
      "groups that are no list",
      { outcome: "INFO", testcase: "t", groups: "g" },
      "groups",
      "Input should be a valid list",
    ],
    [
      "data that are no object",
      { outcome: "INFO", testcase: "t", data: [1] },
      "data",
      "Input should be a valid dictionary",
    ],
    ["a note that is no text", { outcome: "INFO", testcase: "t", note: 1 }, "note", "Input should be a valid string"],
  ];
  for (const [what, body, field, message] of refused) {
    it(`refuses ${what} as pydantic does`, async () => {
      const answer = await post("/results", body);
      assert.equal(answer.status, 400);
      const [mistake] = answer.body.validation_error;
      assert.deepEqual([mistake.loc, mistake.msg], [[field], message]);
      assert.deepEqual(Object.keys(mistake).sort(), ["input", "loc", "msg", "type", "url"]);
      assert.deepEqual((await infra.control("GET", "/posts")).body.results, []);
    });
  }

  it("refuses keys with a colon, times that are none, and bodies that are no JSON", async () => {
    const colon = await post("/results", { outcome: "INFO", testcase: "t", data: { "a:b": 1 } });
    assert.deepEqual([colon.status, colon.body], [400, { message: "Colon not allowed in key name: ['a:b']" }]);
    const time = await post("/results", { outcome: "INFO", testcase: "t", submit_time: "soon" });
    assert.match(time.body.validation_error[0].msg, /Expected timestamp in milliseconds or datetime .* got 'soon'/);
    assert.equal((await post("/results", "{", "application/json")).status, 400);
    assert.equal((await post("/results", "[]", "application/json")).status, 400);
    assert.equal((await post("/results", "a=b", "application/x-www-form-urlencoded")).status, 415);
    assert.equal((await get("/results?outcome=great")).status, 400);
    assert.equal(
      (await get("/results?since=soon")).body.validation_error[0].msg,
      "Value error, must be in ISO8601 format",
    );
    assert.equal((await get("/results?limit=many")).body.validation_error[0].type, "int_parsing");
  });

  it("takes a time as milliseconds or text", async () => {
    const time = async (value: unknown) =>
      (await post("/results", { outcome: "INFO", testcase: "t", submit_time: value })).body.submit_time;
    assert.equal(await time(1305998218584), "2011-05-21T17:16:58.584000");
    assert.equal(await time("1305998218584"), "2011-05-21T17:16:58.584000");
    assert.equal(await time("2011-05-21T17:16:58.584573"), "2011-05-21T17:16:58.584573");
    assert.equal(await time("2011-05-21T17:16:58.584573Z"), "2011-05-21T17:16:58.584573");
  });

  it("refuses times that cannot be told again, and serves on", async () => {
    const refusal = async (value: unknown) => {
      const { status, body } = await post("/results", { outcome: "INFO", testcase: "t", submit_time: value });
      return [status, body.validation_error?.[0].loc, body.validation_error?.[0].msg];
    };
    const expected =
      "Value error, Expected timestamp in milliseconds or datetime (in format YYYY-MM-DDTHH:MM:SS.ffffff)";
    assert.deepEqual(await refusal(1305998218584573), [
      400,
      ["submit_time"],
      "Value error, year 43355 is out of range",
    ]);
    assert.deepEqual(await refusal("1305998218584573"), [400, ["submit_time"], `${expected}, got '1305998218584573'`]);
    assert.deepEqual(await refusal(1e300), [400, ["submit_time"], `${expected}, got 1e+300`]);
    assert.deepEqual(await refusal(-1e17), [400, ["submit_time"], `${expected}, got -100000000000000000`]);
    assert.deepEqual(await refusal("9999-01-01T00:00:00.0"), [
      400,
      ["submit_time"],
      `${expected}, got '9999-01-01T00:00:00.0'`,
    ]);
    assert.equal((await get("/results")).status, 200);
    assert.equal((await infra.control("GET", "/posts")).status, 200);
  });

  it("gives the clock's time to what has none, whatever times clients gave", async () => {
    const time = async (more: object) =>
      (await post("/results", { outcome: "INFO", testcase: "t", ...more })).body.submit_time;
    assert.equal(await time({ submit_time: "2050-01-01T00:00:00.000000" }), "2050-01-01T00:00:00");
    assert.equal(await time({}), "2011-05-21T17:16:58");
    assert.equal(await time({}), "2011-05-21T17:16:58.000001");
  });

  it("fails as the real server on groups that are none, and stores nothing", async () => {
    for (const group of [1, null, ["g"], { uuid: 1 }, { uuid: "g", description: {} }]) {
      const answer = await post("/results", { outcome: "INFO", testcase: "t", groups: ["first", group] });
      assert.deepEqual(
        [answer.status, answer.body],
        [500, { message: "Internal Server Error" }],
        JSON.stringify(group),
      );
    }
    assert.deepEqual((await get("/results")).body.data, []);
    assert.deepEqual((await get("/groups")).body.data, []);
    await post("/results", { outcome: "INFO", testcase: "t", groups: [{ uuid: "g", description: 5 }] });
    assert.equal((await get("/groups/g")).body.description, "5");
  });

  it("keeps testcases, also with slashes in their names", async () => {
    assert.equal((await post("/testcases", { name: "dist/rpmlint x", ref_url: "http://a" })).status, 201);
    assert.equal((await post("/testcases", { name: "dist/rpmlint x", ref_url: "http://b" })).body.ref_url, "http://b");
    assert.equal((await get("/testcases/dist/rpmlint%20x")).body.ref_url, "http://b");
    assert.deepEqual((await get("/testcases?name:like=dist*")).body.data.length, 1);
    assert.deepEqual((await get("/testcases/none")).body, { message: "Testcase not found" });
    assert.deepEqual((await get("/testcases/none/results")).body, { message: "Testcase not found" });
    assert.equal((await post("/testcases", {})).body.validation_error[0].msg, "Field required");
    assert.equal((await post("/testcases", { name: "" })).body.validation_error[0].type, "string_too_short");
  });

  it("keeps groups", async () => {
    const { body } = await post("/groups", { description: "tonight", ref_url: "http://a" });
    assert.match(body.uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal((await post("/groups", { uuid: body.uuid, description: "last night" })).body.ref_url, "http://a");
    assert.equal((await get("/groups?description=last%20night")).body.data.length, 1);
    assert.equal((await get("/groups?description:like=last*")).body.data.length, 1);
    assert.equal((await get(`/groups?uuid=${body.uuid},x`)).body.data.length, 1);
    assert.deepEqual((await get("/groups/none")).body, { message: "Group not found" });
    assert.deepEqual((await get("/groups/none/results")).body, { message: "Group not found: none" });
  });

  it("answers what it does not have as the real server, and records it", async () => {
    assert.deepEqual((await get("/results/none")).body, { message: "Result not found" });
    assert.equal((await get("/healthcheck")).body.message, "Health check OK");
    const removed = await infra.get("resultsdb", `${API}/results/1`, { method: "DELETE" });
    assert.equal(removed.status, 405);
    assert.equal((await infra.journal()).at(-1).unmodelled, true);
    assert.equal((await infra.get("resultsdb", "/api/v3/results")).status, 404);
    assert.equal((await infra.journal()).at(-1).unmodelled, true);
  });
});
