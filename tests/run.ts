/** Everything `npm test` checks, one suite after the other; its last line is `N passed, N failed`. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installClients } from "./services/conformance/venv";

interface Counts {
  passed: number;
  failed: number;
}

const binaries = join(__dirname, "../node_modules/.bin");
const scratch = mkdtempSync(join(tmpdir(), "autoqa-tests-"));

/** A checker that is one test: it passes with exit code 0. */
function check(name: string, args: string[]): Counts {
  const passed = runProgram(name, args) === 0;
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1 };
}

/** A mocha run; one that ends without counts (a crash, a file that does not load) is one failure. */
function mocha(spec: string, timeoutSeconds: number, retries = 0): Counts {
  const counts = join(scratch, `${spec.replaceAll(/\W+/g, "-")}.json`);
  process.env.TEST_COUNTS = counts;
  const reporter = join(__dirname, "counting-reporter.cjs");
  const exitCode = runProgram("mocha", [
    ...["--timeout", String(timeoutSeconds * 1000), "--retries", String(retries)],
    ...["--reporter", reporter, spec],
  ]);
  if (!existsSync(counts)) return { passed: 0, failed: 1 };
  const { passed, failed } = JSON.parse(readFileSync(counts, "utf8")) as Counts;
  return { passed, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}

function runProgram(name: string, args: string[]): number {
  const env = { ...process.env, PATH: `${binaries}:${process.env.PATH}` };
  return spawnSync(join(binaries, name), args, { stdio: "inherit", env }).status ?? 1;
}

// Daemons, package indexes and a shared processor have bad moments; a test that fails twice has none.
const suites: [title: string, run: () => Counts][] = [
  ["format and lint", () => check("../@biomejs/cli-linux-x64/biome", ["check", "."])],
  ["types", () => check("tsc", [])],
  ["unit tests", () => mocha("tests/**/*.test.ts", 20)],
  ["integration tests", () => mocha("tests/**/*.integration.ts", 300, 1)],
  ["end-to-end tests on real machines", () => mocha("tests/**/*.e2e.ts", 900)],
];

async function main(): Promise<void> {
  console.log("== the real clients, from PyPI (once) ==");
  await installClients();
  const total: Counts = { passed: 0, failed: 0 };
  for (const [title, run] of suites) {
    console.log(`\n== ${title} ==`);
    const start = performance.now();
    const { passed, failed } = run();
    total.passed += passed;
    total.failed += failed;
    console.log(
      `== ${title}: ${passed} passed, ${failed} failed in ${((performance.now() - start) / 1000).toFixed(0)} s`,
    );
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

main()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .finally(() => rmSync(scratch, { recursive: true }));
