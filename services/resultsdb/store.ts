/** ResultsDB's store: results, testcases and groups in SQLite. */
import { createHash } from "node:crypto";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Micros } from "../world/time";
import { likePattern, marks, type Sql, valueTest, whereOf } from "./filters";
import type { DataFilter, GroupInput, GroupRow, NewResult, ResultQuery, ResultRow } from "./records";
import { openDatabase, TABLES } from "./schema";

/** Below this many candidates a filter drives the search; above it, the newest results are tried one by one. */
const SELECTIVE = 2_000;

export class ResultStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Of the times that this store has given. */
  #lastTime: Micros = 0;

  /** @param clock the time of what is submitted without one */
  constructor(
    path: string,
    readonly clock: () => Micros,
  ) {
    this.#database = openDatabase(path);
    const last = this.#get(
      "SELECT submit_time AS t FROM result WHERE time_of_client = 0 ORDER BY submit_time DESC, id DESC LIMIT 1",
    );
    this.#lastTime = Number(last?.t ?? 0);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      if (this.#statements.size > 300) this.#statements.clear();
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #all(sql: string, values: readonly SQLInputValue[] = []): Record<string, unknown>[] {
    return this.#prepare(sql).all(...values) as Record<string, unknown>[];
  }

  #get(sql: string, values: readonly SQLInputValue[] = []): Record<string, unknown> | undefined {
    return this.#prepare(sql).get(...values) as Record<string, unknown> | undefined;
  }

  #run(sql: string, values: readonly SQLInputValue[] = []): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
  }

  /** All of it or nothing, on disk when it returns. */
  transaction<T>(act: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const value = act();
      this.#database.exec("COMMIT");
      return value;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Empties every table; ids begin at 1 again. */
  clear(): void {
    this.transaction(() => {
      for (const table of TABLES) this.#database.exec(`DELETE FROM ${table}`);
    });
    this.#lastTime = 0;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  healthy(): boolean {
    try {
      this.#all("SELECT 1 FROM result LIMIT 0");
      return true;
    } catch {
      return false;
    }
  }

  /** The clock, or a microsecond after the last time given: two results never share a time that no client gave them. */
  now(): Micros {
    return Math.max(this.clock(), this.#lastTime + 1);
  }

  addResult(result: NewResult): number {
    return this.transaction(() => this.insertResult(result));
  }

  /** As addResult, inside a transaction of the caller's. */
  insertResult(result: NewResult): number {
    const byClient = result.submitTime !== null;
    const submitTime = result.submitTime ?? this.now();
    this.putTestcase(result.testcase.name, result.testcase.ref_url);
    const groups = result.groups.map((group) => this.putGroup(group));
    const id = this.#run(
      "INSERT INTO result (testcase_name, submit_time, time_of_client, outcome, note, ref_url) VALUES (?, ?, ?, ?, ?, ?)",
      [result.testcase.name, submitTime, byClient ? 1 : 0, result.outcome, result.note, result.refUrl],
    );
    for (const [key, value] of result.data) {
      this.#run("INSERT INTO result_data (result_id, key, value, submit_time) VALUES (?, ?, ?, ?)", [
        id,
        key,
        value,
        submitTime,
      ]);
    }
    for (const uuid of new Set(groups))
      this.#run("INSERT INTO group_result (group_uuid, result_id) VALUES (?, ?)", [uuid, id]);
    if (!byClient) this.#lastTime = Math.max(this.#lastTime, submitTime);
    return id;
  }

  /** @param refUrl undefined: as it was */
  putTestcase(name: string, refUrl: string | null | undefined): void {
    this.#run("INSERT INTO testcase (name) VALUES (?) ON CONFLICT DO NOTHING", [name]);
    if (refUrl !== undefined) this.#run("UPDATE testcase SET ref_url = ? WHERE name = ?", [refUrl, name]);
  }

  /** @returns its uuid */
  putGroup(group: GroupInput): string {
    const count = Number(this.#get("SELECT count(*) AS n FROM grp")?.n);
    const uuid = group.uuid ?? derivedUuid(count + 1);
    this.#run("INSERT INTO grp (uuid) VALUES (?) ON CONFLICT DO NOTHING", [uuid]);
    if (group.description !== undefined)
      this.#run("UPDATE grp SET description = ? WHERE uuid = ?", [group.description, uuid]);
    if (group.ref_url !== undefined) this.#run("UPDATE grp SET ref_url = ? WHERE uuid = ?", [group.ref_url, uuid]);
    return uuid;
  }

  result(id: number): ResultRow | undefined {
    return this.#load([id])[0];
  }

  /** Newest first, unless asked otherwise. */
  results(query: ResultQuery, offset: number, limit: number): ResultRow[] {
    const { clauses, values } = this.#where(query);
    const direction = query.ascending === true ? "ASC" : "DESC";
    const where = clauses.length === 0 ? "" : `WHERE ${clauses.join(" AND ")}`;
    const sql = `SELECT r.id AS id FROM result r ${where} ORDER BY r.submit_time ${direction}, r.id ${direction} LIMIT ? OFFSET ?`;
    return this.#load(this.#all(sql, [...values, limit, offset]).map(({ id }) => Number(id)));
  }

  /** Every result in the order of its id: what was posted, as it was posted. */
  allResults(): ResultRow[] {
    return this.#load(this.#all("SELECT id FROM result ORDER BY id").map(({ id }) => Number(id)));
  }

  count(): number {
    return Number(this.#get("SELECT count(*) AS n FROM result")?.n);
  }

  /** The newest result of each testcase. */
  latest(query: ResultQuery): ResultRow[] {
    const { clauses, values } = this.#where(query);
    const where = clauses.length === 0 ? "" : `WHERE ${clauses.join(" AND ")}`;
    const sql = `SELECT id FROM (SELECT r.id AS id, r.submit_time AS t, rank() OVER (PARTITION BY r.testcase_name ORDER BY r.submit_time DESC) AS place FROM result r ${where}) WHERE place = 1 ORDER BY t DESC, id DESC`;
    return this.#load(this.#all(sql, values).map(({ id }) => Number(id)));
  }

  /** The newest result of each testcase and combination of values of those keys. */
  latestDistinct(query: ResultQuery, keys: readonly string[]): ResultRow[] {
    const { clauses, values } = this.#where(query);
    const joins = keys.map(
      (_key, index) => `LEFT JOIN result_data k${index} ON k${index}.result_id = r.id AND k${index}.key = ?`,
    );
    const parts = ["r.testcase_name", ...keys.map((_key, index) => `k${index}.value`)].join(", ");
    const where = clauses.length === 0 ? "" : `WHERE ${clauses.join(" AND ")}`;
    const sql = `SELECT id FROM (SELECT r.id AS id, r.submit_time AS t, row_number() OVER (PARTITION BY ${parts} ORDER BY r.submit_time DESC, r.id DESC) AS place FROM result r ${joins.join(" ")} ${where}) WHERE place = 1 ORDER BY t DESC, id DESC`;
    return this.#load(this.#all(sql, [...keys, ...values]).map(({ id }) => Number(id)));
  }

  #where(query: ResultQuery): Sql {
    return whereOf(query, (filter) => this.#isSelective(filter));
  }

  #isSelective(filter: DataFilter): boolean {
    const { test, list } = valueTest(filter);
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM result_data d WHERE d.key = ? AND ${test} LIMIT ${SELECTIVE + 1})`;
    return Number(this.#get(sql, [filter.key, ...list])?.n) <= SELECTIVE;
  }

  #load(ids: readonly number[]): ResultRow[] {
    return ids.flatMap((id) => {
      const row = this.#get(
        "SELECT r.id AS id, r.submit_time AS submit_time, r.outcome AS outcome, r.note AS note, r.ref_url AS ref_url, t.name AS name, t.ref_url AS testcase_url FROM result r JOIN testcase t ON t.name = r.testcase_name WHERE r.id = ?",
        [id],
      );
      if (row === undefined) return [];
      const data: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
      for (const { key, value } of this.#all("SELECT key, value FROM result_data WHERE result_id = ? ORDER BY id", [
        id,
      ])) {
        const known = data[String(key)];
        if (known === undefined) data[String(key)] = [String(value)];
        else known.push(String(value));
      }
      const groups = this.#all("SELECT group_uuid FROM group_result WHERE result_id = ? ORDER BY group_uuid", [id]);
      return [
        {
          id,
          testcase: { name: String(row.name), ref_url: row.testcase_url as string | null },
          submitTime: Number(row.submit_time),
          outcome: String(row.outcome),
          note: row.note as string | null,
          refUrl: row.ref_url as string | null,
          groups: groups.map(({ group_uuid }) => String(group_uuid)),
          data,
        },
      ];
    });
  }

  testcase(name: string): { name: string; ref_url: string | null } | undefined {
    return this.#get("SELECT name, ref_url FROM testcase WHERE name = ?", [name]) as
      | { name: string; ref_url: string | null }
      | undefined;
  }

  testcases(
    names: readonly string[],
    like: readonly string[],
    offset: number,
    limit: number,
  ): { name: string; ref_url: string | null }[] {
    const tests = [...names.map(() => "name = ?"), ...like.map(() => "name LIKE ?")];
    const where = tests.length === 0 ? "" : `WHERE ${tests.join(" OR ")}`;
    return this.#all(`SELECT name, ref_url FROM testcase ${where} ORDER BY name LIMIT ? OFFSET ?`, [
      ...names,
      ...like.map(likePattern),
      limit,
      offset,
    ]) as { name: string; ref_url: string | null }[];
  }

  group(uuid: string): GroupRow | undefined {
    return this.#groups("WHERE uuid = ?", [uuid], 0, 1)[0];
  }

  /** Newest first. */
  groups(
    filter: { descriptions: readonly string[]; like: readonly string[]; uuids: readonly string[] },
    offset: number,
    limit: number,
  ): GroupRow[] {
    const tests = [...filter.descriptions.map(() => "description = ?"), ...filter.like.map(() => "description LIKE ?")];
    const clauses = tests.length === 0 ? [] : [`(${tests.join(" OR ")})`];
    if (filter.uuids.length > 0) clauses.push(`uuid IN (${marks(filter.uuids)})`);
    const where = clauses.length === 0 ? "" : `WHERE ${clauses.join(" AND ")}`;
    return this.#groups(
      where,
      [...filter.descriptions, ...filter.like.map(likePattern), ...filter.uuids],
      offset,
      limit,
    );
  }

  #groups(where: string, values: readonly string[], offset: number, limit: number): GroupRow[] {
    const sql = `SELECT uuid, description, ref_url, (SELECT count(*) FROM group_result g WHERE g.group_uuid = uuid) AS results FROM grp ${where} ORDER BY id DESC LIMIT ? OFFSET ?`;
    return this.#all(sql, [...values, limit, offset]) as unknown as GroupRow[];
  }

  /** For the 2011 dialect, which keeps its own rows beside the results. */
  insert(sql: string, values: readonly SQLInputValue[]): number {
    return this.#run(sql, values);
  }

  select(sql: string, values: readonly SQLInputValue[]): Record<string, unknown>[] {
    return this.#all(sql, values);
  }
}

/** A uuid (of version 5's form) that follows from a number, where the real server makes one of time and chance. */
function derivedUuid(number: number): string {
  const hex = createHash("sha1").update(`resultsdb group ${number}`).digest("hex");
  const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
