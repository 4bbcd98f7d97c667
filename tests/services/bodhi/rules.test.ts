import assert from "node:assert/strict";
import { comment } from "../../../services/bodhi/rules/comment";
import { createUpdates } from "../../../services/bodhi/rules/create";
import { editUpdate } from "../../../services/bodhi/rules/edit";
import { BodhiError } from "../../../services/bodhi/rules/errors";
import { karmaOf } from "../../../services/bodhi/rules/karma";
import { push } from "../../../services/bodhi/rules/push";
import { setRequest } from "../../../services/bodhi/rules/request";
import type { Update } from "../../../services/world/bodhi-tables";
import { loadSituation } from "../../../services/world/load";
import { SECOND } from "../../../services/world/time";
import type { World } from "../../../services/world/world";
import { build, release, situation, tagsOf, update } from "../support/situation";

const DAY = 24 * 3600 * SECOND;

/** One release of each era, each with an update of mint that waits for testing. */
function world(more: object = {}): World {
  const [old, now] = [release("F15"), release("F42", "plain")];
  const tags = (of: ReturnType<typeof release>) => [of.candidateTag, of.pendingTestingTag];
  return loadSituation(
    situation({
      users: [
        { name: "lmacken", email: "lmacken@example.org" },
        { name: "tester", groups: ["proventesters"] },
      ],
      releases: [old, now],
      tags: [...tagsOf(old), ...tagsOf(now)],
      builds: [
        build("mint-2.0-1.fc15", tags(old)),
        build("mint-2.0-1.fc42", tags(now)),
        build("mint-3.0-1.fc15", [old.candidateTag]),
        build("mint-3.0-1.fc42", [now.candidateTag]),
      ],
      updates: [
        update("OLD", ["mint-2.0-1.fc15"], "F15", { request: "testing", ...more }),
        update("NOW", ["mint-2.0-1.fc42"], "F42", { request: "testing", ...more }),
      ],
    }),
  );
}

function get(of: World, alias: string): Update {
  const found = of.bodhi.updatesByAlias.get(alias);
  assert.ok(found);
  return found;
}

function tags(of: World, nvr: string): string[] {
  const listings = of.buildsByNvr.get(nvr)?.listings ?? [];
  return listings
    .filter(({ revokeEvent }) => revokeEvent === null)
    .map(({ tagId }) => of.tagById(tagId).name.replace(/^(dist-)?f\d+-?/, ""));
}

function say(of: World, alias: string, author: string, karma: number, email = true): void {
  comment(of, get(of, alias), { author, text: "…", karma, email, origin: "client" });
}

const texts = (of: Update): string[] => of.comments.map(({ author, text }) => `${author}: ${text}`);

describe("services/bodhi/rules: requests", () => {
  for (const [alias, nvr] of [
    ["OLD", "mint-2.0-1.fc15"],
    ["NOW", "mint-2.0-1.fc42"],
  ] as const) {
    it(`${alias}: a push to testing moves the builds and ends the request`, () => {
      const of = world();
      assert.deepEqual(
        push(of, "testing", of.bodhi.releases).map((each) => each.alias),
        ["OLD", "NOW"],
      );
      const pushed = get(of, alias);
      assert.deepEqual([pushed.status, pushed.request, pushed.pushed], ["testing", null, true]);
      assert.deepEqual(tags(of, nvr), ["updates-testing"]);
      assert.match(texts(pushed).at(-1) ?? "", /^bodhi: This update has been pushed to testing\.?$/);
    });

    it(`${alias}: stable after its time in testing, and the push moves the builds`, () => {
      const of = world();
      push(of, "testing", of.bodhi.releases);
      assert.throws(() => setRequest(of, get(of, alias), "stable", "lmacken"), BodhiError);
      of.clock += 8 * DAY;
      setRequest(of, get(of, alias), "stable", "lmacken");
      assert.deepEqual(tags(of, nvr), ["updates-testing", "updates-pending"]);
      push(of, "stable", of.bodhi.releases);
      assert.deepEqual(tags(of, nvr), ["updates"]);
      assert.equal(get(of, alias).status, "stable");
    });

    it(`${alias}: asked for stable too early it is made a request for testing`, () => {
      const of = world({ request: null });
      setRequest(of, get(of, alias), "stable", "lmacken");
      assert.equal(get(of, alias).request, "testing");
      assert.match(
        texts(get(of, alias)).at(-1) ?? "",
        /submitted for testing by lmacken\. This update has not yet met/,
      );
    });

    it(`${alias}: revoked, it leaves its pending tag`, () => {
      const of = world();
      setRequest(of, get(of, alias), "revoke", "lmacken");
      assert.equal(get(of, alias).request, null);
      assert.deepEqual(tags(of, nvr), ["updates-candidate"]);
      assert.throws(() => setRequest(of, get(of, alias), "revoke", "lmacken"), BodhiError);
    });

    it(`${alias}: unpushed from testing it is a candidate again`, () => {
      const of = world();
      push(of, "testing", of.bodhi.releases);
      setRequest(of, get(of, alias), "unpush", "lmacken");
      assert.deepEqual(tags(of, nvr), ["updates-candidate"]);
      assert.equal(get(of, alias).status, alias === "OLD" ? "pending" : "unpushed");
    });

    it(`${alias}: obsoleted from testing it leaves the testing tag`, () => {
      const of = world();
      push(of, "testing", of.bodhi.releases);
      setRequest(of, get(of, alias), "obsolete", "lmacken");
      assert.deepEqual([get(of, alias).status, get(of, alias).request], ["obsolete", null]);
      assert.ok(!tags(of, nvr).includes("updates-testing"));
    });
  }

  it("0.9 refuses what is so already, with its words", () => {
    const of = world();
    assert.throws(() => setRequest(of, get(of, "OLD"), "testing", "lmacken"), {
      message: "mint-2.0-1.fc15 has already been submitted to testing",
    });
    setRequest(of, get(of, "NOW"), "testing", "lmacken");
    assert.equal(get(of, "NOW").comments.length, 0, "today's says nothing");
  });

  it("0.9 refuses to push what is older than stable", () => {
    const of = world({ request: null });
    const stable = of.tagsByName.get("dist-f15-updates");
    const newer = of.buildsByNvr.get("mint-3.0-1.fc15");
    assert.ok(stable && newer);
    of.addListing(stable, newer, of.newEvent(), 1);
    assert.throws(() => setRequest(of, get(of, "OLD"), "stable", "lmacken"), {
      message: "Broken update path: mint-3.0-1.fc15 is already released, and is newer than mint-2.0-1.fc15",
    });
  });

  it("today's cannot unpush what was never pushed", () => {
    const of = world();
    assert.throws(() => setRequest(of, get(of, "NOW"), "unpush", "lmacken"), {
      message: "Can't unpush a pending update",
    });
  });

  it("nothing is pushed of other releases, or that is not requested", () => {
    const of = world();
    assert.deepEqual(push(of, "stable", of.bodhi.releases), []);
    assert.deepEqual(
      push(
        of,
        "testing",
        of.bodhi.releases.filter(({ name }) => name === "F15"),
      ).map(({ alias }) => alias),
      ["OLD"],
    );
  });
});

describe("services/bodhi/rules: karma", () => {
  it("counts each author's last", () => {
    const of = world();
    say(of, "OLD", "a", 1);
    say(of, "OLD", "b", 1);
    say(of, "OLD", "a", -1);
    say(of, "OLD", "c", 0);
    assert.equal(karmaOf(get(of, "OLD")), 0);
  });

  for (const [alias, nvr] of [
    ["OLD", "mint-2.0-1.fc15"],
    ["NOW", "mint-2.0-1.fc42"],
  ] as const) {
    it(`${alias}: enough of it requests stable`, () => {
      const of = world();
      push(of, "testing", of.bodhi.releases);
      for (const author of ["a", "b", "c"]) say(of, alias, author, 1);
      assert.equal(get(of, alias).request, "stable");
      assert.deepEqual(tags(of, nvr), ["updates-testing", "updates-pending"]);
    });

    it(`${alias}: too little of it obsoletes`, () => {
      const of = world();
      push(of, "testing", of.bodhi.releases);
      for (const author of ["a", "b", "c"]) say(of, alias, author, -1);
      assert.equal(get(of, alias).status, "obsolete");
      assert.ok(!tags(of, nvr).includes("updates-testing"));
    });

    it(`${alias}: without the automatism it requests nothing`, () => {
      const of = world({ autokarma: false });
      push(of, "testing", of.bodhi.releases);
      for (const author of ["a", "b", "c"]) say(of, alias, author, 1);
      assert.equal(get(of, alias).request, null);
    });
  }

  it("0.9: at the threshold from pending it goes straight to stable, leaving the pending tag of testing", () => {
    const of = world();
    for (const author of ["a", "b", "c"]) say(of, "OLD", author, 1);
    assert.deepEqual(tags(of, "mint-2.0-1.fc15"), ["updates-candidate", "updates-pending"]);
    assert.match(texts(get(of, "OLD")).at(-1) ?? "", /has reached the stable karma threshold/);
  });

  it("today's: one's own counts not, a negative one ends the automatism, an edit resets it", () => {
    const of = world();
    say(of, "NOW", "lmacken", 1);
    assert.equal(karmaOf(get(of, "NOW")), 0);
    say(of, "NOW", "a", -1);
    assert.equal(get(of, "NOW").autokarma, false);
    editUpdate(of, get(of, "NOW"), { builds: ["mint-3.0-1.fc42"] }, "lmacken");
    assert.equal(karmaOf(get(of, "NOW")), 0);
    assert.match(texts(get(of, "NOW")).join("\n"), /Karma has been reset/);
  });
});

describe("services/bodhi/rules: edits", () => {
  for (const [alias, dist] of [
    ["OLD", "fc15"],
    ["NOW", "fc42"],
  ] as const) {
    it(`${alias}: a changed build takes the pending tag with it`, () => {
      const of = world();
      editUpdate(of, get(of, alias), { builds: [`mint-3.0-1.${dist}`] }, "lmacken");
      assert.deepEqual(tags(of, `mint-2.0-1.${dist}`), ["updates-candidate"]);
      assert.deepEqual(tags(of, `mint-3.0-1.${dist}`), ["updates-candidate", "updates-testing-pending"]);
      assert.equal(of.bodhi.updatesByBuild.get(`mint-2.0-1.${dist}`), undefined);
      assert.equal(of.bodhi.updatesByBuild.get(`mint-3.0-1.${dist}`)?.[0]?.alias, alias);
    });

    it(`${alias}: changed in testing it is pending again, and requested for testing`, () => {
      const of = world();
      push(of, "testing", of.bodhi.releases);
      editUpdate(of, get(of, alias), { builds: [`mint-3.0-1.${dist}`] }, "lmacken");
      assert.deepEqual([get(of, alias).status, get(of, alias).request], ["pending", "testing"]);
      assert.deepEqual(tags(of, `mint-2.0-1.${dist}`), ["updates-candidate"]);
      assert.ok(tags(of, `mint-3.0-1.${dist}`).includes("updates-testing-pending"));
    });

    it(`${alias}: new notes alone move nothing`, () => {
      const of = world();
      editUpdate(of, get(of, alias), { notes: "Other notes" }, "lmacken");
      assert.equal(get(of, alias).notes, "Other notes");
      assert.deepEqual(tags(of, `mint-2.0-1.${dist}`), ["updates-candidate", "updates-testing-pending"]);
    });
  }

  it("refuses a build that is none and an update that is stable", () => {
    const of = world();
    assert.throws(() => editUpdate(of, get(of, "OLD"), { builds: ["x-1-1"] }, "lmacken"), {
      message: "Invalid build: x-1-1",
    });
    get(of, "OLD").status = "stable";
    assert.throws(() => editUpdate(of, get(of, "OLD"), { notes: "x" }, "lmacken"), BodhiError);
  });
});

describe("services/bodhi/rules: new updates", () => {
  const given = {
    submitter: "lmacken",
    notes: "News",
    type: "bugfix" as const,
    severity: "unspecified" as const,
    bugs: [],
    autokarma: true,
    stableKarma: 3,
    unstableKarma: -3,
    closeBugs: true,
    request: "testing" as const,
    displayName: "",
  };

  it("are tagged, and obsolete the older ones that they replace", () => {
    for (const [alias, dist] of [
      ["OLD", "fc15"],
      ["NOW", "fc42"],
    ] as const) {
      const of = world({ request: null });
      const [made] = createUpdates(of, { ...given, builds: [`mint-3.0-1.${dist}`] });
      assert.ok(made);
      assert.deepEqual([made.status, made.request], ["pending", "testing"]);
      assert.ok(tags(of, `mint-3.0-1.${dist}`).includes("updates-testing-pending"));
      assert.equal(get(of, alias).status, "obsolete", alias);
      assert.match(made.notes, /Update of mint-2\.0-1/);
    }
  });

  it("are one for each release, or none at all", () => {
    const of = world();
    const made = createUpdates(of, { ...given, builds: ["mint-3.0-1.fc15", "mint-3.0-1.fc42"] });
    assert.deepEqual(
      made.map(({ release: { name } }) => name),
      ["F15", "F42"],
    );
    const before = of.bodhi.updates.length;
    assert.throws(() => createUpdates(of, { ...given, builds: ["mint-2.0-1.fc15"] }), { message: /already exists/ });
    assert.throws(() => createUpdates(of, { ...given, builds: ["x-1-1"] }), { message: "Invalid build: x-1-1" });
    assert.throws(() => createUpdates(of, { ...given, builds: [] }), BodhiError);
    assert.equal(of.bodhi.updates.length, before);
  });

  it("have aliases that follow from the world", () => {
    const alias = () => createUpdates(world(), { ...given, builds: ["mint-3.0-1.fc42"] })[0]?.alias;
    assert.match(alias() ?? "", /^FEDORA-2011-[0-9a-f]{10}$/);
    assert.equal(alias(), alias());
  });
});

describe("services/bodhi/rules: mail", () => {
  it("goes to the submitter and those who commented, but never to autoqa", () => {
    const of = world();
    say(of, "OLD", "tester", 0);
    of.bodhi.mail.length = 0;
    say(of, "OLD", "autoqa", 0);
    assert.deepEqual(
      of.bodhi.mail.map(({ to }) => to),
      ["lmacken@example.org", "tester"],
    );
    assert.equal(of.bodhi.mail[0]?.subject, "[Fedora Update] [comment] mint-2.0-1.fc15");
  });

  it("is not sent where the poster wants none", () => {
    const of = world();
    say(of, "OLD", "autoqa", 0, false);
    assert.deepEqual(of.bodhi.mail, []);
  });

  it("0.9 shows the admin group of an author", () => {
    const of = world();
    say(of, "OLD", "tester", 0);
    assert.equal(get(of, "OLD").comments[0]?.group, "proventesters");
    say(of, "NOW", "tester", 0);
    assert.equal(get(of, "NOW").comments[0]?.group, null);
  });
});
