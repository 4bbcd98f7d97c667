/** Pages on builds, tags and what a search finds. */
import { rpmFileName } from "../koji/files";
import { fullInheritance, ownPackages, packageName } from "../world/inheritance";
import type { Build, Tag } from "../world/tables";
import { taggedBuilds } from "../world/tagged";
import { toBodhiTime } from "../world/time";
import type { World } from "../world/world";
import { type Content, type Html, html, path } from "./html";
import { facts, type Page, paginate, table } from "./layout";

export function buildLink(nvr: string): Html {
  return html`<a href="${path("builds", nvr)}">${nvr}</a>`;
}

export function tagLink(name: string): Html {
  return html`<a href="${path("tags", name)}">${name}</a>`;
}

export function updateLink(alias: string): Html {
  return html`<a href="${path("updates", alias)}">${alias}</a>`;
}

function stateOf({ state }: Build): Html {
  const kind = state === "COMPLETE" ? "good" : state === "BUILDING" ? "warn" : "bad";
  return html`<span class="${kind}">${state}</span>`;
}

function tagsOf(world: World, build: Build): Content {
  const active = build.listings.filter(({ revokeEvent }) => revokeEvent === null);
  return active.map(({ tagId }, index) => html`${index > 0 ? ", " : ""}${tagLink(world.tagById(tagId).name)}`);
}

function buildTable(world: World, builds: readonly Build[]): Html {
  return table(
    ["Build", "State", "Owner", "Completed", "Tags"],
    builds.map((build) => [
      buildLink(build.nvr),
      stateOf(build),
      build.owner.name,
      build.completionTime === null ? "" : toBodhiTime(build.completionTime),
      tagsOf(world, build),
    ]),
    "There are no builds.",
  );
}

export function buildsPage(world: World, query: URLSearchParams): Page {
  const newest = [...world.builds].sort((a, b) => (b.completionTime ?? 0) - (a.completionTime ?? 0) || b.id - a.id);
  const { rows, links } = paginate(newest, query);
  return { title: "Builds", body: html`${buildTable(world, rows)}${links}` };
}

export function buildPage(world: World, nvr: string): Page | undefined {
  const build = world.buildsByNvr.get(nvr);
  if (build === undefined) return undefined;
  const updates = world.bodhi.updatesByBuild.get(nvr) ?? [];
  const history = build.listings.flatMap(({ tagId, createEvent, revokeEvent, creatorId, revokerId }) => {
    const tag = tagLink(world.tagById(tagId).name);
    const tagged = { event: createEvent, cells: ["tagged", tag, world.userById(creatorId)?.name] };
    if (revokeEvent === null) return [tagged];
    return [tagged, { event: revokeEvent, cells: ["untagged", tag, world.userById(revokerId ?? 0)?.name] }];
  });
  const rpms = build.rpms.map((rpm) => {
    const place = `/kojifiles${path("packages", build.package.name, build.version, build.release, rpm.arch, rpmFileName(rpm))}`;
    const name = rpmFileName(rpm);
    return [
      rpm.sha256 === null ? name : html`<a href="${place}">${name}</a>`,
      rpm.sizeBytes,
      rpm.sha256 === null ? "metadata only" : "",
      rpm.signingKeys.join(", "),
    ];
  });
  const body = html`
${facts([
  ["State", stateOf(build)],
  ["Owner", build.owner.name],
  ["Completed", build.completionTime === null ? "" : toBodhiTime(build.completionTime)],
  ["Id, task", `${build.id}, ${build.taskId}`],
  ["Source", build.source ?? "not told"],
  ["Tags", tagsOf(world, build)],
  ["Updates", updates.map(({ alias }) => html`${updateLink(alias)} `)],
])}
<h2>RPMs</h2>
${table(["RPM", "#Bytes", "File", "Signed with"], rpms, "It has no RPMs.")}
<h2>Tag history</h2>
${table(
  ["#Event", "Time", "What", "Tag", "By"],
  history
    .sort((a, b) => a.event - b.event)
    .map(({ event, cells }) => [event, toBodhiTime(world.eventTime(event)), ...cells]),
  "It was never tagged.",
)}`;
  return { title: nvr, body };
}

export function tagsPage(world: World, query: URLSearchParams): Page {
  const { rows, links } = paginate(world.tags, query);
  const cells = rows.map((tag) => [
    tagLink(tag.name),
    tag.arches ?? "",
    tag.listings.filter(({ revokeEvent }) => revokeEvent === null).length,
    tag.parents.map(({ parentId }) => html`${tagLink(world.tagById(parentId).name)} `),
  ]);
  return {
    title: "Tags",
    body: html`${table(["Tag", "Architectures", "#Builds", "Inherits from"], cells, "There are no tags.")}${links}`,
  };
}

function tagBuilds(world: World, tag: Tag, query: URLSearchParams): Html {
  const { rows, links } = paginate(taggedBuilds(world, tag, {}), query);
  const cells = rows.map(({ build, createEvent }) => [
    buildLink(build.nvr),
    build.owner.name,
    createEvent,
    html`<time>${toBodhiTime(world.eventTime(createEvent))}</time>`,
  ]);
  return html`${table(["Build", "Owner", "#Event", "Tagged"], cells, "Nothing is tagged.")}${links}`;
}

export function tagPage(world: World, name: string, query: URLSearchParams): Page | undefined {
  const tag = world.tagsByName.get(name);
  if (tag === undefined) return undefined;
  const blocked = ownPackages(tag).filter((entry) => entry.blocked);
  const lineage = fullInheritance(world, tag).map(
    ({ edge, currentDepth }) =>
      html`<li>${"  ".repeat(currentDepth - 1)}${tagLink(world.tagById(edge.parentId).name)} <span class="soft">priority ${edge.priority}, depth ${currentDepth}</span></li>`,
  );
  const body = html`
${facts([
  ["Id", tag.id],
  ["Architectures", tag.arches ?? "none of its own"],
  ["Locked", tag.locked ? "yes" : "no"],
  ["Blocked packages", blocked.map(({ packageId }) => packageName(world, packageId)).join(", ") || "none"],
])}
<h2>Builds, the last tagged first</h2>
${tagBuilds(world, tag, query)}
<h2>Inheritance</h2>
${lineage.length === 0 ? html`<p class="soft">It inherits nothing.</p>` : html`<ul>${lineage}</ul>`}`;
  return { title: name, body };
}

const FOUND_LIMIT = 50;

export function searchPage(world: World, terms: string): Page {
  const wanted = terms.trim().toLowerCase();
  if (wanted === "")
    return {
      title: "Search",
      body: html`<p>Type a part of the name of a build, a tag, an update or a package above.</p>`,
    };
  const has = (text: string): boolean => text.toLowerCase().includes(wanted);
  const some = <T>(rows: readonly T[], test: (row: T) => boolean): T[] => {
    const found: T[] = [];
    for (const row of rows) if (found.length < FOUND_LIMIT && test(row)) found.push(row);
    return found;
  };
  const builds = some(world.builds, ({ nvr }) => has(nvr));
  const tags = some(world.tags, ({ name }) => has(name));
  const updates = some(
    world.bodhi.updates,
    ({ alias, builds: nvrs, notes }) => has(alias) || nvrs.some(has) || has(notes),
  );
  const comments = some(world.bodhi.comments, ({ text }) => has(text));
  const body = html`
<h2>Builds</h2>${buildTable(world, builds)}
<h2>Tags</h2>${table(
    ["Tag"],
    tags.map(({ name }) => [tagLink(name)]),
    "No tag.",
  )}
<h2>Updates</h2>${table(
    ["Update", "Builds", "Status"],
    updates.map((update) => [updateLink(update.alias), update.builds.join(" "), update.status]),
    "No update.",
  )}
<h2>Comments</h2>${table(
    ["Update", "By", "Text"],
    comments.map(({ update, author, text }) => [updateLink(update.alias), author, text]),
    "No comment.",
  )}`;
  return { title: `Search: ${terms}`, body };
}
