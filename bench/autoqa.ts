/**
 * AutoQA at work: rpmlint jobs a minute and what AutoQA itself costs of that, depcheck of large pending sets, the
 * watchers' look at a large koji. Beside them: the tools by hand.
 */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { pack } from "tar-stream";
import { Bodhi } from "../autoqa/bodhi/client";
import { KojiHub } from "../autoqa/koji/hub";
import { openDatabase } from "../autoqa/server/database";
import { Jobs } from "../autoqa/server/jobs";
import { solve } from "../autoqa/tests/depcheck/solve";
import { KojiBuildsWatcher } from "../autoqa/watchers/koji-builds";
import { Rounds } from "../autoqa/watchers/rounds";
import { UpdateBatchesWatcher } from "../autoqa/watchers/update-batches";
import { Harness } from "../tests/autoqa/harness";
import { rpmsOf } from "../tests/autoqa/rpms";
import { buildPackages } from "../tests/autoqa/tests/depcheck/rpms";

const RPMLINT_JOBS = 60;

async function main(): Promise<void> {
  await benchRpmlint();
  for (const [packages, pending] of [
    [2_500, 40],
    [5_000, 75],
    [10_000, 150],
    [20_000, 300],
  ] as const) {
    await benchDepcheck(packages, pending);
  }
  for (const builds of [25_000, 100_000]) await benchWatchers(builds);
}

function report(what: string, value: string, goal = ""): void {
  console.log(`${value.padStart(12)}  ${what}${goal === "" ? "" : ` (goal: ${goal})`}`);
}

async function seconds(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** From tagged builds to all posts, with one client; rpmlint by hand. */
async function benchRpmlint(): Promise<void> {
  const autoqa = await new Harness().start();
  try {
    const { infrastructure, directory, command } = autoqa;
    const nvrs = Array.from({ length: RPMLINT_JOBS }, (_, i) => `mint${i}-1.0-1.fc15`);
    for (const nvr of nvrs) infrastructure.addBuild(nvr, await rpmsOf(nvr));
    infrastructure.addUpdate("FEDORA-2011-1", nvrs);
    for (const nvr of nvrs) infrastructure.tag(nvr, "f15-updates-testing-pending");
    // The runs write down when they begin and end, so that both figures are of the same minutes of this machine.
    const times = join(directory, "times");
    writeFileSync(times, "");
    chmodSync(times, 0o666);
    const timed = 'begin=$(date +%s.%N); "$0" "$@"; code=$?; echo "$begin $(date +%s.%N)" >> TIMES; exit $code';
    autoqa.startClient({ command: ["/bin/sh", "-c", timed.replace("TIMES", times), ...command] });
    writeFileSync(times, "");
    const whole = await seconds(() => autoqa.settle(600));
    if (infrastructure.comments.length !== RPMLINT_JOBS) throw new Error("not every verdict was posted");
    report("rpmlint jobs a minute, one client, posts included", `${Math.round((60 * RPMLINT_JOBS) / whole)}`, "≥ 100");

    const lines = readFileSync(times, "utf8").trim().split("\n");
    const spans = lines.map((line) => line.split(" ").map(Number));
    const running = spans.reduce((sum, [begin = 0, end = 0]) => sum + end - begin, 0);
    const share = (whole * availableParallelism() - running) / running;
    report("beside the tests' own time: scheduling, isolation, posts", `${(100 * share).toFixed(1)} %`, "< 5 %");

    const files = join(directory, "files");
    mkdirSync(files);
    for (const [i, { rpms }] of infrastructure.builds.entries()) {
      for (const { arch, content } of rpms) writeFileSync(join(files, `${i}.${arch}.rpm`), content);
    }
    const byHand = await seconds(() => {
      for (let i = 0; i < RPMLINT_JOBS; i++) {
        spawnSync(
          "rpmlint",
          readdirSync(files).filter((name) => name.startsWith(`${i}.`)),
          { cwd: files },
        );
      }
    });
    report("a job with AutoQA / rpmlint alone by hand", `${(whole / byHand).toFixed(2)}`);
  } finally {
    await autoqa.stop();
  }
}

/** A pending set against a generated repository; installcheck does a part of it: dependencies, but no updates. */
async function benchDepcheck(packages: number, pending: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-depcheck-"));
  const stride = Math.floor(packages / pending);
  const needed = (i: number, k: number) => `libpkg${(i * 31 + k * 17) % packages}.so.1()(64bit)`;
  const primary = join(directory, "primary.xml.gz");
  writeFileSync(primary, gzipSync(makePrimary(packages, needed)));
  const updates = Array.from({ length: pending }, (_, i) => ({
    name: `pkg${i * stride}`,
    provides: [`libpkg${i * stride}.so.1()(64bit)`],
    requires: [...[1, 2, 3, 4].map((k) => needed(i, k)), ...(i % 30 === 0 ? ["nothing-provides-this"] : [])],
  }));
  const built = buildPackages(updates, "1.1");
  try {
    const task = {
      arch: "x86_64",
      repositories: [{ name: "f15", primary, filelists: primary }],
      accepted: [],
      updates: updates.map(({ name }) => ({ name, rpms: [join(built, `${name}-1.1-1.x86_64.rpm`)] })),
    };
    const taken = await seconds(() => solve(task, directory));
    const byHand = await seconds(() => spawnSync("installcheck", ["x86_64", primary]));
    const goal = packages === 20_000 ? "< 20 s" : "";
    report(`depcheck of ${pending} builds against ${packages} packages`, `${taken.toFixed(1)} s`, goal);
    report("  libsolv's installcheck of the repository by hand", `${byHand.toFixed(1)} s`);
  } finally {
    for (const each of [directory, built]) rmSync(each, { recursive: true });
  }
}

function makePrimary(packages: number, needed: (i: number, k: number) => string): string {
  const rows = Array.from({ length: packages }, (_, i) => {
    const requires = Array.from({ length: i % 8 }, (_, k) => `<rpm:entry name="${needed(i, k)}"/>`);
    if (i % 10 === 0) requires.push(`<rpm:entry name="pkg${(i * 7) % packages}" flags="EQ" epoch="0" ver="1.0"/>`);
    return `<package type="rpm"><name>pkg${i}</name><arch>x86_64</arch><version epoch="0" ver="1.0" rel="1"/>
<checksum type="sha256" pkgid="YES">${String(i).padStart(64, "0")}</checksum><location href="pkg${i}.rpm"/><format>
<rpm:provides><rpm:entry name="pkg${i}" flags="EQ" epoch="0" ver="1.0" rel="1"/><rpm:entry name="libpkg${i}.so.1()(64bit)"/></rpm:provides>
<rpm:requires>${requires.join("")}</rpm:requires><file>/usr/bin/pkg${i}</file></format></package>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${packages}">
${rows.join("\n")}</metadata>`;
}

/** Rounds of looks at the real mock infrastructure with so many builds, of which a hundred are pending. */
async function benchWatchers(builds: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-watchers-"));
  const program = join(directory, "infra.js");
  buildSync({ entryPoints: ["services/main.ts"], bundle: true, platform: "node", target: "node24", outfile: program });
  const secrets = join(directory, "secrets.json");
  const controlToken = "a control token of the bench";
  writeFileSync(secrets, JSON.stringify({ controlToken, accounts: { autoqa: "password" } }), { mode: 0o600 });
  const ports = ["koji", "bodhi", "resultsdb", "control"].flatMap((name) => [`--${name}-port`, "0"]);
  const options = [...ports, "--state-directory", join(directory, "state"), "--secrets-file", secrets];
  const infra = spawn(process.execPath, [program, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const line = await new Promise<string>((resolve) => createInterface({ input: infra.stdout }).once("line", resolve));
    const { koji, bodhi: bodhiPort, control } = JSON.parse(line) as Record<string, number>;
    const tar = pack();
    tar.entry({ name: "situation.json" }, JSON.stringify(makeSituation(builds)));
    tar.finalize();
    const loaded = await fetch(`http://127.0.0.1:${control}/situation`, {
      method: "PUT",
      headers: { authorization: `Bearer ${controlToken}`, "content-type": "application/x-tar" },
      body: new Uint8Array(await buffer(tar)),
    });
    if (!loaded.ok) throw new Error(await loaded.text());
    const database = openDatabase(":memory:");
    const hub = new KojiHub(`http://127.0.0.1:${koji}/kojihub`);
    const bodhi = new Bodhi(`http://127.0.0.1:${bodhiPort}`);
    const rounds = new Rounds({
      database,
      jobs: new Jobs(database),
      controls: [],
      watchers: [new KojiBuildsWatcher(database, hub), new UpdateBatchesWatcher(database, hub, bodhi)],
      releases: () => bodhi.releases(),
    });
    const first = await seconds(() => rounds.round());
    await rounds.round();
    const later: number[] = [];
    for (let i = 0; i < 20; i++) later.push(await seconds(() => rounds.round()));
    for (const [name, { problem }] of rounds.looks) if (problem !== undefined) throw new Error(`${name}: ${problem}`);
    const median = later.sort((a, b) => a - b)[10] ?? 0;
    const goal = builds === 25_000 ? "< 200 ms" : "";
    report(`the first look of all watchers at ${builds} builds`, `${(1000 * first).toFixed(0)} ms`);
    report(`every further one, median`, `${(1000 * median).toFixed(1)} ms`, goal);
  } finally {
    infra.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Ten releases; of each the last ten builds wait for testing. */
function makeSituation(builds: number): unknown {
  const releases = Array.from({ length: 10 }, (_, i) => `f${40 + i}`);
  const perRelease = builds / releases.length;
  const suffixes = ["", "-updates", "-updates-testing", "-updates-testing-pending", "-updates-pending"];
  const clock = Date.parse("2026-03-02T12:00:00Z");
  const all = releases.flatMap((branch) => Array.from({ length: perRelease }, (_, i) => ({ branch, i })));
  const isPending = (i: number) => i >= perRelease - 10;
  return {
    name: `${builds} builds`,
    clock: new Date(clock).toISOString(),
    releases: releases.map((branch) => ({
      ...{ name: branch.toUpperCase(), longName: `Fedora ${branch.slice(1)}`, version: branch.slice(1), branch },
      ...{ idPrefix: "FEDORA", state: "current", distTag: branch, stableTag: `${branch}-updates` },
      ...{ testingTag: `${branch}-updates-testing`, candidateTag: `${branch}-updates-testing` },
      ...{ pendingTestingTag: `${branch}-updates-testing-pending`, pendingStableTag: `${branch}-updates-pending` },
      ...{ pendingSigningTag: `${branch}-updates`, overrideTag: `${branch}-updates`, arches: ["x86_64"] },
    })),
    tags: releases.flatMap((branch) => suffixes.map((suffix) => ({ name: `${branch}${suffix}`, arches: ["x86_64"] }))),
    builds: all.map(({ branch, i }, index) => ({
      ...{ name: `package${i}`, version: "1.0", release: `1.${branch}`, owner: "owner", rpms: [] },
      completedAt: new Date(clock - (builds - index) * 1000).toISOString(),
      tags: [{ tag: isPending(i) ? `${branch}-updates-testing-pending` : branch }],
    })),
    updates: all
      .filter(({ i }) => isPending(i))
      .map(({ branch, i }) => ({
        ...{ alias: `FEDORA-2026-${branch}-${i}`, builds: [`package${i}-1.0-1.${branch}`], submitter: "owner" },
        ...{ release: branch.toUpperCase(), status: "pending", request: "testing" },
      })),
  };
}

main().catch((error: Error) => {
  console.error(`bench/autoqa: ${error.stack}`);
  process.exitCode = 1;
});
