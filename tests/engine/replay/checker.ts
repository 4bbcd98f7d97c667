import assert from "node:assert/strict";
import { differences, journalEntry, Names, stateEntry } from "./compare";
import type { Case, CaseStep, JsonObject } from "./corpus";
import { leftToChance } from "./exceptions";
import type { Observed } from "./player";

/** Commands whose standard output is compared as it is. */
const SHOWN = new Set(["stack output", "config", "state protect", "state unprotect", "cancel", "stack import"]);

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
    if (leftToChance[`${this.played.name}/${key}`]) return;
    const journal = this.journal(expected.journal ?? [], observed);
    const found = [
      ...journal,
      ...differences(
        state.map((entry) => this.theirs.apply(stateEntry(entry))),
        observed.state.map((entry) => this.ours.apply(stateEntry(entry))),
      ).map((line) => `state ${line}`),
      ...this.text(step, expected.stdout ?? [], observed.stdout),
    ];
    assert.equal(found.length, 0, `${found.join("\n")}${output}`);
  }

  private journal(expected: readonly JsonObject[], observed: Observed): string[] {
    return differences(
      expected.map((entry) => this.theirs.apply(journalEntry(entry))),
      observed.journal.map((entry) => this.ours.apply(journalEntry(entry))),
    ).map((line) => `journal ${line}`);
  }

  /** What commands print that only show something; what updates print is compared in display.test.ts. */
  private text(step: CaseStep, expected: readonly string[], observed: string): string[] {
    if (!SHOWN.has(step.op)) return [];
    const lines = (text: string, names: Names) => names.apply(text).trimEnd().split("\n");
    return differences(lines(expected.join("\n"), this.theirs), lines(observed, this.ours)).map(
      (line) => `stdout ${line}`,
    );
  }
}
