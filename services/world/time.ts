/**
 * World time: whole microseconds since 1970, UTC. Koji keeps microseconds (PostgreSQL timestamps), bodhi and ResultsDB
 * show less. No function here reads the machine's clock: the clock is the scenario's.
 */

export type Micros = number;

export const SECOND: Micros = 1_000_000;
const MILLISECOND = 1000;

/** @param text ISO 8601 in UTC, as the situation has it. @throws RangeError when it is no instant. */
export function fromIso(text: string): Micros {
  const at = parseTimeText(text);
  if (at === undefined) throw new RangeError(`not an instant: ${text}`);
  return at;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** `2011-05-21T17:16:58Z`, with six digits of a second only where there is a part of one. */
export function toIso(at: Micros): string {
  const whole = Math.floor(at / SECOND);
  const fraction = at - whole * SECOND;
  const text = new Date(whole * 1000).toISOString().slice(0, 19);
  return fraction === 0 ? `${text}Z` : `${text}.${pad(fraction, 6)}Z`;
}

/** koji's text form, `2011-05-21 17:16:58.584573` (boji's samples; see docs/services.md on the offset of newer hubs). */
export function toKojiTime(at: Micros): string {
  const whole = Math.floor(at / SECOND);
  return `${toBodhiTime(at)}.${pad(at - whole * SECOND, 6)}`;
}

/** Seconds since 1970 as koji's `*_ts` fields have them. */
export function toSeconds(at: Micros): number {
  return at / SECOND;
}

/** bodhi's text form in both dialects, `2011-05-21 17:16:58`. */
export function toBodhiTime(at: Micros): string {
  return new Date(Math.floor(at / MILLISECOND)).toISOString().slice(0, 19).replace("T", " ");
}

/**
 * What PostgreSQL makes of a time that a client gives as text, for the forms that koji's clients send:
 * `2011-05-21`, `2011-05-21 17:16:58[.ffffff][+00[:00]]`, the same with `T`, `Z`.
 * @returns undefined when it is no time.
 */
export function parseTimeText(text: string): Micros | undefined {
  const match =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i.exec(
      text.trim(),
    );
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "0", zone = "Z"] = match;
  const milliseconds = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const date = new Date(milliseconds);
  if (Number.isNaN(milliseconds) || date.getUTCDate() !== Number(day) || Number(hour) > 23) return undefined;
  if (Number(minute) > 59 || Number(second) > 59) return undefined;
  const offset = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  const offsetSeconds =
    offset === null ? 0 : (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 3600 + Number(offset[3] ?? 0) * 60);
  return milliseconds * MILLISECOND + Number(fraction.padEnd(6, "0")) - offsetSeconds * SECOND;
}

/** The last time that a number tells to the microsecond, 2255-06-05T23:47:34.740991Z. */
export const LAST: Micros = Number.MAX_SAFE_INTEGER;

/** Whether the services can write the time and tell it from the next: from 1970 to June 2255. */
export function isRepresentable(at: Micros): boolean {
  return at >= 0 && at <= LAST;
}
