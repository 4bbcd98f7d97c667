/**
 * Reads the main header of an RPM package: the lead, the signature header, the header. Format: rpm-software-management/rpm
 * docs/manual/format_v4.md and format_header.md.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const LEAD_SIZE = 96;
const INTRO_SIZE = 16;
const ENTRY_SIZE = 16;
/** Far above any real header. */
const HEADER_LIMIT = 64 * 1024 * 1024;

export type HeaderValue = string | number | bigint | string[] | number[] | bigint[] | Uint8Array;

export type RpmHeader = ReadonlyMap<number, HeaderValue>;

export class RpmFormatError extends Error {
  constructor(path: string, what: string) {
    super(`${path} is not an RPM package: ${what}`);
    this.name = "RpmFormatError";
  }
}

function readAt(file: number, position: number, length: number): Buffer {
  // No more than there is: a broken length costs no memory.
  const buffer = Buffer.alloc(Math.max(0, Math.min(length, fstatSync(file).size - position)));
  let read = 0;
  while (read < buffer.length) {
    const got = readSync(file, buffer, read, buffer.length - read, position + read);
    if (got === 0) break;
    read += got;
  }
  return buffer.subarray(0, read);
}

function cString(store: Buffer, from: number): [text: string, next: number] {
  const end = store.indexOf(0, from);
  const stop = end === -1 ? store.length : end;
  return [store.toString("utf8", from, stop), stop + 1];
}

function strings(store: Buffer, offset: number, count: number): string[] {
  const list: string[] = [];
  let at = offset;
  for (let index = 0; index < count && at < store.length; index += 1) {
    const [text, next] = cString(store, at);
    list.push(text);
    at = next;
  }
  return list;
}

function integers(store: Buffer, offset: number, count: number, size: 1 | 2 | 4): number[] {
  const list: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = offset + index * size;
    if (at + size > store.length) break;
    list.push(store.readUIntBE(at, size));
  }
  return list;
}

function readEntry(store: Buffer, type: number, offset: number, count: number): HeaderValue | undefined {
  switch (type) {
    case 1:
    case 2:
      return integers(store, offset, count, 1);
    case 3:
      return integers(store, offset, count, 2);
    case 4:
      return integers(store, offset, count, 4);
    case 5: {
      const list: bigint[] = [];
      for (let index = 0; index < count && offset + index * 8 + 8 <= store.length; index += 1) {
        list.push(store.readBigUInt64BE(offset + index * 8));
      }
      return list;
    }
    case 6:
      return cString(store, offset)[0];
    case 7:
      return store.subarray(offset, offset + count);
    case 8:
    case 9:
      return strings(store, offset, count);
    default:
      return undefined;
  }
}

interface Intro {
  entries: number;
  storeSize: number;
}

function readIntro(file: number, position: number, path: string): Intro {
  const intro = readAt(file, position, INTRO_SIZE);
  if (intro.length < INTRO_SIZE || intro.readUInt32BE(0) !== 0x8eade801) {
    throw new RpmFormatError(path, "the header's magic number is missing");
  }
  const entries = intro.readUInt32BE(8);
  const storeSize = intro.readUInt32BE(12);
  if (entries * ENTRY_SIZE + storeSize > HEADER_LIMIT) throw new RpmFormatError(path, "the header is too large");
  return { entries, storeSize };
}

/** @throws RpmFormatError */
export function readRpmHeader(path: string): RpmHeader {
  const file = openSync(path, "r");
  try {
    const lead = readAt(file, 0, LEAD_SIZE);
    if (lead.length < LEAD_SIZE || lead.readUInt32BE(0) !== 0xedabeedb) throw new RpmFormatError(path, "no lead");
    const signature = readIntro(file, LEAD_SIZE, path);
    const signatureSize = INTRO_SIZE + signature.entries * ENTRY_SIZE + signature.storeSize;
    const start = LEAD_SIZE + Math.ceil(signatureSize / 8) * 8;
    const { entries, storeSize } = readIntro(file, start, path);
    const index = readAt(file, start + INTRO_SIZE, entries * ENTRY_SIZE);
    const store = readAt(file, start + INTRO_SIZE + entries * ENTRY_SIZE, storeSize);
    if (index.length < entries * ENTRY_SIZE || store.length < storeSize) {
      throw new RpmFormatError(path, "the header is cut off");
    }
    const header = new Map<number, HeaderValue>();
    for (let entry = 0; entry < entries; entry += 1) {
      const at = entry * ENTRY_SIZE;
      const value = readEntry(
        store,
        index.readUInt32BE(at + 4),
        index.readUInt32BE(at + 8),
        index.readUInt32BE(at + 12),
      );
      if (value !== undefined) header.set(index.readUInt32BE(at), value);
    }
    return header;
  } finally {
    closeSync(file);
  }
}

export function textTag(header: RpmHeader, tag: number): string | undefined {
  const value = header.get(tag);
  if (typeof value === "string") return value;
  return Array.isArray(value) && typeof value[0] === "string" ? value[0] : undefined;
}

export function textsTag(header: RpmHeader, tag: number): string[] {
  const value = header.get(tag);
  return Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
}

export function numbersTag(header: RpmHeader, tag: number): number[] {
  const value = header.get(tag);
  return Array.isArray(value) ? value.map(Number) : [];
}
