/**
 * Whole-tag listings run to thousands of rows of 27 fields: what they say of a build is written once and kept, as XML.
 */
import type { Build, Listing } from "../world/tables";
import type { World } from "../world/world";
import { encodeMembers } from "../xmlrpc/encode";
import { RawValue } from "../xmlrpc/values";
import { extraValue, taggedBuildCore, taggedRow } from "./rows";

interface Kept {
  state: Build["state"];
  xml: string;
}

const kept = new WeakMap<Build, Kept>();

function coreXml(build: Build): string {
  const known = kept.get(build);
  if (known !== undefined && known.state === build.state) return known.xml;
  const xml = encodeMembers(taggedBuildCore(build));
  kept.set(build, { state: build.state, xml });
  return xml;
}

/** The answer of listTagged, the same as rows made by `taggedRow` would give. */
export function encodeTagged(world: World, listings: readonly Listing[], extra: boolean): RawValue {
  const heads = new Map<number, string>();
  const parts: string[] = ["<value><array><data>"];
  for (const { build, tagId, createEvent } of listings) {
    let head = heads.get(tagId);
    if (head === undefined) {
      head = encodeMembers({ tag_id: tagId, tag_name: world.tagById(tagId).name });
      heads.set(tagId, head);
    }
    parts.push(
      `<value><struct>${head}${coreXml(build)}<member><name>create_event</name><value><int>${createEvent}</int></value></member>${extra ? encodeMembers({ extra: extraValue(build.extra) }) : ""}</struct></value>`,
    );
  }
  parts.push("</data></array></value>");
  return new RawValue(parts.join(""), () => listings.map((listing) => taggedRow(world, listing, extra)));
}
