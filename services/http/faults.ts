/** Faults that a scenario injects. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultSpec } from "../../scenarios/format/fault";

type Kind = FaultSpec["kind"];

interface Active {
  spec: FaultSpec;
  remaining: number;
}

export class Faults {
  #active: Active[] = [];
  #cleared = new AbortController();

  inject(spec: FaultSpec): void {
    this.#active.push({ spec, remaining: spec.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#active = [];
    this.#cleared.abort();
    this.#cleared = new AbortController();
  }

  get active(): FaultSpec[] {
    return this.#active.map(({ spec }) => spec);
  }

  /** Takes one strike of the first fault of that kind that applies. */
  take<K extends Kind>(
    kind: K,
    on: FaultSpec["service"],
    subject: string,
  ): Extract<FaultSpec, { kind: K }> | undefined {
    const found = this.#active.find(
      ({ spec }) => spec.kind === kind && spec.service === on && matches(spec.match, subject),
    );
    if (found === undefined) return undefined;
    found.remaining -= 1;
    if (found.remaining <= 0) this.#active = this.#active.filter((each) => each !== found);
    return found.spec as Extract<FaultSpec, { kind: K }>;
  }

  takeTransport(on: string, subject: string): Extract<FaultSpec, { kind: "http" | "delay" | "drop" }> | undefined {
    if (this.#active.length === 0 || on === "control") return undefined;
    const target = on as FaultSpec["service"];
    return (
      this.take("drop", target, subject) ?? this.take("delay", target, subject) ?? this.take("http", target, subject)
    );
  }

  /** Waits that long, or until faults are cleared. */
  async wait(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.#cleared.signal, ref: false }).catch(() => undefined);
  }
}

function matches(pattern: string | undefined, subject: string): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.split("*");
  let at = 0;
  for (const part of parts) {
    const found = subject.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return true;
}
