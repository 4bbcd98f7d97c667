import assert from "node:assert/strict";
import { Hub } from "../support/hub";
import { build, fedora2011, rpm, situation } from "../support/situation";

const UPDATES = "dist-f15-updates";
const PENDING = "dist-f15-updates-testing-pending";

describe("services/koji: reading builds", () => {
  const hub = new Hub(fedora2011());

  it("tells a build by id, NVR and struct with all of koji's fields", () => {
    const row = hub.call("getBuild", "mint-2.0-1.fc15");
    assert.deepEqual(row, {
      id: 5,
      build_id: 5,
      version: "2.0",
      release: "1.fc15",
      epoch: null,
      draft: false,
      state: 1,
      completion_time: "2011-05-21 10:00:00.000000",
      promotion_time: null,
      start_time: "2011-05-21 10:00:00.000000",
      task_id: 5,
      creation_event_id: row.creation_event_id,
      creation_time: "2011-05-21 10:00:00.000000",
      package_id: 1,
      package_name: "mint",
      name: "mint",
      volume_id: 0,
      volume_name: "DEFAULT",
      nvr: "mint-2.0-1.fc15",
      owner_id: 3,
      owner_name: "lmacken",
      promoter_id: null,
      promoter_name: null,
      creation_ts: 1305972000,
      start_ts: 1305972000,
      completion_ts: 1305972000,
      promotion_ts: null,
      cg_id: null,
      cg_name: null,
      source: null,
      extra: null,
    });
    assert.deepEqual(hub.call("getBuild", 5), row);
    assert.deepEqual(hub.call("getBuild", { name: "mint", version: "2.0", release: "1.fc15" }), row);
  });

  it("is nil for a build that is not there, a fault where the caller is strict or the name is none", () => {
    assert.equal(hub.call("getBuild", "mint-9-9"), null);
    assert.equal(hub.call("getBuild", 99), null);
    hub.fault("1000: No such build: 'mint-9-9'", "getBuild", "mint-9-9", true);
    hub.fault("1000: No such build: 99", "getBuild", 99, true);
    hub.fault("1000: invalid format: mint", "getBuild", "mint");
    hub.fault("1000: Invalid type for argument: <class 'NoneType'>", "getBuild", null);
    hub.fault("1000: did not provide name, version, and release", "getBuild", { name: "mint" });
  });

  it("lists builds completed strictly after a time, given as seconds or text", () => {
    const nvrs = (named: Record<string, number | string>): string[] =>
      hub.named("listBuilds", [], named).map(({ nvr }: { nvr: string }) => nvr);
    assert.deepEqual(nvrs({ completeAfter: 1305972000 }), []);
    assert.deepEqual(nvrs({ completeAfter: 1305971999.5 }), ["mint-2.0-1.fc15"]);
    assert.deepEqual(nvrs({ completeAfter: "2011-05-21 09:59:59" }), ["mint-2.0-1.fc15"]);
    assert.deepEqual(nvrs({ completeAfter: "2011-05-19 00:00:00" }), ["mint-2.0-1.fc15", "failed-1.0-1.fc15"]);
    assert.deepEqual(nvrs({ completeAfter: "2011-05-19 00:00:00", state: 1 }), ["mint-2.0-1.fc15"]);
    assert.deepEqual(nvrs({ prefix: "JUL" }), ["julep-1.0-1.fc15"]);
    assert.deepEqual(nvrs({ pattern: "mint-1.?-1.fc15" }), ["mint-1.0-1.fc15", "mint-1.2-1.fc15", "mint-1.1-1.fc15"]);
    assert.deepEqual(nvrs({ packageID: "julep" }), ["julep-1.0-1.fc15"]);
    assert.deepEqual(nvrs({ packageID: "nothing" }), []);
    assert.deepEqual(nvrs({ userID: "nobody" }), []);
    assert.deepEqual(nvrs({ type: "maven" }), []);
    hub.fault("1000: unsupported build type: docker", "listBuilds", { type: "docker", __starstar: true });
    assert.equal(hub.named("listBuilds", [], { queryOpts: { countOnly: true } }), 7);
  });

  it("tells the next release, as koji counts", () => {
    assert.equal(hub.call("getNextRelease", { name: "mint", version: "2.0" }), "2.fc15");
    assert.equal(hub.call("getNextRelease", { name: "mint", version: "7" }), "1");
  });

  it("lists RPMs of a build and by architecture", () => {
    const rows = hub.call("listRPMs", 5);
    assert.deepEqual(
      rows.map(({ nvr, arch }: { nvr: string; arch: string }) => `${nvr}.${arch}`),
      ["mint-2.0-1.fc15.src", "mint-2.0-1.fc15.i686", "mint-2.0-1.fc15.x86_64"],
    );
    assert.deepEqual(hub.named("listRPMs", [5], { arches: "src" }).length, 1);
    assert.deepEqual(hub.call("listBuildRPMs", "mint-2.0-1.fc15"), rows);
    assert.deepEqual(hub.call("listRPMs", 99), []);
    const one = hub.call("getRPM", "mint-2.0-1.fc15.i686");
    assert.equal(one.size, 1234);
    assert.deepEqual(hub.call("getRPM", one.id), one);
    assert.equal(hub.call("getRPM", "mint-2.0-1.fc15.ppc"), null);
    hub.fault("1000: No such rpm: 'mint-2.0-1.fc15.ppc'", "getRPM", "mint-2.0-1.fc15.ppc", true);
  });

  it("knows RPMs only by their metadata where there is no file", () => {
    assert.deepEqual(hub.named("getRPMHeaders", [], { rpmID: 1, headers: ["NAME"] }), {});
    assert.deepEqual(hub.call("getRPMDeps", 1), []);
    hub.fault("1000: RPM file of 1 doesn't exist", "getRPMDeps", 1, { strict: true, __starstar: true });
  });
});

describe("services/koji: reading tags", () => {
  const hub = new Hub(fedora2011());
  const tagged = (...params: Parameters<Hub["named"]>): string[] =>
    hub.named(...params).map(({ nvr }: { nvr: string }) => nvr);

  it("lists what is tagged, the last tagged first", () => {
    assert.deepEqual(tagged("listTagged", [UPDATES], {}), ["mint-1.1-1.fc15", "mint-1.2-1.fc15"]);
    assert.deepEqual(tagged("listTagged", [UPDATES], { latest: true, package: "mint" }), ["mint-1.1-1.fc15"]);
    assert.deepEqual(tagged("listTagged", [PENDING], { inherit: true, latest: true }), [
      "mint-2.0-1.fc15",
      "julep-1.0-1.fc15",
    ]);
    assert.deepEqual(tagged("getLatestBuilds", [PENDING], {}), ["mint-2.0-1.fc15", "julep-1.0-1.fc15"]);
    assert.deepEqual(tagged("listTagged", [PENDING], { inherit: true, prefix: "Ju" }), ["julep-1.0-1.fc15"]);
  });

  it("gives listTagged's rows the tag and the event of the tagging", () => {
    const [row] = hub.call("listTagged", PENDING);
    assert.equal(row.tag_name, PENDING);
    assert.equal(row.id, row.build_id);
    assert.equal(row.create_event, hub.call("getLastEvent").id);
    assert.equal("creation_ts" in row, false, "koji's row has no timestamps");
    assert.deepEqual(hub.named("filterResults", ["listTagged", PENDING], {}), [row]);
  });

  it("answers a missing tag as koji does", () => {
    hub.fault("1000: No such tagInfo: 'dist-f99'", "listTagged", "dist-f99");
    assert.deepEqual(hub.named("listTagged", ["dist-f99"], { strict: false }), []);
    assert.equal(hub.call("getTag", "dist-f99"), null);
    hub.fault("1000: No such entry in table tag: dist-f99", "getLatestBuilds", "dist-f99");
    hub.fault("1000: No such entry in table tag: dist-f99", "getInheritanceData", "dist-f99");
  });

  it("hides builds of blocked packages", () => {
    const blocked = new Hub(
      situation({
        tags: [{ name: "base" }, { name: "child", parents: [{ tag: "base" }], blocked: ["mint"] }],
        builds: [build("mint-1-1", ["base", "child"])],
      }),
    );
    assert.deepEqual(blocked.call("listTagged", "child"), []);
    assert.equal(blocked.call("listTagged", "base").length, 1);
    assert.equal(blocked.call("checkTagPackage", "child", "mint"), false);
    assert.equal(blocked.named("listPackages", [], { tagID: "child", inherited: true })[0].blocked, true);
    assert.deepEqual(blocked.named("listPackages", [], { tagID: "child", inherited: true, with_blocked: false }), []);
  });

  it("keeps settings of tags and builds, and lets tags inherit them", () => {
    const kept = new Hub(
      situation({
        tags: [
          { name: "base", extra: { "mock.package_manager": "dnf", limit: 1.5, list: [1, null] } },
          { name: "child", parents: [{ tag: "base" }], extra: { limit: 2 } },
        ],
        builds: [build("mint-1-1", ["base"], { extra: { source: { original_url: "git://mint" } } })],
      }),
    );
    assert.deepEqual(kept.call("getTag", "base").extra, { "mock.package_manager": "dnf", limit: 1.5, list: [1, null] });
    const { extra, config_inheritance: from } = kept.call("getBuildConfig", "child");
    assert.deepEqual(extra, { limit: 2, "mock.package_manager": "dnf", list: [1, null] });
    assert.deepEqual(from.extra, { "mock.package_manager": { id: 1, name: "base" }, list: { id: 1, name: "base" } });
    const source = { source: { original_url: "git://mint" } };
    assert.deepEqual(kept.call("getBuild", "mint-1-1").extra, source);
    assert.deepEqual(kept.named("listTagged", ["base"], { extra: true })[0].extra, source);
    const [row] = kept.named("queryHistory", [], { tables: ["tag_extra"], xkey: "limit", tag: "child" }).tag_extra;
    assert.deepEqual([row.key, row.value, row["tag.name"]], ["limit", "2", "child"]);
  });

  it("tells tags, targets and packages", () => {
    assert.deepEqual(hub.call("getTag", "dist-f15").arches, "i686 x86_64");
    assert.deepEqual(
      hub.named("listTags", [], { build: "mint-2.0-1.fc15" }).map(({ name }: { name: string }) => name),
      [PENDING.replace("-testing-pending", "-candidate"), PENDING],
    );
    assert.equal(hub.named("listTags", [], { pattern: "dist-f15*" }).length, 8);
    assert.equal(hub.named("listTags", [], { package: "julep" })[0].owner_name, "lmacken");
    hub.fault("1000: only one of build and package may be specified", "listTags", 1, "mint");
    assert.equal(hub.call("getBuildTarget", "dist-f15-candidate").dest_tag_name, "dist-f15-updates-candidate");
    assert.equal(hub.call("getBuildTarget", "nothing"), null);
    assert.deepEqual(hub.call("getBuildTargets").length, 1);
    assert.deepEqual(
      hub.call("listPackages").map(({ package_name }: { package_name: string }) => package_name),
      ["mint", "julep", "failed"],
    );
    assert.equal(hub.call("getPackageID", "julep"), 2);
    assert.equal(hub.call("getPackage", "nothing"), null);
    assert.equal(hub.call("getBuildConfig", UPDATES).arches, "i686 x86_64");
    assert.deepEqual(hub.call("getBuildConfig", UPDATES).config_inheritance.arches, {
      id: hub.call("getTag", "dist-f15").id,
      name: "dist-f15",
    });
  });

  it("tells inheritance", () => {
    const [row] = hub.call("getInheritanceData", UPDATES);
    assert.equal(row.name, "dist-f15");
    assert.equal(row.child_id, hub.call("getTag", UPDATES).id);
    assert.deepEqual(
      hub
        .call("getFullInheritance", PENDING)
        .map(({ name, currdepth }: { name: string; currdepth: number }) => [name, currdepth]),
      [
        ["dist-f15-updates-testing", 1],
        [UPDATES, 2],
        ["dist-f15", 3],
      ],
    );
    hub.fault("1019: stops option has been removed since 1.26", "getFullInheritance", UPDATES, {
      stops: { a: 1 },
      __starstar: true,
    });
    assert.equal(hub.named("getFullInheritance", ["dist-f15"], { reverse: true }).length, 7);
  });

  it("lists the RPMs of a tag with their builds", () => {
    const [rpms, builds] = hub.named("listTaggedRPMS", [PENDING], { arch: "i686" });
    assert.deepEqual(
      rpms.map(({ name, arch }: { name: string; arch: string }) => `${name}.${arch}`),
      ["mint.i686"],
    );
    assert.deepEqual(
      builds.map(({ nvr }: { nvr: string }) => nvr),
      ["mint-2.0-1.fc15"],
    );
    assert.equal(hub.named("getLatestRPMS", [PENDING], { arch: ["src", "i686"] })[0].length, 2);
  });

  it("lists an RPM once for each signature where that is asked", () => {
    const signed = new Hub(
      situation({
        tags: [{ name: "t" }],
        builds: [
          build("a-1-1", ["t"], {
            rpms: [rpm("a-1-1", "src", { signingKeys: ["069c8460", "B4EBF579"] }), rpm("a-1-1", "noarch")],
          }),
        ],
      }),
    );
    const [rpms] = signed.named("listTaggedRPMS", ["t"], { rpmsigs: true });
    assert.deepEqual(
      rpms.map(({ sigkey }: { sigkey: string | null }) => sigkey),
      ["069c8460", "B4EBF579", null],
    );
    assert.deepEqual(signed.named("queryRPMSigs", [], { rpm_id: 1, sigkey: "b4ebf579" }).length, 1);
  });

  it("tells the repository of a tag, and when it last changed", () => {
    const repo = hub.call("getRepo", "dist-f15");
    assert.equal(repo.state, 1);
    assert.equal(repo.create_event, hub.named("tagLastChangeEvent", ["dist-f15"], { inherit: false }));
    assert.equal(hub.call("getRepo", UPDATES), null, "it has no architectures");
    assert.equal(hub.call("tagChangedSinceEvent", repo.create_event, [repo.tag_id]), false);
    assert.equal(hub.call("tagChangedSinceEvent", 1, [repo.tag_id]), true);
    assert.deepEqual(hub.call("repoInfo", repo.id), repo);
  });
});

describe("services/koji: reading history and tasks", () => {
  const hub = new Hub(fedora2011());

  it("tells tag history as AutoQA's watcher reads it", () => {
    const rows = hub.call("tagHistory", "mint-2.0-1.fc15");
    assert.deepEqual(
      rows.map(({ tag_name, active, revoke_event }: Record<string, unknown>) => [tag_name, active, revoke_event]),
      [
        ["dist-f15-updates-candidate", true, null],
        [PENDING, true, null],
      ],
    );
    assert.deepEqual(Object.keys(rows[0]).sort(), [
      "active",
      "build_id",
      "create_event",
      "create_ts",
      "creator_id",
      "creator_name",
      "name",
      "release",
      "revoke_event",
      "revoke_ts",
      "revoker_id",
      "revoker_name",
      "tag_id",
      "tag_name",
      "version",
    ]);
    hub.fault("1000: No such build: 'mint-9-9'", "tagHistory", "mint-9-9");
    hub.fault("1000: No such entry in table tag: nothing", "tagHistory", { tag: "nothing", __starstar: true });
  });

  it("shows what was untagged", () => {
    const changed = new Hub(fedora2011());
    changed.login("releng");
    changed.call("untagBuild", PENDING, "mint-2.0-1.fc15");
    const [, row] = changed.call("tagHistory", "mint-2.0-1.fc15");
    assert.equal(row.active, null);
    assert.equal(row.revoker_name, "releng");
    assert.ok(row.revoke_ts > row.create_ts);
  });

  it("answers queryHistory by table and filter", () => {
    const { tag_listing: listing, ...others } = hub.named("queryHistory", [], { build: "mint-2.0-1.fc15" });
    assert.deepEqual(others, {}, "only that table knows builds");
    assert.deepEqual(
      listing.map((row: Record<string, unknown>) => row["tag.name"]),
      ["dist-f15-updates-candidate", PENDING],
    );
    const byTag = hub.named("queryHistory", [], { tag: UPDATES });
    assert.deepEqual(Object.keys(byTag).sort(), [
      "group_config",
      "group_package_listing",
      "group_req_listing",
      "tag_config",
      "tag_external_repos",
      "tag_extra",
      "tag_inheritance",
      "tag_listing",
      "tag_package_owners",
      "tag_packages",
    ]);
    assert.equal(byTag.tag_inheritance.length, 6, "as child and as parent");
    const after = hub.named("queryHistory", [["tag_listing"]], { after: "2011-05-01 00:00:00" });
    assert.equal(after.tag_listing.length, 2);
    assert.equal(after.tag_listing[0]._created_after, true);
    assert.equal(after.tag_listing[0]._revoked_after, null);
    assert.deepEqual(hub.named("queryHistory", [["tag_listing"]], { active: false }), { tag_listing: [] });
    assert.equal(
      hub.named("queryHistory", [["tag_listing"]], { build: 5, queryOpts: { countOnly: true } }).tag_listing,
      2,
    );
    hub.fault("1000: No such history table: colours", "queryHistory", ["colours"]);
  });

  it("tells events", () => {
    assert.deepEqual(hub.call("getEvent", 1).id, 1);
    const last = hub.call("getLastEvent");
    assert.equal(hub.named("getLastEvent", [], { before: last.ts }).id, last.id - 1);
    hub.fault("1000: query returned no rows", "getEvent", 10_000);
    assert.equal(hub.call("getEvent", 10_000, false), null);
  });

  it("tells the task that made a build", () => {
    const task = hub.call("getTaskInfo", 5);
    assert.equal(task.method, "build");
    assert.equal(task.state, 2);
    assert.equal(hub.named("getTaskInfo", [5], { request: true }).request[0], "mint-2.0-1.fc15.src.rpm");
    assert.equal(hub.call("getTaskInfo", 999), null);
    assert.equal(hub.call("taskFinished", 5), true);
    assert.equal(hub.call("getTaskInfo", [5, 999])[1], null);
    assert.equal(hub.named("listTasks", [], { opts: { state: [5], decode: true } }).length, 1, "the failed build's");
  });
});

describe("services/koji: the hub on itself", () => {
  const hub = new Hub(fedora2011());

  it("says which it is", () => {
    assert.equal(hub.call("getAPIVersion"), 1);
    assert.match(hub.call("getKojiVersion"), /^1\.\d+\.\d+$/);
    assert.equal(hub.call("hello"), "Hello World");
    assert.deepEqual(hub.call("echo", 1, "a"), [1, "a"]);
  });

  it("searches by glob, expression and name", () => {
    const found = (terms: string, type: string, match: string) =>
      hub.call("search", terms, type, match).map(({ name }: { name: string }) => name);
    assert.deepEqual(found("M*t", "package", "glob"), ["mint"]);
    assert.deepEqual(found("^jul", "package", "regexp"), ["julep"]);
    assert.deepEqual(found("mint-2.0-1.fc15", "build", "exact"), ["mint-2.0-1.fc15"]);
    assert.deepEqual(found("*.src.rpm", "rpm", "glob"), ["mint-2.0-1.fc15.src.rpm"]);
    hub.fault("1000: empty search terms", "search", "", "package", "glob");
    hub.fault("1000: No such search type: colour", "search", "x", "colour", "glob");
    hub.fault("1000: invalid regular expression: (", "search", "(", "package", "regexp");
  });

  it("is not stalled by an expression that a client gives", () => {
    const started = performance.now();
    for (const expression of ["(a+)+$", "((a*)*)*b", "(a|a)*b", "(.*)*x"]) {
      try {
        hub.call("search", expression, "build", "regexp");
      } catch {
        // Refused is as good as answered.
      }
    }
    assert.ok(performance.now() - started < 500);
  });

  it("counts and cuts the results of other methods", () => {
    assert.equal(hub.call("count", "listTagged", "dist-f15"), 2);
    assert.equal(hub.call("count", "getBuild", "mint-9-9"), 0);
    const [count, rows] = hub.named("countAndFilterResults", ["listTagged", "dist-f15"], {
      filterOpts: { order: "nvr", limit: 1 },
    });
    assert.equal(count, 2);
    assert.deepEqual(
      rows.map(({ nvr }: { nvr: string }) => nvr),
      ["julep-1.0-1.fc15"],
    );
    hub.fault("1000: method nonsense doesn't exist", "count", "nonsense");
  });
});
