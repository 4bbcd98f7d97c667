/** koji's own command line against the mock hub: every call asserts what the client shows. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Clients, type Shown } from "./clients";

/** The words of each line of a table, without its head. */
function rows({ out }: Shown, skip = 2): string[][] {
  return out
    .split("\n")
    .slice(skip)
    .filter((line) => line.trim() !== "")
    .map((line) => line.trim().split(/\s+/));
}

describe("koji's command line", function () {
  this.timeout(1_200_000);
  let clients: Clients;

  before(async () => {
    clients = await Clients.start();
  });
  after(async () => {
    await clients?.close();
  });

  async function fails(args: string[], message: RegExp): Promise<void> {
    const shown = await clients.koji(...args);
    assert.notEqual(shown.code, 0, shown.out);
    assert.match(shown.err + shown.out, message);
  }

  describe("list-tagged", () => {
    it("f42-updates", async () => {
      assert.deepEqual(rows(await clients.koji("list-tagged", "f42-updates")), [
        ["mint-1.1-1.fc42", "f42-updates", "alice"],
      ]);
    });
    it("--inherit shows a tag's own builds before those it inherits", async () => {
      const builds = rows(await clients.koji("list-tagged", "--inherit", "f42-updates-testing-pending")).map(
        ([nvr]) => nvr,
      );
      assert.deepEqual([...builds].sort(), [
        "blocked-tool-1.0-1.fc42",
        "julep-1.0-1.fc42",
        "mint-1.0-1.fc42",
        "mint-1.1-1.fc42",
        "mint-2.0-1.fc42",
        "soda-3.0-1.fc42",
      ]);
    });
    it("--latest --inherit keeps one of each package", async () => {
      const shown = rows(await clients.koji("list-tagged", "--latest", "--inherit", "f42-updates-testing-pending"));
      assert.deepEqual(
        shown.map(([nvr, tag]) => [nvr, tag]),
        [
          ["blocked-tool-1.0-1.fc42", "f42"],
          ["julep-1.0-1.fc42", "f42"],
          ["mint-2.0-1.fc42", "f42-updates-testing-pending"],
          ["soda-3.0-1.fc42", "f42-updates-testing"],
        ],
      );
    });
    it("hides what the tag blocks", async () => {
      const shown = rows(await clients.koji("list-tagged", "--latest", "--inherit", "f42-build"));
      assert.ok(!shown.some(([nvr]) => nvr?.startsWith("blocked-tool")));
      assert.equal(shown.length, 3);
    });
    it("of one package", async () => {
      assert.deepEqual(
        rows(await clients.koji("list-tagged", "--inherit", "f42-updates", "mint")).map(([nvr]) => nvr),
        ["mint-1.0-1.fc42", "mint-1.1-1.fc42"],
      );
    });
    it("--rpms", async () => {
      assert.deepEqual(rows(await clients.koji("list-tagged", "--rpms", "f42-updates"), 0), [
        ["mint-1.1-1.fc42.src"],
        ["mint-1.1-1.fc42.x86_64"],
      ]);
    });
    it("--rpms --arch", async () => {
      assert.deepEqual(rows(await clients.koji("list-tagged", "--rpms", "--arch", "src", "f42-updates"), 0), [
        ["mint-1.1-1.fc42.src"],
      ]);
    });
    it("--rpms --sigs", async () => {
      assert.deepEqual(rows(await clients.koji("list-tagged", "--rpms", "--sigs", "f42-updates"), 0), [
        ["105ef944", "mint-1.1-1.fc42.src"],
        ["None", "mint-1.1-1.fc42.x86_64"],
      ]);
    });
    it("--ts as of a time before anything was tagged", async () => {
      const seconds = Date.parse("2026-01-15T00:00:00Z") / 1000;
      assert.deepEqual(rows(await clients.koji("list-tagged", "--ts", String(seconds), "f42-updates"), 3), []);
    });
    it("--event as of an event", async () => {
      const shown = await clients.koji("list-tagged", "--event", "1", "f42");
      assert.deepEqual(
        rows(shown).filter(([nvr]) => nvr?.includes("fc42")),
        [],
      );
    });
    it("of a tag that does not exist", () => fails(["list-tagged", "nothing"], /No such tag: nothing/));
  });

  describe("latest-build", () => {
    it("is the last tagged", async () => {
      assert.deepEqual(rows(await clients.koji("latest-build", "f42-updates", "mint")), [
        ["mint-1.1-1.fc42", "f42-updates", "alice"],
      ]);
    });
    it("--all", async () => {
      assert.deepEqual(
        rows(await clients.koji("latest-build", "--all", "f42-updates")).map(([nvr]) => nvr),
        ["blocked-tool-1.0-1.fc42", "julep-1.0-1.fc42", "mint-1.1-1.fc42"],
      );
    });
    it("--arch", async () => {
      const { out } = await clients.koji("latest-build", "--arch", "x86_64", "f42", "mint");
      assert.match(out, /^mint-1\.0-1\.fc42\.x86_64$/m);
    });
    it("--quiet", async () => {
      assert.equal(
        (await clients.koji("latest-build", "--quiet", "f42", "julep")).out.trim().split(/\s+/)[0],
        "julep-1.0-1.fc42",
      );
    });
    it("of a package without builds", async () => {
      assert.deepEqual(rows(await clients.koji("latest-build", "f42-updates", "nothing")), []);
    });
  });

  describe("buildinfo", () => {
    it("shows state, owner, source, task, tags and RPMs", async () => {
      const { out } = await clients.koji("buildinfo", "mint-1.0-1.fc42");
      assert.match(out, /^BUILD: mint-1\.0-1\.fc42 \[1\]$/m);
      assert.match(out, /^State: COMPLETE$/m);
      assert.match(out, /^Built by: alice$/m);
      assert.match(out, /^Source: git\+https:\/\/src\.example\.org\/rpms\/mint\.git#0123456789abcdef/m);
      assert.match(out, /^Volume: DEFAULT$/m);
      assert.match(out, /^Task: 1 build/m);
      assert.match(out, /^Finished: Sat, 10 Jan 2026 10:00:00 UTC$/m);
      assert.match(out, /^Tags: f42$/m);
      assert.match(out, /packages\/mint\/1\.0\/1\.fc42\/x86_64\/mint-libs-1\.0-1\.fc42\.x86_64\.rpm$/m);
    });
    it("by id", async () => assert.match((await clients.koji("buildinfo", "1")).out, /^BUILD: mint-1\.0-1\.fc42/));
    it("of a failed build", async () =>
      assert.match((await clients.koji("buildinfo", "broken-0.1-1.fc42")).out, /^State: FAILED$/m));
    it("--changelog reads the source RPM", async () => {
      assert.match(
        (await clients.koji("buildinfo", "--changelog", "mint-1.0-1.fc42")).out,
        /Changelog:\n\* Sat Jan 10 2026 alice.* 1\.0-1\.fc42/,
      );
    });
    it("of none", async () =>
      assert.match((await clients.koji("buildinfo", "nothing-1-1")).err, /No such build: nothing-1-1/));
  });

  describe("tags", () => {
    it("taginfo", async () => {
      const { out } = await clients.koji("taginfo", "f42-build");
      assert.match(out, /^Tag: f42-build \[\d+\]$/m);
      assert.match(out, /^Arches: x86_64$/m);
      assert.match(out, /^Current repo: repo#\d+: 2026-03-02 12:00:00/m);
      assert.match(out, /^ {2}10 {3}\.\.\.\. f42-updates-testing \[\d+\]$/m);
    });
    it("taginfo of a target's tag", async () => {
      const { out } = await clients.koji("taginfo", "f42");
      assert.match(out, /Targets that build from this tag:\n {2}f42/);
    });
    it("taginfo of none", () => fails(["taginfo", "nothing"], /No such tagInfo: 'nothing'/));
    it("list-tag-inheritance", async () => {
      const lines = (await clients.koji("list-tag-inheritance", "f42-build")).out.trimEnd().split("\n");
      assert.deepEqual(
        lines.map((line) => /(f42\S*) \(\d+\)/.exec(line)?.[1]),
        ["f42-build", "f42-updates-testing", "f42-updates", "f42"],
      );
    });
    it("list-tag-inheritance --reverse", async () => {
      const { out } = await clients.koji("list-tag-inheritance", "--reverse", "f42-updates-testing");
      assert.match(out, /├─f42-updates-testing-pending/);
      assert.match(out, /└─f42-build/);
    });
    it("list-tags", async () => assert.equal(rows(await clients.koji("list-tags"), 0).length, 17));
    it("list-tags --build", async () => {
      assert.deepEqual(rows(await clients.koji("list-tags", "--build", "mint-2.0-1.fc42"), 0), [
        ["f42-updates-candidate"],
        ["f42-updates-testing-pending"],
      ]);
    });
    it("list-tags --package", async () => {
      assert.deepEqual(rows(await clients.koji("list-tags", "--package", "greeting"), 0), [["dist-f15"]]);
    });
    it("list-tags of a pattern", async () => {
      assert.equal(rows(await clients.koji("list-tags", "dist-f15*"), 0).length, 8);
    });
    it("list-pkgs --tag", async () => {
      const shown = rows(await clients.koji("list-pkgs", "--tag", "f42"));
      assert.deepEqual(
        shown.map(([name]) => name),
        ["mint", "julep", "blocked-tool", "soda", "tonic"],
      );
    });
    it("list-pkgs --tag --show-blocked", async () => {
      assert.match(
        (await clients.koji("list-pkgs", "--tag", "f42-build", "--show-blocked")).out,
        /blocked-tool.*\[BLOCKED\]/,
      );
    });
    it("list-pkgs --package", async () => {
      assert.deepEqual(
        rows(await clients.koji("list-pkgs", "--package", "mint")).map(([name, tag]) => [name, tag]),
        [["mint", "f42"]],
      );
    });
    it("list-pkgs --owner", async () => {
      assert.deepEqual(
        rows(await clients.koji("list-pkgs", "--owner", "bob", "--tag", "f42")).map(([name]) => name),
        ["blocked-tool", "soda", "tonic"],
      );
    });
    it("list-targets", async () => {
      assert.deepEqual(rows(await clients.koji("list-targets")), [["f42", "f42", "f42-updates-candidate"]]);
    });
    it("list-groups", async () => assert.equal((await clients.koji("list-groups", "f42")).out, ""));
    it("list-external-repos", async () => assert.deepEqual(rows(await clients.koji("list-external-repos")), []));
  });

  describe("history", () => {
    it("list-history --build", async () => {
      const { out } = await clients.koji("list-history", "--build", "mint-2.0-1.fc42");
      assert.deepEqual(out.trimEnd().split("\n"), [
        "Sun Mar  1 00:00:00 2026 mint-2.0-1.fc42 tagged into f42-updates-candidate by alice [still active]",
        "Mon Mar  2 00:00:00 2026 mint-2.0-1.fc42 tagged into f42-updates-testing-pending by alice [still active]",
      ]);
    });
    it("list-history --package", async () => {
      const { out } = await clients.koji("list-history", "--package", "mint");
      assert.match(out, /package list entry created: mint in f42 by kojiadmin \[still active\]/);
      assert.match(out, /mint-1\.1-1\.fc42 tagged into f42-updates by alice/);
    });
    it("list-history --tag --events", async () => {
      assert.match(
        (await clients.koji("list-history", "--tag", "f42-updates", "--events")).out,
        /\(eid 1\) inheritance line f42-updates->f42 added by kojiadmin/,
      );
    });
    it("list-history --after", async () => {
      const { out } = await clients.koji("list-history", "--after", "2026-02-15 00:00:00", "--package", "mint");
      assert.equal(out.trimEnd().split("\n").length, 2);
    });
    it("list-history --editor", async () => {
      assert.match(
        (await clients.koji("list-history", "--editor", "bob")).out,
        /soda-3\.0-1\.fc42 tagged into f42-updates-testing by bob/,
      );
    });
    it("list-history of no build", () =>
      fails(["list-history", "--build", "nothing-1-1"], /No such build: 'nothing-1-1'/));
  });

  describe("builds and RPMs", () => {
    it("list-builds --package", async () => {
      assert.deepEqual(
        rows(await clients.koji("list-builds", "--package", "mint")).map(([nvr, , state]) => [nvr, state]),
        [
          ["mint-1.0-1.fc42", "COMPLETE"],
          ["mint-1.1-1.fc42", "COMPLETE"],
          ["mint-2.0-1.fc42", "COMPLETE"],
        ],
      );
    });
    it("list-builds --state", async () => {
      assert.deepEqual(rows(await clients.koji("list-builds", "--state", "FAILED")), [
        ["broken-0.1-1.fc42", "bob", "FAILED"],
      ]);
    });
    it("list-builds --owner", async () => {
      assert.equal(rows(await clients.koji("list-builds", "--owner", "bob")).length, 4);
    });
    it("list-builds --after", async () => {
      const shown = rows(await clients.koji("list-builds", "--after", "2026-02-15"));
      assert.ok(shown.some(([nvr]) => nvr === "mint-2.0-1.fc42") && !shown.some(([nvr]) => nvr === "mint-1.1-1.fc42"));
    });
    it("list-builds --pattern", async () => {
      assert.deepEqual(
        rows(await clients.koji("list-builds", "--pattern", "*-0.1-*")).map(([nvr]) => nvr),
        ["tonic-0.1-1.fc42", "broken-0.1-1.fc42"],
      );
    });
    it("list-untagged", async () => assert.equal((await clients.koji("list-untagged")).out.trim(), ""));
    it("rpminfo", async () => {
      const { out } = await clients.koji("rpminfo", "mint-libs-1.0-1.fc42.x86_64");
      assert.match(out, /^RPM: mint-libs-1\.0-1\.fc42\.x86_64 \[\d+\]$/m);
      assert.match(out, /^Build: mint-1\.0-1\.fc42 \[1\]$/m);
      assert.match(out, /^SRPM: mint-1\.0-1\.fc42 \[\d+\]$/m);
      assert.match(out, /^License: MIT$/m);
      assert.match(out, /^Built: Sat, 10 Jan 2026/m);
    });
    it("rpminfo of none", async () =>
      assert.match((await clients.koji("rpminfo", "nothing-1-1.noarch")).err, /No such rpm: nothing-1-1\.noarch/));
    it("download-build", async () => {
      const shown = await clients.koji("download-build", "--arch", "x86_64", "--quiet", "mint-1.0-1.fc42");
      assert.equal(shown.code, 0, shown.err);
      for (const name of ["mint", "mint-libs", "mint-devel"]) {
        assert.ok(existsSync(join(clients.directory, `${name}-1.0-1.fc42.x86_64.rpm`)), name);
      }
      assert.equal(readFileSync(join(clients.directory, "mint-1.0-1.fc42.x86_64.rpm")).readUInt32BE(0), 0xedabeedb);
    });
    it("download-build --latestfrom", async () => {
      const shown = await clients.koji("download-build", "--latestfrom", "f42", "--arch", "noarch", "--quiet", "julep");
      assert.equal(shown.code, 0, shown.err);
      assert.ok(existsSync(join(clients.directory, "julep-1.0-1.fc42.noarch.rpm")));
    });
    it("download-build --rpm", async () => {
      rmSync(join(clients.directory, "julep-1.0-1.fc42.noarch.rpm"), { force: true });
      const shown = await clients.koji("download-build", "--rpm", "--quiet", "julep-1.0-1.fc42.noarch");
      assert.equal(shown.code, 0, shown.err);
      assert.ok(existsSync(join(clients.directory, "julep-1.0-1.fc42.noarch.rpm")));
    });
    it("download-build of metadata only is a 404 in the journal", async () => {
      await fails(["download-build", "--quiet", "soda-3.0-1.fc42"], /404 Client Error: Not Found/);
      const entry = (await clients.infra.journal()).findLast(({ status }) => status === 404);
      assert.match(entry.answer, /soda-3\.0-1\.fc42\.noarch\.rpm is known by its metadata only/);
    });
    it("download-logs", async () => {
      const shown = await clients.koji("download-logs", "--nvr", "mint-1.0-1.fc42");
      assert.equal(shown.code, 0, shown.err);
      assert.match(shown.out, /build\.log/);
    });
  });

  describe("the rest", () => {
    it("call getBuild", async () =>
      assert.match((await clients.koji("call", "getBuild", "mint-2.0-1.fc42")).out, /'nvr': 'mint-2\.0-1\.fc42'/));
    it("call with named arguments", async () => {
      const { out } = await clients.koji(
        "call",
        "--json",
        "listTagged",
        '"f42-updates"',
        "--kwargs",
        '{"latest": true, "package": "mint"}',
      );
      assert.equal((JSON.parse(out) as { nvr: string }[])[0]?.nvr, "mint-1.1-1.fc42");
    });
    it("call of what koji does not have", () => fails(["call", "makeCoffee"], /Invalid method: makeCoffee/));
    it("call with arguments that do not fit", () =>
      fails(["call", "getBuild"], /getBuild\(\) missing 1 required positional argument: 'buildInfo'/));
    it("list-api", async () =>
      assert.match((await clients.koji("list-api")).out, /^listTagged\(tag, event=None, inherit=False/m));
    it("moshimoshi", async () => assert.match((await clients.koji("moshimoshi")).out, /anonymous user!/));
    it("version", async () => assert.match((await clients.koji("version")).out, /^Hub: +1\.35\.3$/m));
    it("search build", async () => {
      assert.deepEqual(rows(await clients.koji("search", "build", "mint-*"), 0), [
        ["mint-1.0-1.fc42"],
        ["mint-1.1-1.fc42"],
        ["mint-2.0-1.fc42"],
      ]);
    });
    it("search -r package", async () =>
      assert.deepEqual(rows(await clients.koji("search", "-r", "package", "^ju"), 0), [["julep"]]));
    it("search --exact tag", async () =>
      assert.deepEqual(rows(await clients.koji("search", "--exact", "tag", "f42"), 0), [["f42"]]));
    it("taskinfo", async () => {
      const { out } = await clients.koji("taskinfo", "1");
      assert.match(out, /^Task: 1$/m);
      assert.match(out, /^Type: build$/m);
      assert.match(out, /^State: closed$/m);
      assert.match(out, /^Build: mint-1\.0-1\.fc42 \(1\)$/m);
    });
    it("watch-task", async () => assert.match((await clients.koji("watch-task", "1")).out, /completed successfully/));
    it("list-tasks", async () => assert.match((await clients.koji("list-tasks")).out, /no tasks/));
    it("userinfo", async () => assert.match((await clients.koji("userinfo", "alice")).out, /^User name: alice$/m));
    it("list-permissions", async () =>
      assert.ok(rows(await clients.koji("list-permissions")).some(([name]) => name === "admin")));
    it("list-hosts", async () => assert.match((await clients.koji("list-hosts")).err, /No hosts found/));
    it("list-volumes", async () => assert.equal((await clients.koji("list-volumes")).out.trim(), "DEFAULT"));
    it("wait-repo", async () =>
      assert.match((await clients.koji("wait-repo", "--timeout", "1", "f42")).out, /Got repo/));
    it("wait-repo --build", async () => {
      const shown = await clients.koji("wait-repo", "--timeout", "1", "--build", "julep-1.0-1.fc42", "f42");
      assert.equal(shown.code, 0, shown.err);
    });
  });

  describe("tagging", () => {
    it("needs a login", () =>
      fails(["tag-build", "--wait", "f42-updates", "tonic-0.1-1.fc42"], /you must be logged in for this operation/));
    it("moshimoshi, logged in", async () => {
      const shown = await clients.kojiAs("releng", "moshimoshi");
      assert.match(shown.out, /releng!/, shown.err);
    });
    it("tag-build waits for its task", async () => {
      const shown = await clients.kojiAs("releng", "tag-build", "--wait", "f42-updates", "tonic-0.1-1.fc42");
      assert.equal(shown.code, 0, shown.err);
      assert.match(shown.out, /Created task \d+[\s\S]*tagBuild.*completed successfully/);
    });
    it("tag-build of what is tagged already", async () => {
      const shown = await clients.kojiAs("releng", "tag-build", "--wait", "f42-updates", "tonic-0.1-1.fc42");
      assert.match(shown.out, /tagBuild.*failed|FAILED/i);
    });
    it("untag-build", async () => {
      const shown = await clients.kojiAs("releng", "untag-build", "f42-updates", "tonic-0.1-1.fc42");
      assert.equal(shown.code, 0, shown.err);
      assert.deepEqual(rows(await clients.koji("list-tagged", "f42-updates", "tonic")), []);
    });
    it("move-build", async () => {
      const shown = await clients.kojiAs(
        "releng",
        "move-build",
        "f42-updates-candidate",
        "f42-updates-testing",
        "tonic-0.1-1.fc42",
      );
      assert.equal(shown.code, 0, shown.err);
      assert.equal(rows(await clients.koji("list-tagged", "f42-updates-testing", "tonic")).length, 1);
    });
    it("list-history shows who untagged", async () => {
      assert.match(
        (await clients.koji("list-history", "--build", "tonic-0.1-1.fc42")).out,
        /tonic-0\.1-1\.fc42 untagged from f42-updates by releng/,
      );
    });
    it("add-tag is refused by the real server's error and recorded", async () => {
      const shown = await clients.kojiAs("releng", "add-tag", "f43");
      assert.match(shown.err, /Invalid method: createTag/);
      const entry = (await clients.infra.journal()).findLast(({ unmodelled }) => unmodelled);
      assert.equal(entry.method, "createTag");
    });
  });

  describe("all of these", () => {
    it("are as many different calls as docs/services.md says", () =>
      assert.deepEqual(clients.made(), { "koji's command line": 84 }));
  });
});
