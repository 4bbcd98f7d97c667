/** Every request that the infrastructure was sent, in order; the newest kept in memory, the count of writes kept always. */
import { type Micros, toIso } from "../world/time";
import type { JournalRecord, ServiceName } from "./types";

export interface JournalEntry extends JournalRecord {
  readonly seq: number;
  readonly service: ServiceName;
  readonly client: string;
  /** Scenario time. */
  readonly at: string;
  /** The machine's time, for people. */
  readonly realTime: string;
}

const ENTRY_LIMIT = 20_000;
/** Of what was not modelled, this many entries are kept however old they are. */
const PINNED_LIMIT = 1_000;
/** Arguments and answers beyond this many characters of JSON are cut: the journal must stay small. */
const TEXT_LIMIT = 4_000;

function bounded(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === "number" || typeof value === "boolean") return value;
  const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? item.toString() : item));
  if (text === undefined) return undefined;
  if (text.length <= TEXT_LIMIT) return JSON.parse(text) as unknown;
  return { truncated: true, characters: text.length, start: text.slice(0, TEXT_LIMIT) };
}

export class Journal {
  #entries: JournalEntry[] = [];
  #seq = 0;
  #writes = 0;

  add(service: ServiceName, client: string, clock: Micros, record: JournalRecord): JournalEntry {
    this.#seq += 1;
    if (record.write) this.#writes += 1;
    const entry: JournalEntry = {
      seq: this.#seq,
      service,
      client,
      ...record,
      arguments: bounded(record.arguments),
      at: toIso(clock),
      realTime: new Date().toISOString(),
    };
    this.#entries.push(entry);
    if (this.#entries.length > ENTRY_LIMIT * 1.2) this.#forget();
    return entry;
  }

  /** The oldest go, but not what verification must not miss: what was not modelled. */
  #forget(): void {
    const oldest = this.#entries.length - ENTRY_LIMIT;
    const kept = this.#entries.slice(0, oldest).filter(({ unmodelled }) => unmodelled);
    this.#entries = [...kept.slice(0, PINNED_LIMIT), ...this.#entries.slice(oldest)];
  }

  /** Entries after that sequence number, oldest first. */
  after(seq: number): readonly JournalEntry[] {
    const first = this.#entries.findIndex((entry) => entry.seq > seq);
    return first === -1 ? [] : this.#entries.slice(first);
  }

  /** How many writes there ever were. */
  get writes(): number {
    return this.#writes;
  }

  get lastSeq(): number {
    return this.#seq;
  }

  clear(): void {
    this.#entries = [];
    this.#seq = 0;
  }
}
