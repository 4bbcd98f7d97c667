/**
 * Compares what was expected with what was posted: two multisets of records, one verdict per record. The order of the
 * records decides nothing but which of two equally good pairs is made.
 */

/** `different`: posted, but not so. `duplicate`: posted once more than expected, field by field the same. */
export type Kind = "match" | "different" | "missing" | "extra" | "duplicate";

export interface Entry<Expected, Got> {
  kind: Kind;
  expected?: Expected;
  got?: Got;
  /** Of `different`: the fields that are. */
  fields?: string[];
}

type Value = string | number | boolean;

export interface Rules<Key extends string> {
  /** The fields that are compared. */
  fields: readonly Key[];
  /** The fields that say what a record is about: a record that agrees in none of them can't be a different version. */
  identity: readonly Key[];
}

/**
 * Pairs every expected record with a posted one: equal ones first, then those that differ least. One entry per expected
 * record in their order, then one per remaining posted record in theirs.
 */
export function compare<Key extends string, Expected extends Record<Key, Value>, Got extends Record<Key, Value>>(
  expected: readonly Expected[],
  got: readonly Got[],
  { fields, identity }: Rules<Key>,
): Entry<Expected, Got>[] {
  const differing = (one: Record<Key, Value>, other: Record<Key, Value>) =>
    fields.filter((key) => (one[key] as Value) !== (other[key] as Value));
  const pairs = new Map<Expected, Got>();
  const free = new Set(got);
  for (const record of expected) {
    const equal = [...free].find((candidate) => differing(record, candidate).length === 0);
    if (equal === undefined) continue;
    pairs.set(record, equal);
    free.delete(equal);
  }
  const candidates = expected
    .filter((record) => !pairs.has(record))
    .flatMap((record) =>
      [...free]
        .filter(
          (each) => !isRepetition(each) && identity.some((key) => (record[key] as Value) === (each[key] as Value)),
        )
        .map((each) => ({ record, each, distance: distanceOf(differing(record, each)) })),
    )
    .sort((one, other) => one.distance - other.distance);
  for (const { record, each } of candidates) {
    if (pairs.has(record) || !free.has(each)) continue;
    pairs.set(record, each);
    free.delete(each);
  }
  return [
    ...expected.map((record): Entry<Expected, Got> => {
      const match = pairs.get(record);
      if (match === undefined) return { kind: "missing", expected: record };
      const different = differing(record, match);
      if (different.length === 0) return { kind: "match", expected: record, got: match };
      return { kind: "different", expected: record, got: match, fields: different };
    }),
    ...got
      .filter((record) => free.has(record))
      .map((record): Entry<Expected, Got> => ({ kind: isRepetition(record) ? "duplicate" : "extra", got: record })),
  ];

  /** Whether the same was posted before, so that this is a post too many and no version of another. */
  function isRepetition(record: Got): boolean {
    return got.some((other) => other !== record && !free.has(other) && differing(other, record).length === 0);
  }

  /** A field that says what the record is about weighs more than all others together. */
  function distanceOf(different: readonly Key[]): number {
    return different.reduce((sum, key) => sum + (identity.includes(key) ? fields.length : 1), 0);
  }
}

/** Text as it is compared: bodhi re-wraps comments at 80 columns, so that line ends are not AutoQA's. */
export function normaliseText(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
