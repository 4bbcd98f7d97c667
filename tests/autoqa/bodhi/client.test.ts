import assert from "node:assert/strict";
import { Bodhi } from "../../../autoqa/bodhi/client";
import { HttpError, Unreachable } from "../../../autoqa/http/request";
import { FakeInfrastructure } from "../fake-infrastructure";

describe("bodhi's client", () => {
  const infrastructure = new FakeInfrastructure();
  let url: string;

  before(async () => {
    url = await infrastructure.start();
    infrastructure.addUpdate("FEDORA-1", ["mint-1-1", "mint-libs-1-1"], {
      comments: [{ author: "autoqa", text: "hello", karma: 0, timestamp: "2011-05-21 17:00:00" }],
    });
    for (let i = 0; i < 120; i++) infrastructure.addUpdate(`MANY-${i}`, [`package-${i}-1`]);
  });

  after(() => infrastructure.stop());

  beforeEach(() => {
    infrastructure.intercept = () => undefined;
    infrastructure.calls = [];
  });

  const bodhi = () => new Bodhi(`${url}/bodhi`, { username: "autoqa", password: "secret" });
  const oldMethods = ["/bodhi/get_updates_from_builds", "/bodhi/list"];
  const withoutOldDialect = (path: string) => (oldMethods.includes(path) ? { status: 404, body: "" } : undefined);

  for (const [dialect, intercept] of [
    ["the 0.9 dialect", () => undefined],
    ["the current dialect, where bodhi has no other", withoutOldDialect],
  ] as const) {
    it(`finds updates in ${dialect}`, async () => {
      infrastructure.intercept = intercept;
      const client = bodhi();
      const updates = await client.updatesOfBuilds(["mint-1-1", "nothing-1-1", "mint-libs-1-1"]);
      assert.deepEqual([...updates.keys()], ["mint-1-1", "mint-libs-1-1"]);
      const update = await client.update("FEDORA-1");
      assert.deepEqual(update, updates.get("mint-1-1"));
      assert.equal(update?.title, "mint-1-1,mint-libs-1-1");
      assert.deepEqual(
        update?.comments.map(({ author, text }) => `${author}: ${text}`),
        ["autoqa: hello"],
      );
      assert.equal(await client.update("FEDORA-404"), undefined);
    });
  }

  it("asks for the old dialect once", async () => {
    infrastructure.intercept = withoutOldDialect;
    const client = bodhi();
    await client.updatesOfBuilds(["mint-1-1"]);
    await client.updatesOfBuilds(["mint-1-1"]);
    assert.deepEqual(infrastructure.calls, [
      "/bodhi/get_updates_from_builds POST",
      "/bodhi/updates/ GET",
      "/bodhi/updates/ GET",
    ]);
  });

  it("asks for many builds in several requests", async () => {
    const nvrs = Array.from({ length: 120 }, (_, i) => `package-${i}-1`);
    assert.equal((await bodhi().updatesOfBuilds(nvrs)).size, 120);
    assert.equal(infrastructure.calls.length, 3);
  });

  it("tells trouble that may pass from trouble that will not", async () => {
    infrastructure.intercept = () => ({ status: 503, body: "" });
    await assert.rejects(bodhi().update("FEDORA-1"), Unreachable);
    infrastructure.intercept = () => ({ status: 403, body: "" });
    await assert.rejects(
      bodhi().update("FEDORA-1"),
      (error: Error) => error instanceof HttpError && /account/.test(error.message),
    );
    infrastructure.intercept = () => ({ status: 200, body: "<html>" });
    await assert.rejects(bodhi().update("FEDORA-1"), /not JSON/);
    infrastructure.intercept = () => "hang up";
    await assert.rejects(bodhi().update("FEDORA-1"), Unreachable);
  });

  it("says that an update is unknown, which bodhi does with an empty object", async () => {
    assert.equal(await bodhi().comment("FEDORA-404", "text", false), false);
    assert.equal(await bodhi().comment("FEDORA-1", "text", true), true);
    assert.deepEqual(
      infrastructure.comments.map(({ update, email }) => `${update} ${email}`),
      ["FEDORA-1 True"],
    );
  });
});
