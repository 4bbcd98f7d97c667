/** Asks the mock infrastructure, loaded with a captured scenario, what production was asked, and compares the answers. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadScenario } from "../scenarios/load";
import { startInfrastructure } from "../services/start";
import { loadSituation } from "../services/world/load";
import type { World } from "../services/world/world";
import { allPages, BodhiServer, type BodhiSource } from "./bodhi-source";
import { type Answer, type Call, type Json, KojiHub, type KojiSource, type Row, rows } from "./koji-source";
import type { Recording } from "./recording";

export interface Difference {
  /** The question. */
  readonly question: string;
  /** Where in the answer, e.g. `[2].owner_name`; empty for the whole answer. */
  readonly path: string;
  readonly recorded: Json | undefined;
  readonly replayed: Json | undefined;
}

export interface Replayed {
  readonly questions: number;
  readonly differences: readonly Difference[];
}

/** Numbers that each server gives out itself. */
const OWN_NUMBERS = /^(build_tag|dest_tag)$|(^|_)(ids?|event)$/;
/** Of a person, or of a signature: neither is captured. */
const NOT_CAPTURED = new Set(["email", "avatar", "openid", "sighash"]);
/** Events at one moment are a microsecond apart here: each has its own time. */
const TIME_TOLERANCE_SECONDS = 0.001;

function isOwn(field: string): boolean {
  return OWN_NUMBERS.test(field) || NOT_CAPTURED.has(field);
}

function sameTime(field: string, a: Json, b: Json): boolean {
  if (typeof a === "number" && typeof b === "number")
    return field.endsWith("_ts") && Math.abs(a - b) < TIME_TOLERANCE_SECONDS;
  if (typeof a !== "string" || typeof b !== "string" || !field.endsWith("_time")) return false;
  // Newer hubs write the offset from UTC, which is none.
  const [recorded, replayed] = [a, b].map((text) =>
    Date.parse(`${text.replace(/(Z|[+-]00:?00)$/, "").replace(" ", "T")}Z`),
  );
  return Math.abs((recorded ?? Number.NaN) - (replayed ?? Number.NaN)) <= TIME_TOLERANCE_SECONDS * 1000;
}

/** bodhi's address of a thing is the same wherever it serves. */
function samePlace(field: string, a: Json, b: Json): boolean {
  if (field !== "url" || typeof a !== "string" || typeof b !== "string") return false;
  return URL.parse(a)?.pathname === URL.parse(b)?.pathname;
}

class Comparison {
  readonly differences: Difference[] = [];

  constructor(readonly question: string) {}

  compare(recorded: Json | undefined, replayed: Json | undefined, path = "", field = ""): void {
    if (isOwn(field) || recorded === replayed) return;
    const differ = (): number => this.differences.push({ question: this.question, path, recorded, replayed });
    if (Array.isArray(recorded) && Array.isArray(replayed)) {
      if (recorded.length !== replayed.length) differ();
      else for (const [index, item] of recorded.entries()) this.compare(item, replayed[index], `${path}[${index}]`);
    } else if (isRow(recorded) && isRow(replayed)) {
      for (const name of new Set([...Object.keys(recorded), ...Object.keys(replayed)])) {
        this.compare(recorded[name], replayed[name], path === "" ? name : `${path}.${name}`, name);
      }
    } else if (
      recorded === undefined ||
      replayed === undefined ||
      !(sameTime(field, recorded, replayed) || samePlace(field, recorded, replayed))
    )
      differ();
  }
}

function isRow(value: Json | undefined): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The part of an answer that the capture kept: the rest is of tags, releases and packages outside of it. */
function kept(call: Call, value: Json, world: World): Json {
  switch (call.method) {
    case "getBuildTargets":
      return rows(value).filter(
        (row) => world.tagsByName.has(String(row.build_tag_name)) && world.tagsByName.has(String(row.dest_tag_name)),
      );
    case "queryHistory":
      return Object.fromEntries(
        Object.entries(value as Row).map(([table, listed]) => [
          table,
          rows(listed).filter((row) => world.tagsByName.has(String(row["tag.name"]))),
        ]),
      );
    case "listPackages":
      // A scenario's package lists name what is blocked; the rest of a list is what its builds need.
      return rows(value)
        .filter((row) => row.blocked === true && world.packagesByName.has(String(row.package_name)))
        .map(({ package_name, tag_name }) => ({ package_name, tag_name }) as Row)
        .sort((a, b) => String(a.package_name).localeCompare(String(b.package_name), "en"));
    case "listTagged":
      return rows(value).filter((row) => world.buildsByNvr.has(String(row.nvr)));
    default:
      return value;
  }
}

function plain(answer: Answer): Json {
  return "value" in answer ? answer.value : { fault: answer.fault };
}

async function replayKoji(recording: Recording, koji: KojiSource, world: World): Promise<Difference[]> {
  const replayed = await koji.calls(recording.koji.map(({ call }) => call));
  return recording.koji.flatMap(({ call, answer }, index) => {
    const comparison = new Comparison(`${call.method}(${JSON.stringify(call.params).slice(1, -1)})`);
    const [before, now] = [answer, replayed[index] as Answer].map((each) =>
      "value" in each ? kept(call, each.value, world) : plain(each),
    );
    comparison.compare(before, now);
    return comparison.differences;
  });
}

async function replayBodhi(recording: Recording, bodhi: BodhiSource): Promise<Difference[]> {
  const differences: Difference[] = [];
  const releases = new Map((await allPages(bodhi, "/releases/", "releases", {})).map((row) => [row.name, row]));
  for (const { path, parameters, answer } of recording.bodhi) {
    const comparison = new Comparison(`GET ${path}?${new URLSearchParams(parameters)}`);
    if (path === "/releases/") {
      for (const row of rows((answer as Row).releases ?? [])) {
        const replayed = releases.get(row.name as string);
        if (replayed !== undefined) comparison.compare(row, replayed, String(row.name));
      }
    } else comparison.compare(answer, (await bodhi.get(path, parameters)) ?? null);
    differences.push(...comparison.differences);
  }
  return differences;
}

/** @param file the captured scenario. @throws ScenarioError, SituationError */
export async function replay(file: string, recording: Recording): Promise<Replayed> {
  const { situation } = await loadScenario(file);
  const world = loadSituation(situation);
  const directory = mkdtempSync(join(tmpdir(), "autoqa-replay-"));
  const running = await startInfrastructure({
    host: "127.0.0.1",
    ports: { koji: 0, bodhi: 0 },
    stateDirectory: directory,
    secrets: { controlToken: "", accounts: {} },
    log: () => undefined,
  });
  try {
    running.infrastructure.replaceWorld(world, undefined);
    const at = (port: number, path = ""): string => `http://127.0.0.1:${port}${path}`;
    const differences = [
      ...(await replayKoji(recording, new KojiHub(at(running.ports.koji, "/kojihub")), world)),
      ...(await replayBodhi(recording, new BodhiServer(at(running.ports.bodhi)))),
    ];
    return { questions: recording.koji.length + recording.bodhi.length, differences };
  } finally {
    await running.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
