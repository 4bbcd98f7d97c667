/** Shows a deployment to the user, in the form that was asked for, and with secrets masked. */
import { appendFileSync } from "node:fs";
import type { EngineEvent } from "../deploy/events";
import type { Step } from "../deploy/step";
import type { JsonObject } from "../state/deployment";
import { STACK_TYPE, typeOf, type Urn } from "../urn";
import type { PropertyMap } from "../values/property";
import { renderStep } from "./diffView";
import { changesToJson, eventToJson, plannedStepToJson } from "./json";
import type { SecretMask } from "./mask";
import { PlainProgress } from "./plain";
import { renderDiagnostics, renderDuration, renderOutputs, renderSummary } from "./report";
import { Rows } from "./rows";
import { type Terminal, TtyProgress } from "./tty";

export type DisplayMode = "plain" | "tty" | "diff" | "json-lines" | "json-document";

export interface DisplayOptions {
  readonly mode: DisplayMode;
  readonly stackUrn: Urn;
  readonly preview: boolean;
  /** `Updating`, `Previewing update`, … */
  readonly title: string;
  readonly stack: string;
  readonly mask: SecretMask;
  readonly terminal: Terminal;
  /** Every event goes to this file as well, as JSON lines. */
  readonly eventLog: string | undefined;
  readonly suppressOutputs: boolean;
}

export class Display {
  private readonly rows: Rows;
  private readonly plain: PlainProgress;
  private readonly tty: TtyProgress | undefined;
  private sequence = 0;
  private outputs: { old: PropertyMap | undefined; now: PropertyMap } | undefined;
  private readonly planned: Step[] = [];
  private readonly diagnostics: JsonObject[] = [];
  private readonly config: Record<string, string> = {};

  constructor(private readonly options: DisplayOptions) {
    this.rows = new Rows(options.stackUrn, options.preview);
    this.plain = new PlainProgress(this.rows, (line) => this.print(line));
    const header = `${options.title} (${options.stack}):`;
    if (options.mode === "plain" || options.mode === "tty") this.print(`${header}\n`);
    if (options.mode === "diff") this.print(header);
    this.tty = options.mode === "tty" ? new TtyProgress(this.rows, this.maskedTerminal()) : undefined;
  }

  readonly handle = (event: EngineEvent): void => {
    if ("step" in event) this.learn(event.step);
    this.log(event);
    const row = this.rows.update(event, Date.now());
    if (event.kind === "step-ends" && typeOf(event.step.urn) === STACK_TYPE && event.step.new) {
      this.outputs = { old: event.step.old?.outputs, now: event.step.new.outputs };
    }
    switch (this.options.mode) {
      case "plain":
        this.plain.show(event, row);
        break;
      case "tty":
        this.tty?.show(event, row);
        break;
      case "diff":
        if (event.kind === "step-begins" || (event.kind === "step-ends" && event.step.op === "refresh")) {
          for (const line of renderStep(event.step)) this.print(line);
        }
        break;
      case "json-document":
        this.collect(event);
        break;
    }
    if (event.kind === "summary") this.finish(event);
  };

  /** What the program prints. */
  programOutput(text: string): void {
    const { mode } = this.options;
    if (mode === "tty") this.tty?.print(text);
    else if (mode === "plain" || mode === "diff") this.print(text.replace(/\n$/, ""));
  }

  private learn({ old, new: now }: Step): void {
    for (const state of [old, now]) {
      if (!state) continue;
      this.options.mask.learn(state.inputs);
      this.options.mask.learn(state.outputs);
    }
  }

  private print(line: string): void {
    this.options.terminal.write(`${this.options.mask.apply(line)}\n`);
  }

  private maskedTerminal(): Terminal {
    const { terminal, mask } = this.options;
    return {
      get columns() {
        return terminal.columns;
      },
      write: (text) => terminal.write(mask.apply(text)),
    };
  }

  private log(event: EngineEvent): void {
    const { mode, eventLog, mask } = this.options;
    if (mode !== "json-lines" && eventLog === undefined) return;
    const json = eventToJson(event);
    if (!json) return;
    const entry = { sequence: this.sequence++, timestamp: Math.floor(Date.now() / 1000), ...json };
    const line = `${mask.apply(JSON.stringify(entry))}\n`;
    if (mode === "json-lines") this.options.terminal.write(line);
    if (eventLog !== undefined) appendFileSync(eventLog, line);
  }

  private collect(event: EngineEvent): void {
    if (event.kind === "prelude") Object.assign(this.config, event.config);
    const hidden = event.kind === "step-begins" && /::pulumi:providers:[^:]+::default(_|$)/.test(event.step.urn);
    if (event.kind === "step-begins" && !hidden) {
      this.planned.push({ ...event.step, new: event.step.new && { ...event.step.new } });
    }
    if (event.kind === "diagnostic" && event.severity !== "debug" && !event.ephemeral) {
      const { urn, severity, message } = event;
      this.diagnostics.push({ ...(urn && { urn }), message, severity });
    }
  }

  private finish(summary: Extract<EngineEvent, { kind: "summary" }>): void {
    const { mode, preview } = this.options;
    if (mode === "json-document") {
      const document = {
        ...(Object.keys(this.config).length > 0 && { config: this.config }),
        ...(this.planned.length > 0 && { steps: this.planned.map(plannedStepToJson) }),
        ...(this.diagnostics.length > 0 && { diagnostics: this.diagnostics }),
        duration: summary.seconds * 1e9,
        changeSummary: changesToJson(summary.changes),
      };
      this.print(JSON.stringify(document, null, 4));
      return;
    }
    if (mode === "json-lines") return;
    this.tty?.finish();
    const errored = this.rows
      .all()
      .filter((row) => row.phase === "failed" || row.messages.some(({ severity }) => severity === "error")).length;
    if (mode === "plain") this.plain.finish();
    const outputs =
      this.options.suppressOutputs || !this.outputs ? [] : renderOutputs(this.outputs.old, this.outputs.now, preview);
    const lines = [
      ...renderDiagnostics(this.rows.all()),
      ...outputs,
      ...renderSummary(summary.changes, errored, preview),
      ...(preview ? [] : renderDuration(summary.seconds)),
    ];
    for (const line of lines) this.print(line);
  }
}
