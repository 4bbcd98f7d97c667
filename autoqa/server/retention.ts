/**
 * What an AutoQA that runs for months keeps: every job's row, with its number, outcome and times, for good; its results,
 * its posts and the set of updates that it judged only as long as there is room for them. The oldest go first.
 */
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { unsentStates } from "../reporters/states";
import { transaction } from "./database";

const defaultMaximumBytes = 256 * 1024 ** 2;
/** Between two such parts of the work the server answers others. */
const eventsAtOnce = 200;
/** Of the comments that would have been made, far more than any update that is still open has. */
const localCommentsKept = 100_000;

/**
 * Forgets details of the oldest jobs, so that those that are kept come to no more than so much, indexes not counted.
 * @param database whose file does not shrink: room that was freed is used again
 * @param signal ends the work: afterwards the database is not touched any more
 */
export async function forgetDetails(
  database: DatabaseSync,
  signal: AbortSignal,
  maximumBytes = defaultMaximumBytes,
): Promise<void> {
  database
    .prepare("DELETE FROM local_comments WHERE id <= (SELECT max(id) FROM local_comments) - ?")
    .run(localCommentsKept);
  let bytes = 0;
  for (let before = Number.MAX_SAFE_INTEGER; !signal.aborted; await setImmediate()) {
    const events = newestBefore(database, before);
    if (events.length === 0) return;
    const forgotten = events.filter((event) => {
      bytes += event.bytes;
      return bytes > maximumBytes && !event.isUnfinished;
    });
    transaction(database, () => {
      for (const { id } of forgotten) forget(database, id);
    });
    before = events.at(-1)?.id ?? 0;
  }
}

/** Events with details, the newest first, and what these take. */
function newestBefore(database: DatabaseSync, id: number): { id: number; bytes: number; isUnfinished: boolean }[] {
  const rows = database
    .prepare(
      `SELECT events.id, octet_length(json) + coalesce(sum(octet_length(results) + (
           SELECT coalesce(sum(octet_length(payload)), 0) FROM posts WHERE posts.job = jobs.number)), 0) AS bytes,
         coalesce(max(state <> 'finished'), 0) AS unfinished
       FROM events LEFT JOIN jobs ON jobs.event = events.id
       WHERE has_details = 1 AND events.id < ? GROUP BY events.id ORDER BY events.id DESC LIMIT ?`,
    )
    .all(id, eventsAtOnce);
  return rows.map((row) => ({ id: Number(row.id), bytes: Number(row.bytes), isUnfinished: row.unfinished === 1 }));
}

function forget(database: DatabaseSync, event: number): void {
  const jobs = "(SELECT number FROM jobs WHERE event = ?)";
  for (const sql of [
    `DELETE FROM posts WHERE job IN ${jobs} AND state NOT IN ${unsentStates}`,
    "UPDATE jobs SET results = '[]' WHERE event = ?",
    "UPDATE events SET has_details = 0, json = json_replace(json, '$.updates', json('[]')) WHERE id = ?",
  ]) {
    database.prepare(sql).run(event);
  }
}
