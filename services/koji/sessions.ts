/**
 * koji's sessions: made by login, named in every later request by header (since 1.31) or in the URL's query (before, and
 * AutoQA's client of 2011). Source: koji-project/koji kojihub/auth.py.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { KojiError } from "../world/errors";

export interface Session {
  readonly id: number;
  readonly key: string;
  readonly userName: string;
  /** Number of the last call that changed something: koji refuses to do it twice. */
  callNumber: number | null;
}

/** Compares secrets without telling by the time it takes how much of them agrees. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** More sessions than this are not kept: the oldest goes. */
const SESSION_LIMIT = 2000;

function authError(message: string): KojiError {
  return new KojiError("AuthError", message);
}

export class Sessions {
  readonly #sessions = new Map<number, Session>();
  #nextId = 1;

  constructor(readonly accounts: Readonly<Record<string, string>>) {}

  /** @throws KojiError AuthError */
  login(userName: string, password: string): Session {
    const known = Object.hasOwn(this.accounts, userName) ? this.accounts[userName] : undefined;
    const matches = sameSecret(known ?? randomBytes(16).toString("hex"), password);
    if (!matches) throw authError("invalid username or password");
    return this.open(userName);
  }

  /** A new session of a user who is known already. */
  open(userName: string): Session {
    const session: Session = {
      id: this.#nextId,
      key: randomBytes(24).toString("base64url"),
      userName,
      callNumber: null,
    };
    this.#nextId += 1;
    this.#sessions.set(session.id, session);
    if (this.#sessions.size > SESSION_LIMIT) {
      const [oldest] = this.#sessions.keys();
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    return session;
  }

  logout(session: Session): void {
    this.#sessions.delete(session.id);
  }

  /** Every session ends, as when the hub's database is made anew. */
  clear(): void {
    this.#sessions.clear();
    this.#nextId = 1;
  }

  /**
   * The session that a request names; null when it names none.
   * @throws KojiError AuthError, SequenceError, RetryError
   */
  find(id: string | undefined, key: string | undefined, callNumber: string | undefined): Session | null {
    if (id === undefined && key === undefined) return null;
    if (id === undefined) throw authError("'session-id' not specified in session args");
    if (key === undefined) throw authError("'session-key' not specified in session args");
    const session = this.#sessions.get(Number(id));
    if (session === undefined || !sameSecret(session.key, key)) throw authError("Invalid session or bad credentials");
    if (callNumber === undefined) return session;
    const number = Number(callNumber);
    if (!/^\d+$/.test(callNumber)) throw authError(`Invalid callnum: '${callNumber}'`);
    if (session.callNumber !== null && session.callNumber > number) {
      throw new KojiError("SequenceError", `${session.callNumber} > ${number} (session ${session.id})`);
    }
    if (session.callNumber === number) {
      throw new KojiError("RetryError", `unable to retry call ${number} for session ${session.id}`);
    }
    return session;
  }
}
