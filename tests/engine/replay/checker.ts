import assert from "node:assert/strict";
import { differences, journalEntry, Names, stateEntry } from "./compare";
import type { Case, CaseStep, JsonObject } from "./corpus";
import { leftToChance, otherOutput } from "./exceptions";
import type { Observed } from "./player";

/** Commands whose standard output is compared as it is. */
const SHOWN = new Set([
  "stack",
  "stack output",
  "config",
  "state protect",
  "state unprotect",
  "cancel",
  "stack import",
]);

/** What `stack` prints, without machine and time, and without lines between siblings: their order is left to chance. */
const stackText = (text: string): string =>
  text
    .replaceAll(/^ {4}(Managed by|Last updated:) .*$/gm, "$1")
    .replaceAll(/^[ │├└─]+/gm, "")
    .replaceAll(/ {2,}/g, "  ");

/** Commands of whose standard output the end is compared: outputs and what was changed. */
const SUMMED_UP = new Set(["up", "preview", "refresh", "destroy"]);

/** From the last `Outputs:` or `Resources:` on, without the duration. */
function endOf(text: string): string {
  const start = Math.max(text.lastIndexOf("\nOutputs:"), 0) || Math.max(text.lastIndexOf("\nResources:"), 0);
  return text.slice(start).replace(/^Duration: .*$/m, "Duration");
}

/** Compares the steps of a case in their order: names are learnt and states carried along from step to step. */
export class Checker {
  private readonly theirs = new Names();
  private readonly ours = new Names();
  private readonly lastState = new Map<string, readonly JsonObject[]>();

  constructor(private readonly played: Case) {}

  step(step: CaseStep, key: string, observed: Observed, skip: boolean): void {
    const expected = this.played.expected[key] ?? {};
    const place = step.dir ?? ".";
    const state = expected.state ?? this.lastState.get(place) ?? [];
    this.lastState.set(place, state);
    this.theirs.learn(state);
    this.ours.learn(observed.state);
    if (skip) return;

    const output = `\n${observed.stdout}\n${observed.stderr}`;
    assert.equal(observed.exit, step.exit, `exit code${output}`);
    const name = `${this.played.name}/${key}`;
    if (leftToChance[name]) return;
    const journal = this.journal(expected.journal ?? [], observed);
    const found = [
      ...journal,
      ...differences(
        state.map((entry) => this.theirs.apply(stateEntry(entry))),
        observed.state.map((entry) => this.ours.apply(stateEntry(entry))),
      ).map((line) => `state ${line}`),
      ...(otherOutput[name] ? [] : this.text(step, expected.stdout ?? [], observed.stdout)),
    ];
    assert.equal(found.length, 0, `${found.join("\n")}${output}`);
  }

  private journal(expected: readonly JsonObject[], observed: Observed): string[] {
    return differences(
      expected.map((entry) => this.theirs.apply(journalEntry(entry))),
      observed.journal.map((entry) => this.ours.apply(journalEntry(entry))),
    ).map((line) => `journal ${line}`);
  }

  /**
   * What commands print that only show something, and what an update that went well says at its end. (How failed ones
   * show stack outputs is a known flaw of the official CLI; rows are many and depend on the time.)
   */
  private text(step: CaseStep, expected: readonly string[], observed: string): string[] {
    const summing = SUMMED_UP.has(step.op) && step.exit === 0 && !step.args?.includes("--diff");
    if (!SHOWN.has(step.op) && !summing) return [];
    const part = (text: string) => (summing ? endOf(text) : step.op === "stack" ? stackText(text) : text);
    const lines = (text: string, names: Names) => names.apply(part(text)).trimEnd().split("\n");
    return differences(lines(expected.join("\n"), this.theirs), lines(observed, this.ours)).map(
      (line) => `stdout ${line}`,
    );
  }
}
