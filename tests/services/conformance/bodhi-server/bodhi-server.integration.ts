/** The mock bodhi's current dialect answers as bodhi-server 26.4 does; bodhi-server itself works with the mock koji. */
import assert from "node:assert/strict";
import { build, release, situation, tagsOf, update } from "../../support/situation";
import { type Account, Compared, differences, type Question } from "./compared";

const CLOCK = `${new Date().toISOString().slice(0, 19)}Z`;
const f42 = release("F42", "plain");
const f41 = release("F41", "plain");

const SITUATION = situation({
  clock: CLOCK,
  users: [
    { name: "bodhi", groups: ["admin", "tag"] },
    { name: "alice", groups: ["packager"] },
    { name: "dave", groups: ["packager"] },
    { name: "bob", groups: ["packager", "provenpackager"] },
    { name: "carol", groups: [] },
    { name: "releng", groups: ["admin"] },
    { name: "autoqa", groups: [] },
    { name: "anonymous", groups: [] },
  ],
  releases: [{ ...f41, state: "archived" }, f42],
  tags: [...tagsOf(f41), ...tagsOf(f42)],
  builds: [
    build("mint-1.0-1.fc42", ["f42"], { owner: "alice" }),
    build("mint-2.0-1.fc42", ["f42-updates-candidate", "f42-updates-testing-pending"], { owner: "alice" }),
    build("soda-3.0-1.fc42", ["f42-updates-testing"], { owner: "bob" }),
    build("tonic-0.1-1.fc42", ["f42-updates-candidate"], { owner: "alice" }),
    build("water-1-1.fc42", ["f42-updates"], { owner: "alice" }),
    build("ice-1-1.fc41", ["f41-updates-testing"], { owner: "alice" }),
    build("cup-1-1.fc42", ["f42-updates-candidate"], { owner: "alice" }),
  ],
  updates: [
    update("FEDORA-2026-0000000001", ["mint-2.0-1.fc42"], "F42", {
      submitter: "alice",
      request: "testing",
      type: "security",
      severity: "high",
      submittedAt: "2026-03-01T12:00:00Z",
      notes: "More mint",
      bugs: [{ id: 2000001, title: "mint wilts", security: true }],
      comments: [
        { author: "bob", text: "Tastes good", karma: 1, at: "2026-03-01T13:00:00Z" },
        { author: "bodhi", text: "This update has been submitted for testing by alice.", at: "2026-03-01T12:00:01Z" },
      ],
    }),
    update("FEDORA-2026-0000000002", ["soda-3.0-1.fc42"], "F42", {
      submitter: "bob",
      status: "testing",
      type: "enhancement",
      submittedAt: "2026-02-20T12:00:00Z",
      testingAt: "2026-02-21T12:00:00Z",
      notes: "Soda",
    }),
    update("FEDORA-2026-0000000003", ["water-1-1.fc42"], "F42", {
      submitter: "alice",
      status: "stable",
      submittedAt: "2026-01-20T12:00:00Z",
      testingAt: "2026-01-21T12:00:00Z",
      stableAt: "2026-02-01T00:00:00Z",
      notes: "Water",
    }),
    update("FEDORA-2026-0000000004", ["ice-1-1.fc41"], "F41", {
      submitter: "alice",
      status: "testing",
      submittedAt: "2025-12-20T12:00:00Z",
      testingAt: "2025-12-21T12:00:00Z",
      notes: "Ice",
    }),
    update("FEDORA-2026-0000000005", ["cup-1-1.fc42"], "F42", {
      submitter: "alice",
      submittedAt: "2026-03-02T12:00:00Z",
      notes: "Cup",
    }),
  ],
});

const READS = `
  /releases/ /releases/?name=F42 /releases/?name=F4%25 /releases/?ids=1 /releases/?state=archived
  /releases/?exclude_archived=1 /releases/?packages=mint /releases/?updates=FEDORA-2026-0000000002
  /releases/?state=strange /releases/?page=0 /releases/?page=2 /releases/?rows_per_page=1&page=2
  /releases/?rows_per_page=1000 /releases/F42 /releases/F42-updates /releases/F99 /updates/ /updates/?releases=F42
  /updates/?releases=F42,F41 /updates/?releases=f41 /updates/?releases=F99 /updates/?release=F42
  /updates/?status=testing /updates/?status=testing&status=stable /updates/?status=testing,stable
  /updates/?status=strange /updates/?request=testing /updates/?packages=mint /updates/?packages=mint,soda
  /updates/?packages=nothing /updates/?builds=mint-2.0-1.fc42 /updates/?builds=mint-2.0-1.fc42+soda-3.0-1.fc42
  /updates/?user=alice /updates/?user=alice,bob /updates/?user=nobody /updates/?type=security /updates/?type=strange
  /updates/?severity=high /updates/?submitted_since=2026-03-01 /updates/?submitted_before=2026-02-21T00:00:00Z
  /updates/?submitted_since=yesterday /updates/?critpath=false /updates/?critpath=1 /updates/?pushed=true
  /updates/?pushed=0 /updates/?locked=1 /updates/?alias=FEDORA-2026-0000000001 /updates/?alias=NOPE
  /updates/?bugs=2000001 /updates/?bugs=x /updates/?search=mint /updates/?search=FEDORA-2026-0000000002
  /updates/?like=in /updates/?rows_per_page=2 /updates/?rows_per_page=2&page=2 /updates/?rows_per_page=2&page=9
  /updates/?rows_per_page=0 /updates/?page=x /updates/?rows_per_page=101 /updates/?active_releases=true
  /updates/?mine=1 /updates/?unknown=1 /updates/?pushed_since=2026-01-01 /updates/?modified_since=2026-01-01
  /updates/?approved_since=2026-01-01 /updates/?suggest=reboot /updates/?gating=passed /updates/?content_type=rpm
  /updates/FEDORA-2026-0000000001 /updates/FEDORA-2026-0000000002 /updates/FEDORA-2026-0000000003
  /updates/FEDORA-2026-9999999999 /updates/mint-2.0-1.fc42 /comments/ /comments/?updates=FEDORA-2026-0000000001
  /comments/?packages=mint /comments/?user=bob /comments/?user=nobody /comments/?ignore_user=bodhi
  /comments/?like=good /comments/?search=good /comments/?anonymous=false /comments/?update_owner=alice
  /comments/?since=2026-03-01T12:30:00Z /comments/?updates=NOPE /comments/?rows_per_page=1 /comments/1 /comments/99
  /comments/x /builds/ /builds/?nvr=mint-2.0-1.fc42 /builds/?packages=soda /builds/?updates=FEDORA-2026-0000000001
  /builds/?releases=F42 /builds/mint-2.0-1.fc42 /builds/mint-9-9 /packages/ /packages/?name=mint /packages/?like=i
  /packages/?search=sod /users/ /users/?name=alice /users/?groups=packager /users/?updates=FEDORA-2026-0000000001
  /users/?packages=mint /users/alice /users/nobody /overrides/ /composes/ /api_version /csrf
  /latest_candidates?package=mint /latest_builds?package=mint /healthz/live /latest_candidates?hide_existing=1
  /latest_candidates?prefix=ti&testing=1 /releases /updates
`
  .trim()
  .split(/\s+/);

describe("bodhi-server", function () {
  this.timeout(600_000);
  let both: Compared;

  before(async () => {
    both = await Compared.start(SITUATION);
  });
  after(() => both?.close());

  async function same(question: Question): Promise<void> {
    const { real, mock } = await both.ask(question);
    assert.deepEqual([`${real.status}`, ...differences(real.body, mock.body)], [`${mock.status}`]);
  }

  for (const path of READS) it(`is read alike: ${path}`, () => same({ path }));

  /** A write of somebody's, then the state of the update and its builds' tags. */
  interface Write extends Question {
    update?: string;
    builds?: string[];
  }

  const comment = (update: string, form: Record<string, string>, as?: Account): Write => {
    return { path: "/comments/", form: { update, ...form }, update, ...(as === undefined ? {} : { as }) };
  };
  const request = (update: string, wanted: string, builds: string[], as?: Account): Write => {
    return {
      path: `/updates/${update}/request`,
      form: { request: wanted },
      update,
      builds,
      ...(as === undefined ? {} : { as }),
    };
  };
  const edit = (form: Record<string, string>, builds: string[], as?: Account): Write => {
    return {
      path: "/updates/",
      form,
      builds,
      ...(form.edited === undefined ? {} : { update: form.edited }),
      ...(as === undefined ? {} : { as }),
    };
  };
  const [MINT, SODA, WATER, ICE, CUP] = ["1", "2", "3", "4", "5"].map((each) => `FEDORA-2026-000000000${each}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const mint = ["mint-2.0-1.fc42"];
  const soda = ["soda-3.0-1.fc42"];
  const WRITES: Write[] = [
    comment(MINT, { text: "Nobody says so" }),
    comment(MINT, { text: "It works", karma: "1" }, "carol"),
    comment(MINT, { text: "It works still", karma: "1" }, "carol"),
    comment(MINT, { text: "No, it does not", karma: "-1" }, "carol"),
    comment(MINT, { text: "Mine", karma: "1" }, "alice"),
    comment(MINT, { karma: "1" }, "bob"),
    comment(MINT, { text: "" }, "carol"),
    comment(MINT, {}, "carol"),
    comment(MINT, { text: "Much", karma: "2" }, "carol"),
    comment(MINT, { text: "Word", karma: "good" }, "carol"),
    comment("NOPE", { text: "Where" }, "carol"),
    comment(
      MINT,
      {
        text: "AutoQA: depcheck test PASSED on x86_64. Result log:\nhttp://autoqa.example.org/1\n(results are informative only)",
      },
      "autoqa",
    ),
    { path: "/comments/", form: { text: "Of what" }, as: "carol" },
    comment(WATER, { text: "Too late", karma: "1" }, "carol"),
    comment(ICE, { text: "Archived", karma: "1" }, "carol"),
    request(MINT, "stable", mint, "alice"),
    request(MINT, "testing", mint, "alice"),
    request(MINT, "strange", mint, "alice"),
    request(MINT, "testing", mint),
    request(MINT, "testing", mint, "carol"),
    request(MINT, "revoke", mint, "dave"),
    request(MINT, "revoke", mint, "alice"),
    request(MINT, "testing", mint, "alice"),
    request(MINT, "unpush", mint, "alice"),
    request(MINT, "testing", mint, "bob"),
    request(SODA, "stable", soda, "bob"),
    request(SODA, "revoke", soda, "bob"),
    request(SODA, "unpush", soda, "bob"),
    request(SODA, "testing", soda, "bob"),
    request("NOPE", "testing", [], "bob"),
    request(WATER, "unpush", ["water-1-1.fc42"], "alice"),
    request(ICE, "unpush", ["ice-1-1.fc41"], "alice"),
    request(CUP, "obsolete", ["cup-1-1.fc42"], "alice"),
    edit(
      { edited: MINT, builds: "mint-2.0-1.fc42 tonic-0.1-1.fc42", notes: "Mint and tonic", type: "bugfix" },
      [...mint, "tonic-0.1-1.fc42"],
      "alice",
    ),
    edit(
      { edited: MINT, builds: "mint-2.0-1.fc42", notes: "Mint alone", type: "security", severity: "low" },
      [...mint, "tonic-0.1-1.fc42"],
      "alice",
    ),
    edit({ edited: MINT, builds: "mint-2.0-1.fc42", notes: "", type: "bugfix" }, mint, "alice"),
    edit({ edited: MINT, builds: "mint-2.0-1.fc42", notes: "No type" }, mint, "alice"),
    edit({ edited: MINT, builds: "mint-2.0-1.fc42", notes: "Not mine", type: "bugfix" }, mint, "carol"),
    edit({ edited: MINT, builds: "mint-9.9-1.fc42", notes: "Not built", type: "bugfix" }, mint, "alice"),
    edit({ builds: "tonic-0.1-1.fc42", notes: "Nobody's", type: "bugfix" }, ["tonic-0.1-1.fc42"]),
    edit({ builds: "tonic-0.1-1.fc42", notes: "No packager", type: "bugfix" }, ["tonic-0.1-1.fc42"], "carol"),
    edit({ builds: "mint-1.0-1.fc42", notes: "No candidate", type: "bugfix" }, ["mint-1.0-1.fc42"], "alice"),
    edit({ builds: "tonic", notes: "No build", type: "bugfix" }, [], "alice"),
    edit({ builds: "tonic-0.1-1.fc42", notes: "Of a strange type", type: "strange" }, ["tonic-0.1-1.fc42"], "alice"),
    edit(
      { builds: "tonic-0.1-1.fc42", notes: "Karma", type: "bugfix", stable_karma: "0" },
      ["tonic-0.1-1.fc42"],
      "alice",
    ),
    edit({ builds: "soda-3.0-1.fc42", notes: "Another update's", type: "bugfix" }, soda, "bob"),
    edit(
      { builds: "tonic-0.1-1.fc42", notes: "Tonic water", type: "newpackage", severity: "low", bugs: "2000002" },
      ["tonic-0.1-1.fc42"],
      "alice",
    ),
  ];

  for (const [index, { update, builds = [], ...question }] of WRITES.entries()) {
    it(`is written alike: ${index} ${question.as ?? "nobody"} ${question.path} ${JSON.stringify(question.form)}`, async () => {
      await same(question);
      if (update !== undefined) await same({ path: `/updates/${update}` });
      for (const nvr of builds) {
        const { real, mock } = await both.tags(nvr);
        assert.deepEqual(mock, real, nvr);
      }
    });
  }
});
