/**
 * The golden corpus: what the official CLI 3.256.0 did, step by step, with a provider that invents its resources. The
 * local engine has to make the same calls, leave the same state and exit with the same code.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { Slots } from "../../engine/deploy/slots";
import { Checker } from "./replay/checker";
import { type Case, keyOf, loadCases } from "./replay/corpus";
import { leftOut } from "./replay/exceptions";
import { type Observed, Player } from "./replay/player";

/** Programs take two processes each; more at once than processors would only make each of them slower. */
const CASES_AT_ONCE = Math.max(2, os.availableParallelism());
const TIMEOUT_MS = 280_000;

describe("the golden corpus", function () {
  this.timeout(TIMEOUT_MS);
  const scratch = mkdtempSync(path.join(os.tmpdir(), "replay-engine-"));
  const only = process.env.REPLAY_ONLY?.split(",");
  const cases = loadCases().filter(({ name }) => !only || only.includes(name));
  const played = new Map<string, Promise<Observed[]>>();

  before(async () => {
    const engine = path.join(scratch, "engine.js");
    await build({
      entryPoints: [path.join(__dirname, "..", "..", "engine", "cli.ts")],
      bundle: true,
      platform: "node",
      target: "node24",
      format: "cjs",
      external: ["*.node"],
      logLevel: "error",
      outfile: engine,
    });
    const slots = new Slots(CASES_AT_ONCE);
    for (const one of cases) {
      const result = slots.run(() => playCase(one, engine));
      result.catch(() => {});
      played.set(one.name, result);
    }
  });

  after(async () => {
    await Promise.allSettled(played.values());
    rmSync(scratch, { recursive: true, force: true });
  });

  for (const one of cases) {
    describe(one.name, () => {
      const check = new Checker(one);
      one.steps.forEach((step, index) => {
        const key = keyOf(index + 1, step);
        const reason = leftOut[`${one.name}/${key}`];
        it(reason ? `${key} (left out: ${reason})` : key, async () => {
          const observed = (await played.get(one.name))?.[index];
          assert.ok(observed, "the step was not played");
          check.step(step, key, observed, reason !== undefined);
        });
      });
    });
  }
});

async function playCase(one: Case, engine: string): Promise<Observed[]> {
  const player = new Player(one, engine);
  try {
    await player.init();
    const observed: Observed[] = [];
    for (const [index, step] of one.steps.entries()) {
      observed.push(await player.play(step));
      const expected = one.expected[keyOf(index + 1, step)];
      if (expected?.reality) player.resume(expected);
    }
    return observed;
  } finally {
    player.remove();
  }
}
