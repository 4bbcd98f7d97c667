/** For logs and pipes: a line for every change of a resource's state. */
import type { EngineEvent } from "../deploy/events";
import { STACK_TYPE, typeOf } from "../urn";
import type { Row, Rows } from "./rows";
import { glyphOf } from "./rows";

export class PlainProgress {
  private readonly printed = new Map<string, string>();

  constructor(
    private readonly rows: Rows,
    private readonly print: (line: string) => void,
  ) {}

  /** `row` is the row that the event has changed. */
  show(event: EngineEvent, row: Row | undefined): void {
    if (!row || (row.op === "same" && event.kind !== "diagnostic")) return;
    // The stack's own last line comes when everything is over.
    if (event.kind === "step-ends" && typeOf(row.urn) === STACK_TYPE) return;
    this.line(row);
  }

  /** The last word on the stack and on whatever failed outside a step. */
  finish(): void {
    for (const row of this.rows.all()) {
      const isStack = typeOf(row.urn) === STACK_TYPE;
      const errors = row.messages.filter(({ severity }) => severity === "error").length;
      const warnings = row.messages.filter(({ severity }) => severity === "warning").length;
      if (row.phase === "failed" && !isStack) continue;
      if (!isStack && errors === 0) continue;
      if (errors > 0) row.phase = "failed";
      else if (row.phase === "running") row.phase = "done";
      row.note = [errors && plural(errors, "error"), warnings && plural(warnings, "warning")]
        .filter(Boolean)
        .join("; ");
      this.line(row);
    }
  }

  private line(row: Row): void {
    const now = Date.now();
    const text = ` ${glyphOf(row.op)} ${row.type} ${row.name} ${this.rows.status(row, now)} ${this.rows.info(row)}`;
    const steady = text.replace(/\([\d.ms]+\)/, "");
    if (this.printed.get(row.urn) === steady && typeOf(row.urn) !== STACK_TYPE) return;
    this.printed.set(row.urn, steady);
    this.print(text);
  }
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
