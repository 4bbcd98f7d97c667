/**
 * bodhi's interfaces that AutoQA uses: the 0.9 dialect's forms (fedora-infra/python-fedora fedora/client/bodhi.py), and
 * for reading from a bodhi that no longer has them the current dialect.
 */
import * as z from "zod";
import { HttpError, readJson, request, Unreachable } from "../http/request";
import { CurrentUpdate, Release, Update } from "./types";

/** bodhi takes a request of many builds badly; libtaskotron asks for 50 at a time too. */
const buildsAtOnce = 50;
const releasesPerPage = 100;

export interface Credentials {
  username: string;
  password: string;
}

export class Bodhi {
  /** Whether this bodhi was found to have the current dialect only. */
  #isCurrent = false;

  constructor(
    readonly url: string,
    readonly credentials?: Credentials,
  ) {}

  /** Every release that bodhi knows. */
  async releases(): Promise<Release[]> {
    const Page = z.object({ releases: z.array(Release), pages: z.number().default(1) });
    const releases: Release[] = [];
    for (let page = 1, pages = 1; page <= pages; page++) {
      const url = `${this.url}/releases/?page=${page}&rows_per_page=${releasesPerPage}`;
      const response = await request("bodhi", url, { headers: { accept: "application/json" } });
      const answer = Page.parse(await this.#json(response));
      releases.push(...answer.releases);
      pages = answer.pages;
    }
    return releases;
  }

  /** The update that contains each build; builds without an update are missing from the map. */
  async updatesOfBuilds(nvrs: readonly string[]): Promise<Map<string, Update>> {
    const updates = new Map<string, Update>();
    for (let i = 0; i < nvrs.length; i += buildsAtOnce) {
      const some = nvrs.slice(i, i + buildsAtOnce);
      const found = await this.#inEitherDialect(
        () => this.#oldUpdatesOfBuilds(some),
        () => this.#currentUpdatesOfBuilds(some),
      );
      for (const [nvr, update] of found) updates.set(nvr, update);
    }
    return updates;
  }

  /** An update by its title or id, or undefined if bodhi has none. */
  async update(titleOrId: string): Promise<Update | undefined> {
    return this.#inEitherDialect(
      async () => {
        const answer = await this.#form("list", { package: titleOrId });
        const { updates } = z.object({ updates: z.array(Update) }).parse(answer);
        return updates.find((update) => update.title === titleOrId || update.updateid === titleOrId);
      },
      async () => (await this.#currentUpdates({ alias: titleOrId }))[0],
    );
  }

  /**
   * Comments on an update, with karma 0.
   * @returns false if bodhi does not know the update, which it says with an empty object and HTTP 200
   */
  async comment(titleOrId: string, text: string, email: boolean): Promise<boolean> {
    if (this.credentials === undefined) throw new Error("AutoQA has no account at bodhi to comment with");
    const answer = await this.#form("comment", {
      title: titleOrId,
      text,
      karma: "0",
      email: email ? "True" : "False",
      user_name: this.credentials.username,
      password: this.credentials.password,
      login: "Login",
    });
    return z.looseObject({ update: z.unknown().optional() }).parse(answer).update !== undefined;
  }

  /** The 0.9 dialect while bodhi has it: what it does not have is 404. */
  async #inEitherDialect<T>(old: () => Promise<T>, current: () => Promise<T>): Promise<T> {
    if (!this.#isCurrent) {
      try {
        return await old();
      } catch (error) {
        if (!(error instanceof HttpError) || error.status !== 404) throw error;
        this.#isCurrent = true;
      }
    }
    return current();
  }

  async #oldUpdatesOfBuilds(nvrs: readonly string[]): Promise<[string, Update][]> {
    const answer = await this.#form("get_updates_from_builds", { builds: nvrs.join(" ") });
    const byBuild = z.record(z.string(), z.unknown()).parse(answer);
    return nvrs.flatMap((nvr): [string, Update][] => {
      return byBuild[nvr] === undefined ? [] : [[nvr, Update.parse(byBuild[nvr])]];
    });
  }

  /** Of several updates of a build the newest, which bodhi lists first. */
  async #currentUpdatesOfBuilds(nvrs: readonly string[]): Promise<[string, Update][]> {
    const updates = await this.#currentUpdates({ builds: nvrs.join(",") });
    return nvrs.flatMap((nvr): [string, Update][] => {
      const update = updates.find(({ builds }) => builds.some((build) => build.nvr === nvr));
      return update === undefined ? [] : [[nvr, update]];
    });
  }

  async #currentUpdates(parameters: Record<string, string>): Promise<Update[]> {
    const query = new URLSearchParams({ ...parameters, rows_per_page: `${2 * buildsAtOnce}` });
    const response = await request("bodhi", `${this.url}/updates/?${query}`, {
      headers: { accept: "application/json" },
    });
    return z.object({ updates: z.array(CurrentUpdate) }).parse(await this.#json(response)).updates;
  }

  async #form(method: string, fields: Record<string, string>): Promise<unknown> {
    const response = await request("bodhi", `${this.url}/${method}`, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(fields),
    });
    return this.#json(response);
  }

  async #json(response: Response): Promise<unknown> {
    if (response.status === 401 || response.status === 403) {
      await response.body?.cancel();
      throw new HttpError(response.status, `bodhi refused AutoQA's account (HTTP ${response.status})`);
    }
    if (response.status === 429) throw new Unreachable("bodhi asks to slow down (HTTP 429)");
    if (!response.ok) {
      await response.body?.cancel();
      throw new HttpError(response.status, `bodhi answered HTTP ${response.status}`);
    }
    return readJson("bodhi", response);
  }
}
