/** What the store takes, gives and is asked for. */
import type { Micros } from "../world/time";

export interface GroupInput {
  /** Absent: one is made, which follows from the number of groups there are. */
  uuid?: string;
  description?: string | undefined;
  ref_url?: string | undefined;
}

export interface NewResult {
  outcome: string;
  testcase: { name: string; ref_url?: string | null | undefined };
  groups: readonly GroupInput[];
  note: string | null;
  refUrl: string | null;
  /** Null: now. */
  submitTime: Micros | null;
  data: readonly (readonly [key: string, value: string])[];
}

export interface ResultRow {
  id: number;
  testcase: { name: string; ref_url: string | null };
  submitTime: Micros;
  outcome: string;
  note: string | null;
  refUrl: string | null;
  groups: string[];
  data: Record<string, string[]>;
}

export interface GroupRow {
  uuid: string;
  description: string | null;
  ref_url: string | null;
  results: number;
}

export interface DataFilter {
  key: string;
  like: boolean;
  values: readonly string[];
}

export interface ResultQuery {
  since?: Micros | undefined;
  until?: Micros | undefined;
  outcomes?: readonly string[] | undefined;
  groups?: readonly string[] | undefined;
  testcases?: readonly string[] | undefined;
  testcasesLike?: readonly string[] | undefined;
  data: readonly DataFilter[];
  ascending?: boolean;
}
