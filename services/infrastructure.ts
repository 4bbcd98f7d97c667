/** What the front ends share in one process: the world, the stores, the journal, the faults. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Accounts } from "./bodhi/accounts";
import { IdentityProvider } from "./bodhi/oidc";
import type { KeptComments } from "./bodhi/read-through/comments";
import { Faults } from "./http/faults";
import { Journal } from "./http/journal";
import { Sessions } from "./koji/sessions";
import { Repositories } from "./repositories/repositories";
import { ResultStore } from "./resultsdb/store";
import { emptyWorld } from "./world/load";
import type { World } from "./world/world";

export interface Secrets {
  readonly controlToken: string;
  /** Passwords by account name, of koji and bodhi alike. */
  readonly accounts: Readonly<Record<string, string>>;
}

export class Infrastructure {
  /** The world as it is now; a load puts another in its place. */
  world: World;
  /** What was posted to a bodhi that reads through. */
  keptComments: KeptComments | undefined;
  #realClock = false;
  readonly journal = new Journal();
  readonly faults = new Faults();
  readonly sessions: Sessions;
  readonly accounts: Accounts;
  readonly identityProvider: IdentityProvider;
  readonly results: ResultStore;
  readonly repositories: Repositories;

  /** @param stateDirectory kept between runs: results, RPM files, repositories */
  constructor(
    readonly stateDirectory: string,
    readonly secrets: Secrets,
  ) {
    mkdirSync(stateDirectory, { recursive: true, mode: 0o755 });
    mkdirSync(this.rpmDirectory, { recursive: true });
    this.world = emptyWorld(0);
    this.sessions = new Sessions(secrets.accounts);
    this.accounts = new Accounts(secrets.accounts);
    this.identityProvider = new IdentityProvider(this.accounts);
    this.results = new ResultStore(join(stateDirectory, "resultsdb.sqlite"), () => this.world.clock);
    this.repositories = new Repositories({
      directory: join(stateDirectory, "repositories"),
      world: () => this.world,
      faults: this.faults,
      rpmFile: (sha256) => this.rpmFile(sha256),
    });
    this.repositories.clear();
  }

  /** From now on the clock is the machine's: there is no scenario where production is read. */
  useRealClock(): void {
    this.#realClock = true;
    this.tick();
  }

  /** Before every request. */
  tick(): void {
    if (this.#realClock) this.world.clock = Date.now() * 1000;
  }

  get rpmDirectory(): string {
    return join(this.stateDirectory, "rpms");
  }

  rpmFile(sha256: string): string | undefined {
    const path = join(this.rpmDirectory, sha256);
    return existsSync(path) ? path : undefined;
  }

  /** The results and RPM files of the last situation go, and what is to be served now comes in their place. */
  replaceWorld(world: World, newRpms: string | undefined): void {
    this.repositories.clear();
    rmSync(this.rpmDirectory, { recursive: true, force: true });
    if (newRpms === undefined) mkdirSync(this.rpmDirectory, { recursive: true });
    else renameSync(newRpms, this.rpmDirectory);
    this.results.clear();
    this.faults.clear();
    this.sessions.clear();
    this.accounts.clear();
    this.journal.clear();
    this.world = world;
    this.repositories.regenerateAll();
  }

  /** Uploads that a killed process left. */
  removeLeftovers(): void {
    for (const name of readdirSync(this.stateDirectory)) {
      if (name.startsWith("incoming-")) rmSync(join(this.stateDirectory, name), { recursive: true, force: true });
    }
  }

  close(): void {
    this.results.close();
  }
}
