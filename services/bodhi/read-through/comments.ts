/** Comments that were posted here and not there: kept in a file, one JSON object a line, and shown beside production's own. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { type Micros, toBodhiTime } from "../../world/time";

export interface KeptComment {
  readonly id: number;
  readonly update: string;
  readonly title: string;
  readonly author: string;
  readonly text: string;
  readonly karma: number;
  readonly email: boolean;
  readonly at: Micros;
}

/** Ids that production will not have. */
const FIRST_ID = 1_000_000_000;

export class KeptComments {
  readonly #comments: KeptComment[] = [];

  constructor(readonly path: string) {
    if (!existsSync(path)) return;
    // A line that a crash cut off was not acknowledged.
    for (const line of readFileSync(path, "utf8").split("\n").slice(0, -1)) {
      this.#comments.push(JSON.parse(line) as KeptComment);
    }
  }

  get all(): readonly KeptComment[] {
    return this.#comments;
  }

  of(update: string): KeptComment[] {
    return this.#comments.filter((comment) => comment.update === update);
  }

  /** On disk when it returns. */
  add(given: Omit<KeptComment, "id">): KeptComment {
    const comment = { id: FIRST_ID + this.#comments.length, ...given };
    const file = openSync(this.path, "a", 0o600);
    try {
      writeSync(file, `${JSON.stringify(comment)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#comments.push(comment);
    return comment;
  }
}

/** As 0.9 shows a comment. */
export function view09(comment: KeptComment): object {
  const { author, text, karma, at } = comment;
  return { author, group: null, text, anonymous: false, karma, timestamp: toBodhiTime(at) };
}

/** As the current bodhi shows a comment within its update. */
export function viewCurrent(comment: KeptComment): object {
  const { id, author, text, karma, at, update } = comment;
  const user = { id: 0, name: author, email: null, avatar: null, openid: null, groups: [] };
  return {
    ...{ id, karma, karma_critpath: 0, text, timestamp: toBodhiTime(at), update_id: 0, user_id: 0 },
    ...{ bug_feedback: [], testcase_feedback: [], user, author, update_alias: update },
  };
}
