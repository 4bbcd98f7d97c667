/** For terminals: what is done scrolls by, what is under way stands below with its elapsed time and its latest output. */
import colors from "picocolors";
import type { EngineEvent } from "../deploy/events";
import { STACK_TYPE, typeOf } from "../urn";
import type { Row, Rows } from "./rows";
import { glyphOf } from "./rows";

const REDRAW_MS = 200;
const CLEAR_BELOW = "\u001b[J";

export interface Terminal {
  readonly columns: number;
  write(text: string): void;
}

export class TtyProgress {
  private drawn = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly rows: Rows,
    private readonly terminal: Terminal,
  ) {
    this.timer = setInterval(() => this.redraw([]), REDRAW_MS);
    this.timer.unref();
  }

  show(event: EngineEvent, row: Row | undefined): void {
    if (!row) return;
    const ended = event.kind === "step-ends" || event.kind === "step-fails";
    const worthALine = ended && row.op !== "same" && typeOf(row.urn) !== STACK_TYPE;
    this.redraw(worthALine ? [this.line(row)] : []);
  }

  /** Prints something above the rows. */
  print(text: string): void {
    this.redraw(text.replace(/\n$/, "").split("\n"));
  }

  finish(): void {
    clearInterval(this.timer);
    this.erase();
    this.drawn = 0;
  }

  private erase(): void {
    const up = this.drawn > 0 ? `\u001b[${this.drawn}A` : "";
    this.terminal.write(`${up}\r${CLEAR_BELOW}`);
  }

  private redraw(above: readonly string[]): void {
    this.erase();
    for (const line of above) this.terminal.write(`${line}\n`);
    const running = this.rows
      .all()
      .filter((row) => row.phase === "running" && typeOf(row.urn) !== STACK_TYPE && row.op !== "same");
    for (const row of running) this.terminal.write(`${this.line(row)}\n`);
    this.drawn = running.length;
  }

  private line(row: Row): string {
    const status = this.rows.status(row, Date.now());
    const info = this.rows.info(row);
    const plain = ` ${glyphOf(row.op)} ${row.type} ${row.name} ${status} ${info}`;
    const cut = plain.length > this.terminal.columns ? `${plain.slice(0, this.terminal.columns - 1)}…` : plain;
    const paint = row.phase === "failed" ? colors.red : row.phase === "done" ? colors.green : colors.yellow;
    return paint(cut);
  }
}
