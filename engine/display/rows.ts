/** One row for each resource that something happens to: what is done, since when, and what was said about it. Pure. */
import type { Severity } from "../deploy/diagnostics";
import type { EngineEvent } from "../deploy/events";
import type { Operation, Step } from "../deploy/step";
import type { ResourceState } from "../state/resource";
import { displayType, isProviderType, nameOf, STACK_TYPE, typeOf, type Urn } from "../urn";
import { diffMaps } from "../values/diff";

export interface Message {
  readonly severity: Severity;
  readonly text: string;
}

export interface Row {
  readonly urn: Urn;
  readonly type: string;
  readonly name: string;
  op: Operation;
  phase: "waiting" | "running" | "done" | "failed";
  /** Milliseconds since 1970. */
  began: number | undefined;
  ended: number | undefined;
  /** `+memory-cpus~disks`. */
  changes: string;
  /** The latest thing that was said about it. */
  note: string;
  readonly messages: Message[];
}

const GLYPHS: Readonly<Record<Operation, string>> = {
  same: "  ",
  create: "+ ",
  update: "~ ",
  delete: "- ",
  replace: "+-",
  "create-replacement": "++",
  "delete-replaced": "--",
  read: "> ",
  "read-replacement": ">>",
  discard: "< ",
  "discard-replaced": "<<",
  refresh: "~ ",
  import: "= ",
  "import-replacement": "=>",
  "remove-pending-replace": "~ ",
};

type Words = readonly [planned: string, running: string, done: string];
const WORDS: Readonly<Record<Operation, Words>> = {
  same: ["", "", ""],
  create: ["create", "creating", "created"],
  update: ["update", "updating", "updated"],
  delete: ["delete", "deleting", "deleted"],
  replace: ["replace", "replacing", "replaced"],
  "create-replacement": ["create replacement", "creating replacement", "created replacement"],
  "delete-replaced": ["delete original", "deleting original", "deleted original"],
  read: ["read", "reading", "read"],
  "read-replacement": ["read for replacement", "reading for replacement", "read for replacement"],
  discard: ["discard", "discarding", "discarded"],
  "discard-replaced": ["discard original", "discarding original", "discarded original"],
  refresh: ["refreshing", "refreshing", "refreshed"],
  import: ["import", "importing", "imported"],
  "import-replacement": ["import replacement", "importing replacement", "imported replacement"],
  "remove-pending-replace": ["complete replace", "completing replace", "completed replace"],
};

export const glyphOf = (op: Operation): string => GLYPHS[op];

/** The verb under which a summary counts an operation. */
export function summaryVerb(op: Operation, preview: boolean): string {
  const [planned, , done] = WORDS[op];
  return preview ? `to ${planned}` : done;
}

/** Default providers are the engine's own business, and what is read is a note on the stack. */
function isHidden(step: Step): boolean {
  return (isProviderType(step.type) && /^default(_|$)/.test(nameOf(step.urn))) || step.op === "read";
}

export class Rows {
  private readonly rows = new Map<Urn, Row>();

  constructor(
    private readonly stackUrn: Urn,
    private readonly preview: boolean,
  ) {}

  /** Takes an event in. Returns the row that it changes, if any. */
  update(event: EngineEvent, now: number): Row | undefined {
    switch (event.kind) {
      case "step-begins":
        return this.begin(event.step, now);
      case "step-ends":
        return this.end(event.step, now);
      case "step-fails":
        return this.fail(event.step, now);
      case "diagnostic":
        return this.note(event.urn ?? this.stackUrn, event.severity, event.message, event.ephemeral);
      default:
        return undefined;
    }
  }

  all(): Row[] {
    return [...this.rows.values()];
  }

  rowOf(urn: Urn): Row {
    let row = this.rows.get(urn);
    if (!row) {
      row = {
        urn,
        type: displayType(typeOf(urn)),
        name: nameOf(urn),
        op: "same",
        phase: "waiting",
        began: undefined,
        ended: undefined,
        changes: "",
        note: "",
        messages: [],
      };
      this.rows.set(urn, row);
    }
    return row;
  }

  /** ` +  type name creating (3s) [diff: ~size]; error: …`, without the leading glyph. */
  status(row: Row, now: number): string {
    const [planned, running, done] = WORDS[row.op];
    const isStack = typeOf(row.urn) === STACK_TYPE;
    if (row.phase === "failed") return row.op === "same" ? "**failed**" : `**${running.replace(/ .*/, "")} failed**`;
    if (this.preview) return planned;
    if (row.op === "same") return isStack && row.phase === "running" ? "running" : "";
    const elapsed = row.began === undefined ? "" : ` (${seconds((row.ended ?? now) - row.began)})`;
    return `${row.phase === "done" ? done : running}${elapsed}`;
  }

  info(row: Row): string {
    const parts = [row.changes && `[diff: ${row.changes}]`, row.note].filter(Boolean);
    return parts.join("; ");
  }

  private begin(step: Step, now: number): Row | undefined {
    if (step.op === "read") {
      return this.note(this.stackUrn, "info", `read ${displayType(step.type)} ${nameOf(step.urn)}`, true);
    }
    if (isHidden(step)) return undefined;
    const row = this.rowOf(step.urn);
    row.op = step.op;
    row.phase = "running";
    row.began = now;
    row.ended = undefined;
    row.changes = changesOf(step) || row.changes;
    return row;
  }

  private end(step: Step, now: number): Row | undefined {
    if (isHidden(step)) return undefined;
    const row = this.rowOf(step.urn);
    row.op = step.op === "refresh" && step.outcome ? step.outcome : step.op;
    row.phase = "done";
    row.ended = now;
    row.changes = changesOf(step) || row.changes;
    return row;
  }

  private fail(step: Step, now: number): Row | undefined {
    const row = this.rowOf(step.urn);
    row.op = step.op;
    row.phase = "failed";
    row.ended = now;
    return row;
  }

  private note(urn: Urn, severity: Severity, text: string, ephemeral: boolean): Row | undefined {
    if (severity === "debug") return undefined;
    const row = this.rowOf(urn);
    const firstLine = text.split("\n").find((line) => line.trim() !== "") ?? "";
    row.note = severity === "info" ? firstLine : `${severity}: ${firstLine}`;
    if (!ephemeral) row.messages.push({ severity, text });
    return row;
  }
}

/** What differs at the top level: `+added-deleted~changed`. */
function changesOf(step: Step): string {
  const found = { "+": new Set<string>(), "-": new Set<string>(), "~": new Set<string>() };
  if (step.detailed && Object.keys(step.detailed).length > 0) {
    for (const [path, { kind }] of Object.entries(step.detailed)) {
      const top = /^(?:\["([^"]+)"\]|([^.[]+))/.exec(path);
      const key = top?.[1] ?? top?.[2] ?? path;
      const whole = key.length === path.length;
      const sign = !whole || kind.startsWith("update") ? "~" : kind.startsWith("add") ? "+" : "-";
      found[sign].add(key);
    }
  } else if (step.changedKeys.length > 0 || step.replaceKeys.length > 0) {
    for (const key of new Set([...step.changedKeys, ...step.replaceKeys])) found["~"].add(key);
  } else if (step.old && step.new && step.op !== "same") {
    const diff = diffMaps(step.old.inputs, step.new.inputs);
    for (const key of Object.keys(diff?.adds ?? {})) found["+"].add(key);
    for (const key of Object.keys(diff?.deletes ?? {})) found["-"].add(key);
    for (const key of Object.keys(diff?.updates ?? {})) found["~"].add(key);
  }
  for (const key of changedOptions(step.old, step.new)) found["~"].add(key);
  return (["+", "-", "~"] as const)
    .filter((sign) => found[sign].size > 0)
    .map((sign) => sign + [...found[sign]].sort().join(","))
    .join("");
}

function changedOptions(old: ResourceState | undefined, now: ResourceState | undefined): string[] {
  if (!old || !now || old === now) return [];
  const changed: string[] = [];
  if (old.provider !== now.provider && old.provider && now.provider) changed.push("provider");
  if (old.protect !== now.protect) changed.push("protect");
  return changed;
}

/** `0.3s`, `12s`, `2m5s`. */
export function seconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000);
  if (whole < 10) return `${(milliseconds / 1000).toFixed(whole === 0 ? 2 : 1)}s`;
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${whole % 60}s`;
}
