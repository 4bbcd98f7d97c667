/** Writes the journal's snapshots down while an update runs. */
import type { SecretsProvider } from "../state/deployment";
import { snapshotToJson } from "../state/deployment";
import { integrityProblem } from "../state/integrity";
import type { Journal } from "../state/journal";
import type { SecretWriter } from "../values/serial";
import type { FileBackend } from "./fileBackend";
import type { StackId } from "./layout";

/** Whoever changes the journal waits for `flush` before going on. */
export interface CheckpointWriter {
  /** Resolves once everything that the journal holds now is on disk. Rejects when it cannot be. */
  flush(): Promise<void>;
}

/** Previews write nothing. */
export const NO_CHECKPOINTS: CheckpointWriter = { flush: async () => {} };

/** Writes whole state files, one at a time; changes that come while one is written share the next one. */
export class FileCheckpoints implements CheckpointWriter {
  private running: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(
    private readonly backend: FileBackend,
    private readonly stack: StackId,
    private readonly journal: Journal,
    private readonly provider: SecretsProvider,
    private readonly secrets: SecretWriter,
  ) {}

  flush(): Promise<void> {
    this.next ??= this.running.then(() => {
      this.next = undefined;
      const writing = this.write();
      this.running = writing.catch(() => {});
      return writing;
    });
    return this.next;
  }

  private async write(): Promise<void> {
    const snapshot = this.journal.snapshot();
    await this.backend.checkpoint(this.stack, snapshotToJson(snapshot, this.provider, this.secrets));
    const problem = integrityProblem(snapshot.resources);
    if (problem) throw new Error(`snapshot integrity failure; it was already written, but is invalid: ${problem}`);
  }
}
