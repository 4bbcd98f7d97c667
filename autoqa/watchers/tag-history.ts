/**
 * What came into koji tags since the last look, from the tags' history: a build that was there only between two looks
 * is in it too, and the event ids say what was seen already (a listing of the tag's content would tell neither).
 */
import type { DatabaseSync } from "node:sqlite";
import { Unreachable } from "../http/request";
import { type CallResult, type KojiHub, parseTagHistory, tagHistoryCall } from "../koji/hub";
import type { XmlRpcFault, XmlRpcValue } from "../xmlrpc/codec";
import { type Cursor, type Stay, TagMemory } from "./tag-memory";

export interface Changes {
  /** Stays never seen before, by event. */
  fresh: Stay[];
  /** What each tag that koji knows contains now, in the order of tagging. */
  content: Map<string, Stay[]>;
  /** Remembers what was seen; to be called in the transaction that stores what was made of it. */
  remember(): void;
}

/**
 * koji's events become visible when their transactions end, not in the order of their ids. So each look reaches back
 * this many events and leaves out what it knows.
 */
const overlapEvents = 200;

export class TagHistory {
  readonly #memory: TagMemory;

  /** @param watcher whose memory this is: each watcher sees everything once */
  constructor(database: DatabaseSync, watcher: string) {
    this.#memory = new TagMemory(database, watcher);
  }

  /** Looks at the tags' history. @throws Unreachable */
  async changes(hub: KojiHub, tags: readonly string[]): Promise<Changes> {
    const cursors = tags.map((tag) => this.#memory.cursor(tag));
    const calls = tags.map((tag, i) => {
      const lastEvent = cursors[i]?.lastEvent;
      const since = lastEvent === undefined ? { active: true } : { afterEvent: Math.max(0, lastEvent - overlapEvents) };
      return tagHistoryCall(tag, since);
    });
    const [last, ...answers] = await hub.multiCall([{ method: "getLastEvent", parameters: [] }, ...calls]);
    const now = eventId(last);
    const looks = tags.flatMap((tag, i) => {
      const answer = answers[i];
      if (answer === undefined) throw new Unreachable(`koji did not answer the question for ${tag}'s history`);
      if ("fault" in answer) {
        if (isUnknownTag(answer.fault)) return [];
        throw new Unreachable(`koji does not tell ${tag}'s history: ${answer.fault.message}`);
      }
      return [this.#read(tag, cursors[i] ?? { baseline: now, lastEvent: now }, answer.value)];
    });
    const fresh = looks.flatMap((look) => look.fresh);
    fresh.sort(
      (a, b) => a.createEvent - b.createEvent || (a.tag < b.tag ? -1 : Number(a.tag > b.tag)) || a.buildId - b.buildId,
    );
    return {
      fresh,
      content: new Map(looks.map((look) => [look.tag, look.content])),
      remember: () => {
        for (const { tag, changed, cursor } of looks) {
          for (const stay of changed) this.#memory.putStay(stay);
          this.#memory.putCursor(tag, cursor, cursor.lastEvent - overlapEvents);
        }
      },
    };
  }

  #read(tag: string, cursor: Cursor, answer: XmlRpcValue) {
    const known = new Map(this.#memory.stays(tag).map((stay) => [key(stay), stay]));
    const changed: Stay[] = [];
    const fresh: Stay[] = [];
    let { lastEvent } = cursor;
    for (const row of parseTagHistory(answer)) {
      const stay: Stay = {
        tag,
        buildId: row.build_id,
        nvr: `${row.name}-${row.version}-${row.release}`,
        createEvent: row.create_event,
        revokeEvent: row.revoke_event ?? null,
      };
      lastEvent = Math.max(lastEvent, stay.createEvent, stay.revokeEvent ?? 0);
      const before = known.get(key(stay));
      const isHistory = before === undefined && stay.revokeEvent !== null && stay.createEvent <= cursor.baseline;
      if (isHistory || before?.revokeEvent === stay.revokeEvent) continue;
      if (before === undefined) fresh.push(stay);
      changed.push(stay);
      known.set(key(stay), stay);
    }
    const content = [...known.values()].filter((stay) => stay.revokeEvent === null);
    content.sort((a, b) => a.createEvent - b.createEvent || a.buildId - b.buildId);
    return { tag, fresh, changed, content, cursor: { baseline: cursor.baseline, lastEvent } };
  }
}

function key(stay: Stay): string {
  return `${stay.createEvent} ${stay.buildId}`;
}

/**
 * koji's word for a tag that it does not know (kojihub.py, lookup_name and get_tag; each version has its own). Any other
 * fault says nothing of the tag.
 */
function isUnknownTag({ message }: XmlRpcFault): boolean {
  return /^No such (tag|tagInfo|entry in table tag)\b/.test(message);
}

/** @throws Unreachable without one: with a made-up beginning a tag's whole history would be news. */
function eventId(last: CallResult | undefined): number {
  if (last !== undefined && "value" in last) {
    const id = (last.value as { id?: unknown } | null)?.id;
    if (typeof id === "number") return id;
  }
  const fault = last !== undefined && "fault" in last ? `: ${last.fault.message}` : "";
  throw new Unreachable(`koji does not tell its last event${fault}`);
}
