/** The recorded cases as they lie in tests/engine/cases (see the README there). */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** One command of a case, and what happens before it. */
export interface CaseStep {
  readonly name: string;
  /** `up`, `stack output`, … */
  readonly op: string;
  readonly args?: readonly string[];
  /** Project directory below the case. */
  readonly dir?: string;
  /** Becomes the program; stays until another one is named. */
  readonly program?: string;
  /** What steers the provider during this step. */
  readonly control?: JsonObject;
  /** Changes to the provider's world before the step. */
  readonly reality?: {
    readonly add?: Record<string, JsonObject>;
    readonly change?: Record<string, JsonObject>;
    readonly remove?: readonly string[];
  };
  /** A shell command to run first. */
  readonly before?: string;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** The command previews first, as it does without --skip-preview. */
  readonly withPreview?: boolean;
  /** Kill the engine once the provider has begun `method` for the resource `name`. */
  readonly kill?: { readonly signal: NodeJS.Signals; readonly method: string; readonly name: string };
  /** -9 for killed. */
  readonly exit: number;
}

/** What the official CLI did; a part that is absent did not change (state), or was empty. */
export interface Expected {
  readonly journal?: readonly JsonObject[];
  readonly state?: readonly JsonObject[];
  readonly stdout?: readonly string[];
  readonly stderr?: readonly string[];
  /** The provider's world; only of steps after which it has to be set right (see exceptions.ts). */
  readonly reality?: JsonObject;
}

export interface Case {
  readonly name: string;
  readonly directory: string;
  readonly projects: readonly string[];
  readonly steps: readonly CaseStep[];
  /** By `NN-name`. */
  readonly expected: Readonly<Record<string, Expected>>;
}

export const CORPUS = path.join(__dirname, "..", "cases");

export function loadCases(): Case[] {
  return readdirSync(CORPUS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !["provider", "lib"].includes(entry.name))
    .map(({ name }) => {
      const directory = path.join(CORPUS, name);
      const read = (file: string) => JSON.parse(readFileSync(path.join(directory, file), "utf8"));
      const plan = read("steps.json") as { projects?: string[]; steps: CaseStep[] };
      return {
        name,
        directory,
        projects: plan.projects ?? ["."],
        steps: plan.steps,
        expected: read("expected.json") as Record<string, Expected>,
      };
    });
}

export const keyOf = (number: number, step: CaseStep): string => `${String(number).padStart(2, "0")}-${step.name}`;
