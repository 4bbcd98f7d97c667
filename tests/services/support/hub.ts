/** Calling the hub without HTTP. */
import assert from "node:assert/strict";
import type { Situation } from "../../../scenarios/format/situation";
import { type CallRecord, callHub, type HubCaller } from "../../../services/koji/hub";
import { type Session, Sessions } from "../../../services/koji/sessions";
import { loadSituation } from "../../../services/world/load";
import { decodeResponse } from "../../../services/xmlrpc/decode";
import { encodeFault, encodeResponse } from "../../../services/xmlrpc/encode";
import { Double, type Value } from "../../../services/xmlrpc/values";

export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

/** As a client sees it: floats are numbers. */
export function plain(value: Value | undefined): Plain {
  if (value instanceof Double) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item as Value)]));
  }
  return value as Plain;
}

export class Hub {
  readonly world;
  readonly sessions = new Sessions({ autoqa: "autoqa's password", releng: "releng's password" });
  session: Session | null = null;
  records: CallRecord[] = [];
  readonly defects: unknown[] = [];

  constructor(situation: Situation) {
    this.world = loadSituation(situation);
  }

  #caller(): HubCaller {
    const { world, session, sessions } = this;
    return {
      world,
      session,
      sessions,
      rpmFile: () => undefined,
      injected: () => undefined,
      defect: (_method, error) => this.defects.push(error),
    };
  }

  login(user: string): void {
    this.session = this.sessions.open(user);
  }

  /** The answer, through the codec. @throws Error with the fault's code and text */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of any shape
  call(method: string, ...params: Value[]): any {
    const { outcome, records } = callHub(this.#caller(), method, params);
    this.records.push(...records);
    const xml = outcome.kind === "value" ? encodeResponse(outcome.value) : encodeFault(outcome.code, outcome.message);
    const response = decodeResponse(xml);
    if (response.kind === "fault") throw new Error(`${response.code}: ${response.message}`);
    return plain(response.value);
  }

  /** With named arguments, as koji's clients send them. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of any shape
  named(method: string, positional: Value[], named: Record<string, Value>): any {
    return this.call(method, ...positional, { ...named, __starstar: true });
  }

  fault(expected: string, method: string, ...params: Value[]): void {
    assert.throws(
      () => this.call(method, ...params),
      (error: Error) => {
        assert.equal(error.message, expected);
        return true;
      },
    );
  }
}
