/** A query's filters as SQL. */
import type { SQLInputValue } from "node:sqlite";
import type { DataFilter, ResultQuery } from "./records";

export interface Sql {
  clauses: string[];
  values: SQLInputValue[];
}

/** ResultsDB's `*` becomes SQL's `%`; `%` and `_` work too, as they do there. */
export function likePattern(text: string): string {
  return text.replaceAll("*", "%");
}

export function marks(values: readonly unknown[]): string {
  return values.map(() => "?").join(", ");
}

export function valueTest({ like, values }: DataFilter): { test: string; list: string[] } {
  if (!like) return { test: `d.value IN (${marks(values)})`, list: [...values] };
  return { test: `(${values.map(() => "d.value LIKE ?").join(" OR ")})`, list: values.map(likePattern) };
}

/** @param isSelective whether so few results have the value that they are found by it, rather than tried one by one */
export function whereOf(query: ResultQuery, isSelective: (filter: DataFilter) => boolean): Sql {
  const clauses: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (clause: string, ...list: SQLInputValue[]): void => {
    clauses.push(clause);
    values.push(...list);
  };
  if (query.since !== undefined) add("r.submit_time >= ?", query.since);
  if (query.until !== undefined) add("r.submit_time <= ?", query.until);
  if (query.outcomes?.length) add(`r.outcome IN (${marks(query.outcomes)})`, ...query.outcomes);
  if (query.groups?.length) {
    add(
      `EXISTS (SELECT 1 FROM group_result g WHERE g.result_id = r.id AND g.group_uuid IN (${marks(query.groups)}))`,
      ...query.groups,
    );
  }
  const names: string[] = [];
  if (query.testcases?.length) names.push(`r.testcase_name IN (${marks(query.testcases)})`);
  for (const _pattern of query.testcasesLike ?? []) names.push("r.testcase_name LIKE ?");
  if (names.length > 0) {
    add(`(${names.join(" OR ")})`, ...(query.testcases ?? []), ...(query.testcasesLike ?? []).map(likePattern));
  }
  for (const filter of query.data) {
    const { test, list } = valueTest(filter);
    if (isSelective(filter)) {
      add(`r.id IN (SELECT d.result_id FROM result_data d WHERE d.key = ? AND ${test})`, filter.key, ...list);
    } else {
      add(
        `EXISTS (SELECT 1 FROM result_data d WHERE d.result_id = +r.id AND d.key = ? AND ${test})`,
        filter.key,
        ...list,
      );
    }
  }
  return { clauses, values };
}
