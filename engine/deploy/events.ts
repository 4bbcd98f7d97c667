/** What happens during a deployment, for whoever shows or records it. Listeners must not keep the steps' states. */
import type { Urn } from "../urn";
import type { Severity } from "./diagnostics";
import type { Operation, Step } from "./step";

export type EngineEvent =
  | { readonly kind: "prelude"; readonly config: Readonly<Record<string, string>> }
  | { readonly kind: "step-begins"; readonly step: Step }
  | { readonly kind: "step-ends"; readonly step: Step }
  | { readonly kind: "step-fails"; readonly step: Step }
  | {
      readonly kind: "diagnostic";
      readonly severity: Severity;
      readonly urn: Urn | undefined;
      readonly message: string;
      /** A status that the next one replaces, and that no summary repeats. */
      readonly ephemeral: boolean;
      /** Messages of one stream are pieces of one text. */
      readonly streamId: number;
    }
  | {
      readonly kind: "summary";
      readonly preview: boolean;
      readonly seconds: number;
      readonly changes: Readonly<Partial<Record<Operation, number>>>;
      readonly succeeded: boolean;
    }
  | { readonly kind: "end" };

export type EventListener = (event: EngineEvent) => void;

/** Passes every event on to every listener, in order. */
export class EventStream {
  private readonly listeners: EventListener[] = [];

  listen(listener: EventListener): void {
    this.listeners.push(listener);
  }

  emit(event: EngineEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
