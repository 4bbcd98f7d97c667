import assert from "node:assert/strict";
import fc from "fast-check";
import { KojiHub } from "../../../autoqa/koji/hub";
import { openDatabase } from "../../../autoqa/server/database";
import { TagHistory } from "../../../autoqa/watchers/tag-history";
import { FakeInfrastructure } from "../fake-infrastructure";

const tags = ["f14-updates-testing-pending", "f15-updates-testing-pending"];
const nvrs = ["mint-1-1", "bourbon-2-1", "julep-3-1"];

type Step = { do: "tag" | "untag"; nvr: string; tag: string } | { do: "look" } | { do: "restart" } | { do: "crash" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("tag", "untag"),
      nvr: fc.constantFrom(...nvrs),
      tag: fc.constantFrom(...tags),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ do: "look" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "restart" }) },
  // A look whose findings are lost before they are stored.
  { weight: 1, arbitrary: fc.constant<Step>({ do: "crash" }) },
);

describe("tag history", () => {
  const infrastructure = new FakeInfrastructure();
  let hub: KojiHub;

  before(async () => {
    hub = new KojiHub(`${await infrastructure.start()}/kojihub`);
  });

  after(() => infrastructure.stop());

  beforeEach(() => {
    infrastructure.builds = [];
    infrastructure.taggings = [];
    infrastructure.event = 100;
    infrastructure.intercept = () => undefined;
    for (const nvr of nvrs) infrastructure.addBuild(nvr, []);
  });

  it("shows every stay once, in order, whatever happens between looks, restarts and crashes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        infrastructure.taggings = [];
        infrastructure.event = 100;
        const database = openDatabase(":memory:");
        let history = new TagHistory(database, "test");
        const seen: string[] = [];
        const look = async () => {
          const changes = await history.changes(hub, tags);
          changes.remember();
          seen.push(...changes.fresh.map(({ tag, createEvent }) => `${createEvent} ${tag}`));
          for (const tag of tags) {
            const now = infrastructure.taggings.filter((stay) => stay.tag === tag && stay.revoke === null);
            assert.deepEqual(
              changes.content.get(tag)?.map(({ createEvent }) => createEvent),
              now.map(({ create }) => create),
            );
          }
        };
        await look();
        for (const one of steps) {
          if (one.do === "tag") {
            const isThere = infrastructure.taggings.some(
              ({ tag, build, revoke }) => tag === one.tag && revoke === null && nvrs[build - 1] === one.nvr,
            );
            if (!isThere) infrastructure.tag(one.nvr, one.tag);
          } else if (one.do === "untag") infrastructure.untag(one.nvr, one.tag);
          else if (one.do === "look") await look();
          else if (one.do === "crash") await history.changes(hub, tags);
          else history = new TagHistory(database, "test");
        }
        await look();
        const all = infrastructure.taggings.map(({ tag, create }) => `${create} ${tag}`);
        assert.deepEqual([...seen].sort(), all);
        database.close();
      }),
      { numRuns: 60 },
    );
  });

  it("takes what had left a tag before the first look for history", async () => {
    infrastructure.tag("mint-1-1", "f15-updates-testing-pending");
    infrastructure.untag("mint-1-1", "f15-updates-testing-pending");
    infrastructure.tag("julep-3-1", "f15-updates-testing-pending");
    const history = new TagHistory(openDatabase(":memory:"), "test");
    for (const expected of [["julep-3-1"], [], []]) {
      const changes = await history.changes(hub, tags);
      changes.remember();
      assert.deepEqual(
        changes.fresh.map(({ nvr }) => nvr),
        expected,
      );
    }
  });

  it("sees an event that became visible after a later one", async () => {
    const history = new TagHistory(openDatabase(":memory:"), "test");
    (await history.changes(hub, tags)).remember();
    infrastructure.event = 150;
    infrastructure.tag("mint-1-1", "f15-updates-testing-pending");
    (await history.changes(hub, tags)).remember();
    infrastructure.taggings.push({ tag: "f15-updates-testing-pending", build: 2, create: 149, revoke: null });
    assert.deepEqual(
      (await history.changes(hub, tags)).fresh.map(({ nvr }) => nvr),
      ["bourbon-2-1"],
    );
  });

  it("reads on where it stopped instead of reading everything again", async () => {
    const history = new TagHistory(openDatabase(":memory:"), "test");
    infrastructure.event = 1_000_000;
    (await history.changes(hub, tags)).remember();
    infrastructure.calls = [];
    (await history.changes(hub, tags)).remember();
    assert.deepEqual(infrastructure.calls, ["/kojihub multiCall"]);
  });

  it("goes on with the other tags when koji does not know one", async () => {
    const history = new TagHistory(openDatabase(":memory:"), "test");
    infrastructure.intercept = () => undefined;
    infrastructure.tag("mint-1-1", "f15-updates-testing-pending");
    const changes = await history.changes(hub, ["f15-updates-testing-pending", "no-such-tag"]);
    assert.deepEqual(
      changes.fresh.map(({ nvr }) => nvr),
      ["mint-1-1"],
    );
  });

  for (const [what, answer] of [
    ["a tag's history", [`<array><data><value><int>1</int></value></data></array>`, fault(1, "ProgrammingError")]],
    ["its last event", [fault(1, "ProgrammingError"), "<array><data><value><struct/></value></data></array>"]],
    ["its last event's number", ["<array><data><value><nil/></value></data></array>", fault(1000, "No such tag: x")]],
  ] as const) {
    it(`has not looked where koji fails to tell ${what}, and sees everything the next time`, async () => {
      const history = new TagHistory(openDatabase(":memory:"), "test");
      infrastructure.tag("julep-3-1", "f15-updates-testing-pending");
      infrastructure.untag("julep-3-1", "f15-updates-testing-pending");
      infrastructure.tag("mint-1-1", "f15-updates-testing-pending");
      infrastructure.intercept = () => ({ status: 200, body: multicallAnswer(answer) });
      await assert.rejects(history.changes(hub, ["f15-updates-testing-pending"]), /koji does not tell/);
      infrastructure.intercept = () => undefined;
      const { fresh } = await history.changes(hub, ["f15-updates-testing-pending"]);
      assert.deepEqual(
        fresh.map(({ nvr }) => nvr),
        ["mint-1-1"],
      );
    });
  }

  for (const message of ["No such tagInfo: 'x'", "No such tag: 'x'", "No such entry in table tag: x"]) {
    it(`takes "${message}" for koji's word that it has no such tag`, async () => {
      const last =
        "<array><data><value><struct><member><name>id</name><value><int>7</int></value></member></struct></value></data></array>";
      infrastructure.intercept = () => ({ status: 200, body: multicallAnswer([last, fault(1000, message)]) });
      const { content } = await new TagHistory(openDatabase(":memory:"), "test").changes(hub, ["x"]);
      assert.equal(content.size, 0);
    });
  }

  it("shows taggings of one event, as of a mass tagging, in the order of the builds", async () => {
    for (const build of [3, 1, 2])
      infrastructure.taggings.push({ tag: tags[1] ?? "", build, create: 101, revoke: null });
    const { fresh } = await new TagHistory(openDatabase(":memory:"), "test").changes(hub, tags);
    assert.deepEqual(
      fresh.map(({ buildId }) => buildId),
      [1, 2, 3],
    );
  });
});

function fault(code: number, message: string): string {
  return `<struct><member><name>faultCode</name><value><int>${code}</int></value></member>
<member><name>faultString</name><value><string>${message}</string></value></member></struct>`;
}

function multicallAnswer(values: readonly string[]): string {
  const data = values.map((value) => `<value>${value}</value>`).join("");
  return `<?xml version="1.0"?><methodResponse><params><param><value><array><data>${data}</data></array></value></param></params></methodResponse>`;
}
