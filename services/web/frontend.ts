/**
 * Pages for people, on koji's port beside its files, or on ResultsDB's where there is no koji: read only, no scripts.
 * Looking at them leaves no trace in the journal.
 */
import { type ServiceRequest, type ServiceResponse, text } from "../http/types";
import type { Infrastructure } from "../infrastructure";
import { toIso } from "../world/time";
import { postedPage, searchPosted } from "./beside-production";
import { buildPage, buildsPage, searchPage, tagPage, tagsPage } from "./builds";
import { html, path } from "./html";
import { layout, type Page, SECTIONS_OF_POSTS } from "./layout";
import { journalPage, overviewPage, resultPage, resultsPage, updatePage, updatesPage } from "./updates";

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

const SECTIONS = new Set(["", "builds", "tags", "updates", "results", "journal", "search", "koji"]);

function pageOf(
  infrastructure: Infrastructure,
  section: string,
  name: string | undefined,
  query: URLSearchParams,
  terms: string,
): Page | undefined {
  const { world, keptComments } = infrastructure;
  if (keptComments !== undefined && name === undefined) {
    if (section === "") return postedPage(infrastructure, keptComments.all);
    if (section === "search") return searchPosted(infrastructure, keptComments.all, terms);
  }
  if (name === undefined) {
    switch (section) {
      case "":
        return overviewPage(infrastructure);
      case "builds":
        return buildsPage(world, query);
      case "tags":
        return tagsPage(world, query);
      case "updates":
        return updatesPage(infrastructure, query);
      case "results":
        return resultsPage(infrastructure, query);
      case "journal":
        return journalPage(infrastructure, query);
      case "search":
        return searchPage(world, terms);
    }
  } else {
    switch (section) {
      case "builds":
        return buildPage(world, name);
      case "tags":
        return tagPage(world, name, query);
      case "updates":
        return updatePage(infrastructure, name);
      case "results":
        return resultPage(infrastructure, name);
    }
  }
  return undefined;
}

/** koji's own addresses of builds and tags, which its clients print. */
function kojiWeb({ world }: Infrastructure, page: string | undefined, query: URLSearchParams): string {
  const build = world.builds[Number(query.get("buildID")) - 1] ?? world.buildsByNvr.get(query.get("buildID") ?? "");
  if (page === "buildinfo" && build !== undefined) return path("builds", build.nvr);
  const tag = world.tags[Number(query.get("tagID")) - 1] ?? world.tagsByName.get(query.get("tagID") ?? "");
  if (page === "taginfo" && tag !== undefined) return path("tags", tag.name);
  return "/";
}

/** @returns undefined when the path is none of the pages' */
export function webAnswer(infrastructure: Infrastructure, request: ServiceRequest): ServiceResponse | undefined {
  let parts: string[];
  try {
    parts = request.path.split("/").slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
  const [section = "", name, ...rest] = parts;
  if (!SECTIONS.has(section) || rest.length > 0) return undefined;
  if (request.method !== "GET" && request.method !== "HEAD")
    return { ...text(405, "Method Not Allowed\n"), records: [] };
  if (section === "koji") {
    return { status: 302, headers: { location: kojiWeb(infrastructure, name, request.query) }, records: [] };
  }
  const terms = (request.query.get("terms") ?? "").slice(0, 200);
  const page = pageOf(infrastructure, section, name || undefined, request.query, terms) ?? {
    title: "Not found",
    status: 404,
    body: html`<p>There is no ${section.replace(/s$/, "")} “${name}”.</p>`,
  };
  const clock = toIso(infrastructure.world.clock);
  const sections = infrastructure.keptComments === undefined ? undefined : SECTIONS_OF_POSTS;
  const body = layout(page, { section: `/${section}`, sections, clock, terms });
  return { status: page.status ?? 200, headers: HEADERS, body, records: [] };
}
